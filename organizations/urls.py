"""Addresses of a person's own pages, and of those of their organization."""

from django.urls import path, re_path

from . import invitation_views, organization_views, views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/address-works/", views.address_works, name="address_works"),
    path("plans/", views.support_plans, name="plans"),
    path("language/", views.language, name="language"),
    path("presence/", views.presence, name="presence"),
    path("shortcuts/", views.shortcuts, name="shortcuts"),
    path("theme/", views.theme, name="theme"),
    path("organization/", organization_views.organization, name="organization"),
    path("organization/new/", organization_views.found, name="organization_new"),
    path("organization/history/", organization_views.history, name="organization_history"),
    path("organization/visibility/", organization_views.visibility, name="visibility"),
    path("organization/members/<int:pk>/", organization_views.member, name="member"),
    path(
        "organization/members/<int:pk>/remove/",
        organization_views.member_remove,
        name="member_remove",
    ),
    path(
        "organization/invitations/<int:pk>/resend/",
        organization_views.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "organization/invitations/<int:pk>/revoke/",
        organization_views.invitation_revoke,
        name="invitation_revoke",
    ),
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
    path("organization/work-in/", views.work_in, name="work_in"),
    path(
        "accounts/confirm-email/<str:key>/",
        views.ConfirmAddress.as_view(),
        name="account_confirm_email",
    ),
    path(
        "accounts/2fa/totp/activate/",
        views.SetUpSecondFactor.as_view(),
        name="mfa_activate_totp",
    ),
    path(
        "accounts/2fa/totp/deactivate/",
        views.EndSecondFactor.as_view(),
        name="mfa_deactivate_totp",
    ),
    path("accounts/logout/", views.SignOut.as_view(), name="account_logout"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.ChoosePassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("accounts/signup/", views.SignUp.as_view(), name="account_signup"),
]
