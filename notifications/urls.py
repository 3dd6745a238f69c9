"""Addresses of the bell, and of a person's choices about notifications."""

from django.urls import include, path

from . import delivery_views, views, views_live

live_patterns = (
    [
        path("", views_live.bell, name="bell"),
        path("queue/", views_live.queue, name="queue"),
        path("tickets/", views_live.tickets, name="tickets"),
        path("<number:number>/", views_live.ticket, name="ticket"),
        path("<number:number>/viewing/", views_live.viewing, name="viewing"),
    ],
    "live",
)
urlpatterns = [
    path("notifications/", views.bell, name="bell"),
    path("notifications/read/", views.read, name="bell_read"),
    path("live/", include(live_patterns)),
    path("profile/notifications/", views.preferences, name="notification_preferences"),
    path("notifications/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path(
        "queue/<number:number>/deliveries/",
        delivery_views.ticket_deliveries,
        name="ticket_deliveries",
    ),
    path(
        "queue/<number:number>/deliveries/<int:pk>/",
        delivery_views.send_again,
        name="send_again",
    ),
    path(
        "queue/<number:number>/deliveries/<int:pk>/address/",
        delivery_views.clear_address,
        name="clear_address",
    ),
    path("reports/deliveries/", delivery_views.all_deliveries, name="all_deliveries"),
]
