"""Programs beside the people: monitoring that sends alerts, and endpoints that get webhooks."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F

from api import services as keys
from api.models import ApiKey
from api.scopes import Scope
from notifications.models import AccountMail
from plans.models import Priority
from tickets import services
from tickets.events import recorded_through
from tickets.models import Event
from webhooks import payloads
from webhooks import services as webhooks
from webhooks.choices import Trouble
from webhooks.models import Delivery, Endpoint
from webhooks.posting import Answer
from webhooks.services import settling

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
# Before the first of these alerts may be due.
LONGEST = timedelta(minutes=10)
KEY = "Prometheus"
DISK = services.AlertReport(
    source=KEY,
    fingerprint="9b2a7f4be0f1c3d8",
    is_firing=True,
    title="Filesystem has less than 3% space left on db1",
    text="/dev/vda1 at db1.arya.example has only 2.87% available space left.",
    priority=Priority.HIGH,
)
TIMES = 12
DOWN = services.AlertReport(
    source=KEY,
    fingerprint="4f1bd2c70a55e916",
    is_firing=True,
    title="InstanceDown – web2.arya.example",
    text="web2.arya.example:9100 does not answer for 5 minutes.",
)
UP = services.AlertReport(
    source=KEY,
    fingerprint=DOWN.fingerprint,
    is_firing=False,
    title=DOWN.title,
    text="web2.arya.example:9100 answers again.",
)
OF_ORGANIZATION = ("ticket.opened", "ticket.replied", "ticket.status_changed", "clock.breached")
OF_PROVIDER = ("clock.breached", "ticket.rated", "ticket.assigned")


def write(people, organizations, *, now):
    """Before the stories: who owns the programs sets them up."""
    draft = keys.KeyDraft(KEY, (Scope.ALERTS, Scope.ALERTS_CLOSE), days=180)
    keys.create_organization_key(
        organizations["arya"], draft, actor=people["reza"], now=now - 60 * DAY
    )
    for organization, who, name, events, days in (
        (organizations["pars"], "sara", "Chat", OF_ORGANIZATION, 10),
        (None, "leila", "Wallboard", OF_PROVIDER, 2),
    ):
        draft = webhooks.EndpointDraft(name, _receiver(name), events)
        by = {"actor": people[who], "now": now - days * DAY}
        webhooks.create_endpoint(organization, draft, **by)


def _receiver(name):
    """The one of `make run`, where requests to this machine are allowed."""
    if urlsplit(settings.SITE_URL).hostname in settings.WEBHOOK_PRIVATE_HOSTS:
        return f"{settings.SITE_URL}/webhook-receiver/"
    return f"https://{name.lower()}.example/webhooks/helpdesk"


def go_on(*, now):
    """After the stories: a fault that goes on, one that is over, and what endpoints have got."""
    key = ApiKey.objects.select_related("acts_as", "organization").get(name=KEY)
    step = min(now - Event.objects.latest("pk").created_at, LONGEST) / (TIMES + 3)
    reports = [*[DISK] * TIMES, DOWN, UP]
    how = {"actor": key.acts_as, "organization": key.organization, "may_close": True}
    with recorded_through(key.name):
        for place, report in enumerate(reports):
            at = now - step * (len(reports) - place)
            services.receive_alert(report, **how, now=at)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=at, last_used_from="203.0.113.9")
    for endpoint in Endpoint.objects.order_by("pk"):
        endpoint.deliveries.created_before(endpoint.created_at).delete()
        for place, row in enumerate(endpoint.deliveries.with_all_to_send().order_by("pk")):
            _send(row, now, is_refused_first=place % 9 == 4)
    AccountMail.objects.all().delete()


def _send(delivery, now, *, is_refused_first):
    """As the courier does, but for the request itself."""
    body, at = payloads.body_of(delivery), delivery.created_at + SECOND
    answers = [Answer(code=204, milliseconds=40 + delivery.pk % 70)]
    if is_refused_first:
        answers.insert(0, Answer(Trouble.REFUSED, 503, "Service Unavailable", 210))
    for answer in answers:
        Delivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1)
        settling.settle(delivery, answer, body=body, now=min(at, now))
        at += settling.WAITS[0] + SECOND
