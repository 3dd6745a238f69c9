"""Making, revoking and using keys."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from api.credentials import hash_of, new_secret, stamp_of
from api.errors import SecretError
from api.models import ApiKey
from api.scopes import Scope, scopes_for
from organizations import services as people
from organizations.models import Organization, User
from plans.transactions import in_transaction
from ui.names import clean_name
from ui.wording import number

from .mails import tell_of_new_key

MOST_KEYS = 20
MOST_DAYS = 366


@dataclass(frozen=True)
class KeyDraft:
    """What the form of a new key holds."""

    name: str
    scopes: tuple
    days: int
    kind: str = ApiKey.Kind.PERSONAL
    organization: Organization | None = None
    form_key: UUID | None = None


@in_transaction
def create_key(acts_as, draft, *, actor, now=None):
    """(key, secret) of a new key that acts as a person; the secret is known to nobody afterwards.

    The same form sent twice gives the first key and no secret (None): it was shown before. `actor`
    is None for an operator. Raises SecretError.
    """
    acts_as = User.objects.select_for_update(no_key=True).get(pk=acts_as.pk)
    now = now or timezone.now()
    if first := ApiKey.objects.of_form(actor, draft.form_key).first():
        return _made_before(first, draft)
    if not acts_as.is_active:
        raise SecretError(_("You are not allowed to do this."), code="forbidden")
    _check(draft, acts_as, acts_as.api_keys.living(now))
    return _make(acts_as, draft, actor, now)


@in_transaction
def create_organization_key(organization, draft, *, actor, now=None):
    """(key, secret) of a new key of an organization, made by an owner, with the member it acts as.

    The same form sent twice gives the first key and no secret. Raises SecretError for what is wrong
    in the form, OrganizationError for who may not, and while the organization is suspended.
    """
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    now = now or timezone.now()
    if first := ApiKey.objects.of_form(actor, draft.form_key).first():
        return _made_before(first, draft)
    _check(draft, actor, ApiKey.objects.of_organization(organization).living(now))
    member = people.create_service_member(organization, name=draft.name, actor=actor, now=now)
    draft = replace(draft, kind=ApiKey.Kind.ORGANIZATION, organization=organization)
    return _make(member, draft, actor, now)


def _made_before(first, draft):
    """The key of the same form without its secret. Raises SecretError where it was another one."""
    held = first.name, set(first.scopes), first.expires_at - first.created_at
    wanted = clean_name(draft.name), set(map(str, draft.scopes))
    if held == (*wanted, timedelta(days=draft.days)):
        return first, None
    sentence = _("This form has already made the key “%(name)s”. Send it again to make another.")
    raise SecretError(sentence % {"name": first.name}, code="already_sent")


def _make(acts_as, draft, actor, now):
    prefix, secret = new_secret()
    key = ApiKey(
        kind=draft.kind,
        name=clean_name(draft.name),
        acts_as=acts_as,
        organization=draft.organization,
        prefix=prefix,
        secret_hash=hash_of(secret),
        password_stamp=stamp_of(acts_as),
        scopes=[scope.value for scope in Scope if scope in draft.scopes],
        form_key=draft.form_key,
        created_by=actor,
        created_at=now,
        expires_at=now + timedelta(days=draft.days),
    )
    key._history_user, key._history_date = actor, now
    key.save(force_insert=True)
    tell_of_new_key(key)
    return key, secret


def _check(draft, owner, living):
    """Refuse what is wrong in a draft: scopes beyond those of `owner`, or one key too many."""
    if not clean_name(draft.name):
        raise SecretError(_("Enter a name."), code="name")
    if not draft.scopes or set(draft.scopes) - set(scopes_for(owner)):
        raise SecretError(_("Choose from the list."), code="scopes")
    if draft.days not in range(1, MOST_DAYS + 1):
        raise SecretError(_("Choose from the list."), code="days")
    if living.count() >= MOST_KEYS:
        sentence = _("There are %(limit)s keys already. Revoke some of them first.")
        raise SecretError(sentence % {"limit": number(MOST_KEYS)}, code="too_many")


@in_transaction
def revoke_key(key, *, actor, now=None):
    """End a key at once, for good, and with one of an organization the member it acts as; one that
    was revoked stays as it is."""
    key = ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = now or timezone.now()
        key._history_user, key._history_date = actor, key.revoked_at
        key.save(update_fields=["revoked_at"])
        if key.kind == ApiKey.Kind.ORGANIZATION:
            people.end_service_member(key.acts_as, actor=actor, now=key.revoked_at)
    return key


def end_expired_keys(now=None):
    """Take the members of expired keys out of their organizations. Returns how many."""
    now = now or timezone.now()
    ended = 0
    for key in ApiKey.objects.expired_with_a_member(now).select_related("acts_as"):
        people.end_service_member(key.acts_as, actor=None, now=now)
        ended += 1
    return ended


def count_use(key, *, address, now):
    """Count a request of the key, and remember when and where from it was used.

    (how many are left in this minute, seconds to its end); of one too many the first is None.
    """
    window_at = now.replace(second=0, microsecond=0)
    most = settings.API_REQUESTS_PER_MINUTE
    left_seconds = 60 - now.second
    counted = ApiKey.objects.count_use(key, at=now, address=address, window_at=window_at, most=most)
    if not counted:
        return None, left_seconds
    before = key.window_count if key.window_at == window_at else 0
    return max(0, most - before - 1), left_seconds
