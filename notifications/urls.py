"""Addresses of the bell, and of a person's choices about notifications."""

from django.urls import path

from . import views

urlpatterns = [
    path("notifications/", views.bell, name="bell"),
    path("notifications/read/", views.read, name="bell_read"),
    path("profile/notifications/", views.preferences, name="notification_preferences"),
]
