"""Addresses of a person's choices about notifications."""

from django.urls import path

from . import views

urlpatterns = [
    path("profile/notifications/", views.preferences, name="notification_preferences"),
]
