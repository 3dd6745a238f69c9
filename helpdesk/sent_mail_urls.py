"""Addresses of the mails that were kept; without DEBUG each answers 404."""

from django.urls import path

from . import sent_mail_views

urlpatterns = [
    path("", sent_mail_views.sent_mails, name="sent_mails"),
    path("<slug:key>/", sent_mail_views.sent_mail, name="sent_mail"),
    path("<slug:key>/html/", sent_mail_views.sent_mail_html, name="sent_mail_html"),
]
