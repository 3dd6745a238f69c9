"""Handlers of the signals of allauth."""

from allauth.account.signals import email_confirmed, password_reset
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from . import credentials, services


@receiver(password_reset)
def prove_address(sender, user, **kwargs):
    """Who used the link of a mail has shown that mail reaches them; all old sessions end."""
    credentials.confirm_address(user)
    services.clear_undeliverable(user, actor=user)
    credentials.end_sessions(user)


@receiver(email_confirmed)
def try_address_again(sender, email_address, **kwargs):
    """Who used the link of a mail has shown that mail reaches the address again."""
    services.clear_undeliverable(email_address.user, actor=email_address.user)


@receiver(user_logged_in)
def note_device(sender, request, user, **kwargs):
    """Have the answer to this request make the device known (`devices.DeviceMiddleware`)."""
    request.person_signed_in = user
