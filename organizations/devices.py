"""Devices on which a person has signed in before, known by a signed cookie of the browser.

Wrong passwords are counted for such a device by itself, so that nobody else's guessing keeps the
person out there. The cookie lets nobody in: the password is still asked for.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare

from .models import User

COOKIE = "devices"
SALT = "organizations.devices"
LIFE = timedelta(days=180)
# People who share a browser; beyond that the one who signed in longest ago is forgotten.
PEOPLE = 5


class DeviceMiddleware:
    """Gives the browser its cookie when somebody has signed in on it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        user = getattr(request, "person_signed_in", None)
        if user is not None:
            _remember(request, response, user)
        return response


def known_device(request, email):
    """Give the name of this device for the owner of an address; None where they never signed in.

    A changed password makes it unknown.
    """
    people = _people(request)
    user = User.objects.filter(email=email).first() if people else None
    name, seal = people.get(str(user.pk), ("", "")) if user else ("", "")
    return name if name and constant_time_compare(seal, _seal(user)) else None


def _remember(request, response, user):
    people = _people(request)
    name, _seal_before = people.pop(str(user.pk), (secrets.token_urlsafe(9), ""))
    people[str(user.pk)] = (name, _seal(user))
    kept = dict(list(people.items())[-PEOPLE:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=LIFE,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def _people(request):
    """The people of the cookie: their number, the device's name for them, and the seal."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return {}


def _seal(user):
    return user.get_session_auth_hash()[:16]
