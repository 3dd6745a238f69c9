"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from . import health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", health.health, name="health"),
    path("", include("organizations.urls")),
    path("", include("tickets.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
