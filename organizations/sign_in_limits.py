"""How often a wrong password may be tried: `docs/decisions/0057-sign-in-limits.md` says why so."""

from allauth.core.internal import ratelimit

from .devices import known_device
from .emails import normal_email

APP = "allauth.account"


def consume(request, email):
    """Count one try for an address. Give the usage, to be rolled back when it was right, or None.

    A device on which the owner signed in before is counted by itself. All others are counted by
    client address, by client address and e-mail address together, and, more generously, by e-mail
    address: many clients that guess are slowed down.
    """
    email = normal_email(email)
    if device := known_device(request, email):
        return _consume(request, "login_device", f"{email}|{device}")
    by_client = _consume(request, "login_failed", _with_client(request, email))
    by_address = by_client and _consume(request, "login_address", email)
    if not by_address:
        return None
    return ratelimit.RateLimitUsage(usage=by_client.usage + by_address.usage)


def clear(request, email):
    """Forget the tries for an address, which its owner has proved by the link of a mail."""
    email = normal_email(email)
    ratelimit.clear(request, app=APP, action="login_failed", key=_with_client(request, email))
    ratelimit.clear(request, app=APP, action="login_address", key=email)


def _consume(request, action, key):
    return ratelimit.consume(request, app=APP, action=action, key=key)


def _with_client(request, email):
    return f"{email}|{ratelimit.get_ip(request)}"
