"""What lets a person in: open sessions, a proven address, the link to choose a password."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from .models import Role


def end_sessions(user):
    """Sign a person out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def confirm_address(user):
    """Note that the person has shown that mail to their address reaches them."""
    address, _created = EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True}
    )
    if address.set_verified():
        address.set_as_primary(conditional=True)


def send_password_link(user):
    """Mail the link by which a new person chooses a password: single use, of limited life."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    context = {
        "user": user,
        "password_reset_url": settings.SITE_URL + path.replace("UID-KEY", key),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
    }
    with translation.override(user.language):
        get_adapter().send_mail("account/email/new_account", user.email, context)


def send_invitation(invitation, token, *, days):
    """Mail the link that makes the holder of the address a member: single use, of limited life."""
    context = {
        "inviter": invitation.invited_by,
        "organization": invitation.organization,
        "role": Role(invitation.role).label,
        "days": days,
        "invitation_url": settings.SITE_URL + reverse("invitation", kwargs={"token": token}),
    }
    get_adapter().send_mail("account/email/invitation", invitation.email, context)


def lacks_second_factor(user):
    """Whether this is staff that still has to set one up, where the deployment requires it."""
    if settings.STAFF_SECOND_FACTOR != "required" or not user.is_authenticated:
        return False
    return user.is_agent and not is_mfa_enabled(user)
