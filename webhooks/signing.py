"""Secrets of endpoints and what is signed with them, as https://www.standardwebhooks.com/ says."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PREFIX = "whsec_"
_RANDOM_BYTES = 32


class UnreadableSecret(Exception):
    """It was sealed with a SECRET_KEY that is not known any more."""


def new_secret():
    return PREFIX + base64.b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode()


def seal(secret):
    """What is stored of a secret: it has to sign, so that it cannot be a hash."""
    return _cipher().encrypt(secret.encode()).decode()


def unseal(sealed):
    """The secret. Raises UnreadableSecret."""
    try:
        return _cipher().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def headers_of(key, body, sealed_secrets, *, now):
    """The headers that sign a body: one signature for each secret, by commas and spaces as the
    standard has them. The time is that of the attempt, so that a late one is no replay."""
    at = int(now.timestamp())
    signed = f"{key}.{at}.".encode() + body
    signatures = [_signature(signed, unseal(each)) for each in sealed_secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
    }


def _signature(signed, secret):
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _cipher():
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"webhooks:{key}".encode()).digest()))
        for key in keys
    )
