"""Addresses of the mails that were kept; without DEBUG each answers 404."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.sent_mails, name="sent_mails"),
    path("<slug:key>/", views.sent_mail, name="sent_mail"),
    path("<slug:key>/html/", views.sent_mail_html, name="sent_mail_html"),
]
