"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from . import health, views, webhook_receiver
from .metrics.views import metrics

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", health.health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("", include("organizations.urls")),
    path("", include("tickets.urls")),
    path("", include("notifications.urls")),
    path("", include("intake.urls")),
    path("", include("api.urls")),
    path("", include("webhooks.urls")),
    path("sent-mail/", include("helpdesk.sent_mail.urls")),
    path("webhook-receiver/", webhook_receiver.receive, name="webhook_receiver"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "helpdesk.views.malformed"
handler403 = "helpdesk.views.forbidden"
handler404 = "helpdesk.views.not_found"
handler500 = "helpdesk.views.broken"
