"""Addresses of the bell, and of a person's choices about notifications."""

from django.urls import include, path

from . import views, views_live

live_patterns = (
    [
        path("", views_live.bell, name="bell"),
        path("queue/", views_live.queue, name="queue"),
        path("tickets/", views_live.tickets, name="tickets"),
        path("<number:number>/", views_live.ticket, name="ticket"),
    ],
    "live",
)
urlpatterns = [
    path("notifications/", views.bell, name="bell"),
    path("notifications/read/", views.read, name="bell_read"),
    path("live/", include(live_patterns)),
    path("profile/notifications/", views.preferences, name="notification_preferences"),
]
