"""Addresses of a person's own pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("plans/", views.support_plans, name="plans"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("organization/work-in/", views.work_in, name="work_in"),
    path("accounts/signup/", views.SignUp.as_view(), name="account_signup"),
]
