"""Addresses of the API, and of the pages on which people keep their keys."""

from django.urls import path

from . import key_views, organization_key_views, views

urlpatterns = [
    path("profile/keys/", key_views.keys, name="api_keys"),
    path("profile/keys/new/", key_views.new, name="api_key_new"),
    path("profile/keys/<int:pk>/revoke/", key_views.revoke, name="api_key_revoke"),
    path("organization/keys/", organization_key_views.keys, name="organization_keys"),
    path("organization/keys/new/", organization_key_views.new, name="organization_key_new"),
    path(
        "organization/keys/<int:pk>/revoke/",
        organization_key_views.revoke,
        name="organization_key_revoke",
    ),
    path("api/docs/", views.docs, name="api_docs"),
    path("api/v1/openapi.json", views.openapi, name="api_openapi"),
    path("api/v1/<path:rest>", views.endpoint, name="api_endpoint"),
]
