"""Making, changing and ending endpoints, and sending on demand. By owners and supervisors."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.publishing import publish_on_commit
from organizations.models import Membership, Organization, Role, User
from plans.transactions import in_transaction
from ui.names import clean_name
from ui.wording import number
from webhooks import addresses, signing
from webhooks.choices import Trouble
from webhooks.errors import AddressError, WebhookError
from webhooks.kinds import TEST, choices_for
from webhooks.models import Delivery, Endpoint

from .planning import SEND, forget_who_listens, hear_from_now_on

MOST_ENDPOINTS = 20
# The secret before stays valid for so long after a new one was made.
OVERLAP = timedelta(hours=24)
TESTS_PER_MINUTE = 10


@dataclass(frozen=True)
class EndpointDraft:
    """What somebody wants an endpoint to be."""

    name: str
    url: str
    events: tuple = field(default=())


@in_transaction
def create_endpoint(organization, draft, *, actor, form_key: UUID | None = None, now=None):
    """(endpoint, secret) of a new endpoint of an organization, or of the provider (None). The
    secret is shown to nobody afterwards.

    The same form sent twice gives the first endpoint and no secret. Raises WebhookError, whose code
    names the field that it is about; `already_sent` where the form made something else before.
    """
    _lock_owner(organization, actor)
    _allow(organization, actor)
    now = now or timezone.now()
    if first := Endpoint.objects.of_form(actor, form_key).first():
        return _made_before(first, draft)
    if organization is not None and organization.is_suspended:
        raise WebhookError(_("This organization is suspended: nothing can be changed in it."))
    if _endpoints_of(organization).count() >= MOST_ENDPOINTS:
        sentence = _("There are %(limit)s endpoints already. Delete some of them first.")
        raise WebhookError(sentence % {"limit": number(MOST_ENDPOINTS)}, code="too_many")
    secret = signing.new_secret()
    endpoint = Endpoint(
        organization=organization,
        secret=signing.seal(secret),
        keeper=actor,
        created_by=actor,
        created_at=now,
        form_key=form_key,
    )
    _take(endpoint, draft)
    hear_from_now_on(endpoint, now)
    _save(endpoint, actor, now)
    return endpoint, secret


def _made_before(first, draft):
    if _holds(first, draft):
        return first, None
    sentence = _(
        "This form has already created the endpoint “%(name)s”. Save again to create another one."
    )
    raise WebhookError(sentence % {"name": first.name}, code="already_sent")


def _holds(endpoint, draft):
    """Whether the endpoint is what the draft wants it to be."""
    held = endpoint.name, endpoint.url, set(endpoint.events)
    return held == (clean_name(draft.name), draft.url, set(draft.events))


@in_transaction
def edit_endpoint(endpoint, draft, *, actor, seen_version, now=None):
    """Change an endpoint; who does so answers for it from then on. What is saved already is no
    conflict, as by the same form that is sent twice. Raises WebhookError."""
    endpoint = _locked(endpoint, actor)
    if endpoint.keeper_id == actor.pk and _holds(endpoint, draft):
        return endpoint
    if endpoint.version != seen_version:
        sentence = _(
            "Somebody has changed this endpoint in the meantime. Check it, then save again."
        )
        raise WebhookError(sentence, code="stale", row=endpoint)
    if endpoint.url != draft.url:
        endpoint.downs, endpoint.rest_until, endpoint.failing_since = 0, None, None
    _take(endpoint, draft)
    endpoint.keeper = actor
    now = now or timezone.now()
    hear_from_now_on(endpoint, now)
    _save(endpoint, actor, now)
    _wake(endpoint)
    return endpoint


@in_transaction
def switch_endpoint(endpoint, *, is_on, actor, now=None):
    """Put an endpoint into use, or pause it. Who puts it into use answers for it from then on;
    what waits is sent, and what happened while it was off is not."""
    endpoint = _locked(endpoint, actor)
    wanted = Endpoint.State.ON if is_on else Endpoint.State.PAUSED
    if not is_on and endpoint.is_disabled:
        return endpoint
    if endpoint.state == wanted and not (is_on and endpoint.keeper_id != actor.pk):
        return endpoint
    now = now or timezone.now()
    if is_on:
        hear_from_now_on(endpoint, now)
    endpoint.state, endpoint.trouble = wanted, ""
    if is_on:
        endpoint.keeper = actor
        endpoint.downs, endpoint.rest_until, endpoint.failing_since = 0, None, None
    _save(endpoint, actor, now)
    _wake(endpoint)
    return endpoint


@in_transaction
def rotate_secret(endpoint, *, actor, form_key: UUID | None = None, now=None):
    """(endpoint, its new secret). For OVERLAP requests are signed with the one before too, so that
    receivers can be given the new one without losing a request.

    The same form sent twice makes one new secret and returns None the second time.
    """
    endpoint = _locked(endpoint, actor)
    now = now or timezone.now()
    if form_key and endpoint.rotation_key == form_key:
        return endpoint, None
    secret = signing.new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + OVERLAP
    endpoint.secret, endpoint.rotation_key = signing.seal(secret), form_key
    _save(endpoint, actor, now)
    return endpoint, secret


@in_transaction
def delete_endpoint(endpoint, *, actor, now=None):
    """Delete an endpoint: at once for everybody who asks for it or for its log, and what waits for
    it is not sent. `forget_deliveries` takes the rows away."""
    held = Endpoint.objects.locked(endpoint.pk)
    if held is None:
        return
    _allow(held.organization, actor)
    held.state, held.ended_at = Endpoint.State.PAUSED, now or timezone.now()
    held.secret = held.old_secret = ""
    held.form_key = None
    skipped = {"state": Delivery.State.SKIPPED, "error": Trouble.UNWANTED}
    held.deliveries.pending().update(**skipped)
    _save(held, actor, held.ended_at)


@in_transaction
def send_test(endpoint, *, actor, form_key: UUID | None = None, now=None):
    """Send a webhook of no event, at once. Sent twice, the form does it once. Raises WebhookError
    while the endpoint is off, and where there were many tests just now."""
    endpoint = _locked(endpoint, actor)
    now = now or timezone.now()
    if form_key and endpoint.deliveries.filter(key=form_key).exists():
        return
    if not endpoint.is_on:
        raise WebhookError(_("The endpoint is not in use. Enable it first."))
    latest = endpoint.deliveries.filter(type=TEST, created_at__gt=now - timedelta(minutes=1))
    if latest.count() >= TESTS_PER_MINUTE:
        raise WebhookError(_("Too many tests were sent just now. Wait a minute."))
    more = {"key": form_key} if form_key else {}
    made = Delivery.objects.create(
        endpoint=endpoint, type=TEST, created_at=now, next_try_at=now, **more
    )
    _wake(endpoint, made)


@in_transaction
def send_again(endpoint, key, *, actor, now=None):
    """Give one settled delivery all its tries again, under its own id. Pressed twice, it is one.
    Raises WebhookError while the endpoint is off."""
    endpoint = _locked(endpoint, actor)
    rows = endpoint.deliveries.filter(pk=key)
    _send_again(endpoint, rows.exclude(state=Delivery.State.PENDING), now or timezone.now())


@in_transaction
def send_failed_again(endpoint, *, actor, now=None):
    """As `send_again`, of all that was not delivered. Returns how many."""
    endpoint = _locked(endpoint, actor)
    rows = endpoint.deliveries.not_delivered().exclude(type=TEST)
    return _send_again(endpoint, rows, now or timezone.now())


def _send_again(endpoint, rows, now):
    if not endpoint.is_on:
        raise WebhookError(_("The endpoint is not in use. Enable it first."))
    again = {"state": Delivery.State.PENDING, "attempts": 0, "next_try_at": now, "error": ""}
    count = rows.update(**again)
    _wake(endpoint)
    return count


def skip_pending(*, now):
    """Send nothing of what waits: after a backup was restored it was sent before. Returns how many
    there were."""
    skipped = {"state": Delivery.State.SKIPPED, "error": Trouble.RESTORED}
    return Delivery.objects.pending().update(**skipped)


def _wake(endpoint, delivery=None):
    """Let a resting endpoint be tried now: a person has reason to think that it answers."""
    Endpoint.objects.filter(pk=endpoint.pk).update(rest_until=None)
    publish_on_commit(SEND, [delivery.pk if delivery else endpoint.pk])


def _take(endpoint, draft):
    """Create the endpoint what the draft says. Raises WebhookError."""
    name = clean_name(draft.name)
    if not name:
        raise WebhookError(_("Enter a name."), code="name")
    check_url(draft.url)
    known = [each for each, _label in choices_for(provider=endpoint.is_of_provider)]
    if not draft.events or set(draft.events) - set(known):
        raise WebhookError(_("Choose from the list."), code="events")
    endpoint.name, endpoint.url = name, draft.url
    endpoint.events = [each for each in known if each in draft.events]


def check_url(url):
    """Raise WebhookError for an address that nothing is sent to. Its name is not looked up here:
    that is done whenever something is sent."""
    try:
        addresses.target_of(url)
    except AddressError as error:
        raise WebhookError(_sentence(error.trouble), code="url") from error


def _sentence(trouble):
    if trouble == Trouble.ADDRESS:
        return _("This is an address inside a network. Enter one of the public internet.")
    return _("Enter an address that begins with https://, without a user name.")


def _save(endpoint, actor, now):
    endpoint.version += 1
    endpoint._history_user, endpoint._history_date = actor, now
    endpoint.save()
    # At once, and again when others can see it: in between another thread may have asked.
    forget_who_listens()
    transaction.on_commit(forget_who_listens)


def _endpoints_of(organization):
    if organization is None:
        return Endpoint.objects.of_provider()
    return Endpoint.objects.of_organization(organization)


def _lock_owner(organization, actor):
    """What the limit is counted under: the organization, and of the provider who makes it."""
    if organization is None:
        User.objects.locked(actor.pk)
    else:
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _locked(endpoint, actor):
    held = Endpoint.objects.locked(endpoint.pk)
    if held is None:
        raise WebhookError(_("This endpoint was deleted in the meantime."), code="gone")
    _allow(held.organization, actor)
    return held


def _allow(organization, actor):
    """Owners keep the endpoints of their organization, supervisors those of the provider."""
    if organization is None:
        is_allowed = actor.is_supervisor
    else:
        own = Membership.objects.filter(user=actor, organization=organization, role=Role.OWNER)
        is_allowed = actor.is_active and own.exists()
    if not is_allowed:
        raise WebhookError(_("You are not allowed to do this."), code="forbidden")
