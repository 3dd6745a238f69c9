"""From the `Authorization` header of a request to the key that it holds."""

from urllib.parse import unquote

from allauth.core.internal import ratelimit
from django.conf import settings
from django.utils.translation import gettext as _

from organizations.credentials import lacks_second_factor
from organizations.models import Membership
from tickets.prepared import Prepared

from . import services
from .credentials import LIKE_A_KEY, is_secret_of, prefix_in
from .errors import Problem
from .models import ApiKey

APP = "allauth.account"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}
NAMES_OF_KEYS = {"key", "api_key", "apikey", "token", "access_token", "authorization"}


def refuse_key_in_address(request):
    """Addresses are kept in logs and histories: a key in one is refused, valid or not."""
    named = NAMES_OF_KEYS & {name.lower() for name in request.GET}
    if named or LIKE_A_KEY.search(unquote(request.get_full_path())):
        sentence = _(
            "Send the key in the header “Authorization”, never in an address. Revoke a key that "
            "was in one."
        )
        raise Problem(400, "key_in_address", sentence)


def authenticate(request, *, now):
    """The living key of the request. Raises Problem 401, or 429 after many wrong keys."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        sentence = _("Send an API key in the header “Authorization: Bearer …”.")
        raise Problem(401, "no_key", sentence, headers=CHALLENGE)
    prefix = prefix_in(secret.strip())
    key = _key_with(prefix) if prefix else None
    is_right = is_secret_of(secret.strip(), key and key.secret_hash)
    if not (key and is_right and key.is_alive_at(now)):
        raise _wrong_key(request)
    if key.kind == ApiKey.Kind.PERSONAL and lacks_second_factor(key.acts_as):
        sentence = _("Set up two-step sign-in for your account first.")
        raise Problem(403, "second_factor", sentence)
    if not key.acts_as.staff_role:
        # Asked for each request of a member, by a statement that is kept.
        found = _memberships.rows(person=key.acts_as_id)
        key.acts_as.membership_by_organization = {each.organization_id: each for each in found}
    return key


@Prepared
def _memberships(person):
    return Membership.objects.filter(user=person).select_related("organization__plan")


def _key_with(prefix):
    return next(iter(_with_prefix.rows(prefix=prefix)), None)


@Prepared
def _with_prefix(prefix):
    return ApiKey.objects.with_prefix(prefix)


def _wrong_key(request):
    """One answer for what is unknown, wrong, expired and revoked."""
    if not ratelimit.consume(request, app=APP, action="api_key", limit_get=True):
        sentence = _("Too many wrong keys came from your address. Try again later.")
        return Problem(429, "too_many", sentence, headers={"Retry-After": "60"})
    sentence = _("This API key does not exist, has expired, or was revoked.")
    return Problem(401, "wrong_key", sentence, headers=CHALLENGE)


def count_request(request, key, *, now):
    """Count the request of a key. The headers that say how many are left; raises Problem 429."""
    address = ratelimit.get_ip(request)
    left, seconds = services.count_use(key, address=address, now=now)
    most = settings.API_REQUESTS_PER_MINUTE
    headers = {
        "RateLimit-Policy": f'"requests";q={most};w=60',
        "RateLimit": f'"requests";r={left or 0};t={seconds}',
    }
    if left is None and ApiKey.objects.living(now).filter(pk=key.pk).exists():
        sentence = _("The key has sent too many requests in this minute. Try again later.")
        raise Problem(429, "rate_limit", sentence, headers=headers | {"Retry-After": str(seconds)})
    if left is None:
        # It was revoked since it was looked up.
        raise _wrong_key(request)
    return headers
