"""Addresses of the pages on which endpoints are kept: the same for owners and for supervisors."""

from django.urls import include, path

from . import log_views, views
from .keepers import Side

pages = (
    [
        path("", views.endpoints, name="list"),
        path("new/", views.new, name="new"),
        path("<int:pk>/", log_views.endpoint, name="endpoint"),
        path("<int:pk>/edit/", views.edit, name="edit"),
        path("<int:pk>/secret/", views.rotate, name="secret"),
        path("<int:pk>/delete/", views.delete, name="delete"),
        path("<int:pk>/switch/", views.switch, name="switch"),
        path("<int:pk>/test/", log_views.test, name="test"),
        path("<int:pk>/again/", log_views.failed_again, name="failed_again"),
        path("<int:pk>/log/<int:key>/", log_views.delivery, name="delivery"),
        path("<int:pk>/log/<int:key>/again/", log_views.again, name="again"),
    ],
    "webhooks",
)
urlpatterns = [
    path(
        "organization/webhooks/",
        include(pages, namespace="organization_webhooks"),
        {"side": Side.ORGANIZATION},
    ),
    path("webhooks/", include(pages, namespace="provider_webhooks"), {"side": Side.PROVIDER}),
]
