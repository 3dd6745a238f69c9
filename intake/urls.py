"""Addresses of incoming e-mail."""

from django.urls import path

from . import views

app_name = "intake"
urlpatterns = [
    path("incoming/", views.mails, name="list"),
    path("incoming/<int:pk>/", views.mail, name="mail"),
    path("incoming/<int:pk>/original/", views.original, name="original"),
    path("incoming/<int:pk>/accept/", views.accept, name="accept"),
    path("incoming/<int:pk>/release/", views.release, name="release"),
    path("incoming/<int:pk>/discard/", views.discard, name="discard"),
]
