"""How accounts behave: one form of an address, links from configured data, our own sentences."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ui.names import clean_name

from . import sign_in_limits
from .emails import normal_email
from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks about accounts. Sending is added by the app that owns the outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is deactivated."),
        "duplicate_email": _("This is already your address."),
        "email_password_mismatch": _("The e-mail address or the password is incorrect."),
        "enter_current_password": _("The current password is incorrect."),
        "incorrect_code": _("This code is incorrect or has expired."),
        "incorrect_password": _("The password is incorrect."),
        "invalid_password_reset": _("This link is no longer valid."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
        "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
    }

    def clean_email(self, email):
        return normal_email(email)

    def pre_authenticate(self, request, **credentials):
        """Count a try before the password is looked at, so that parallel tries are counted too."""
        usage = sign_in_limits.consume(request, credentials.get("email", ""))
        self._login_failed_rl_usage = usage  # rolled back when the password was right
        if not usage:
            raise self.validation_error("too_many_login_attempts")

    def _delete_login_attempts_cached_email(self, request, **credentials):
        sign_in_limits.clear(request, credentials.get("email", ""))

    def save_user(self, request, user, form, commit=True):
        user.name = clean_name(form.cleaned_data.get("name"))
        user.language = get_language() or settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit=commit)

    def confirm_email(self, request, email_address):
        """Refuses an address that is somebody else's name for signing in."""
        others = User.objects.exclude(pk=email_address.user_id)
        if others.filter(email=email_address.email).exists():
            return False
        return super().confirm_email(request, email_address)

    def is_safe_url(self, url):
        """As asked by pages that are given where to go on: what is no address at all is none."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def get_password_change_redirect_url(self, request):
        return reverse("profile")

    def get_email_confirmation_url(self, request, emailconfirmation):
        return site_url("account_confirm_email", key=emailconfirmation.key)

    def get_reset_password_from_key_url(self, key):
        uid, _separator, token = key.partition("-")
        return site_url("account_reset_password_from_key", uidb36=uid, key=token)

    def render_mail(self, template_prefix, email, context, headers=None):
        """The mail with the addresses of the site as configured, whatever host was asked for."""
        context = context | {
            "site_address": settings.SITE_URL,
            "site_name": settings.SITE_NAME_FA if get_language() == "fa" else settings.SITE_NAME_EN,
            "signup_url": site_url("account_signup"),
            "reset_url": site_url("account_reset_password"),
        }
        return super().render_mail(template_prefix, email, context, headers)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, under a key made from SECRET_KEY."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is incorrect or has expired."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text):
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _cipher().decrypt(encrypted_text.encode()).decode()


def site_url(name, **kwargs):
    """The full address of a page, for mail: from SITE_URL, never from a request."""
    return settings.SITE_URL + reverse(name, kwargs=kwargs)


def _cipher():
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factor:{key}".encode()).digest()))
        for key in keys
    )
