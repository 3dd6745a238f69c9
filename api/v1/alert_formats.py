"""What senders of alerts write, read as reports: Alertmanager, Uptime Kuma, and a form of ours.

Their texts are cut and cleaned: a machine's alert is never refused for its length.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, StrictStr

from plans.models import Priority
from tickets.choices import Category
from tickets.services import AlertReport
from ui.names import clean_name
from ui.wording import format_datetime

from . import kinds

LONGEST_TITLE, LONGEST_TEXT, LONGEST_FINGERPRINT = 200, 5000, 200
MOST_LABELS, LONGEST_LABEL = 30, 300
# What monitoring calls severe, as a priority; of words that are not here, and without one, normal.
PRIORITY_OF_SEVERITY = {
    "critical": Priority.CRITICAL,
    "emergency": Priority.CRITICAL,
    "disaster": Priority.CRITICAL,
    "fatal": Priority.CRITICAL,
    "page": Priority.URGENT,
    "urgent": Priority.URGENT,
    "high": Priority.HIGH,
    "error": Priority.HIGH,
    "major": Priority.HIGH,
    "low": Priority.LOW,
    "info": Priority.LOW,
    "information": Priority.LOW,
    "notice": Priority.LOW,
    "debug": Priority.LOW,
}
# Of an Uptime Kuma heartbeat; pending and maintenance are neither.
DOWN, UP = 0, 1


class OneAlert(kinds.Input):
    """The form of ours: one alert."""

    fingerprint: StrictStr = Field(min_length=1, max_length=LONGEST_FINGERPRINT)
    status: kinds.AlertStatus = "firing"
    title: StrictStr = Field(min_length=1, max_length=20_000)
    description: StrictStr = Field("", max_length=200_000)
    severity: StrictStr = Field("", max_length=100)
    priority: kinds.Priority | None = None
    category: kinds.Category | None = None
    starts_at: datetime | None = None


class Alerts(Schema):
    """One alert in the form of ours, or what Alertmanager or Uptime Kuma sends."""

    fingerprint: str = Field("", description="What the same fault has each time.")
    status: str = Field("firing", description="`firing` or `resolved`.")
    title: str = ""
    description: str = ""
    severity: str = Field("", description="As `critical` or `warning`: becomes the priority.")
    priority: str | None = Field(None, description="A priority, instead of the severity's.")
    category: str | None = Field(None, description="Else `technical`.")
    starts_at: str | None = Field(None, description="When the fault began, by the sender.")
    alerts: list[dict] | None = Field(None, description="Of Alertmanager, with what is beside it.")
    heartbeat: dict | None = Field(None, description="Of Uptime Kuma, with `monitor` and `msg`.")
    monitor: dict | None = None
    msg: str | None = None


@dataclass(frozen=True)
class _Alert:
    """What a sender says of one fault, as it says it; `words` are labels or tags."""

    fingerprint: str
    is_firing: bool
    title: str
    text: str
    lines: tuple | list = ()
    words: dict = field(default_factory=dict)
    starts_at: datetime | None = None


class Unreadable(Exception):
    """An alert of many that says neither what it is about nor whether it fires."""


def readers_of(sent):
    """A function for each alert of the body, which gives its report by (source, settings), or None
    for what is no fault. A function may raise Unreadable."""
    if "alerts" in sent:
        return [_of_alertmanager(each) for each in sent["alerts"] or ()]
    if "heartbeat" in sent or "monitor" in sent:
        return [_of_uptime_kuma(sent)]
    one = OneAlert.model_validate(sent)
    return [lambda settings: _of_ours(one, settings)]


# --- The three forms ------------------------------------------------------------------------------


def _of_ours(one, settings):
    words = {"priority": one.priority, "category": one.category, "severity": one.severity}
    alert = _Alert(
        fingerprint=one.fingerprint,
        is_firing=one.status == "firing",
        title=one.title,
        text=one.description,
        words=words,
        starts_at=one.starts_at,
    )
    return _report(alert, settings)


def _of_alertmanager(alert):
    def read(settings):
        labels, notes = _texts(alert.get("labels")), _texts(alert.get("annotations"))
        if alert.get("status") not in {"firing", "resolved"}:
            raise Unreadable
        text = notes.get("description") or notes.get("message") or ""
        known = sorted(labels.items())[:MOST_LABELS]
        lines = [f"- {name}: {_cut(value, LONGEST_LABEL)}" for name, value in known]
        lines += [_line(notes.get(each)) for each in ("runbook_url", "dashboard_url")]
        lines += [_line(alert.get("generatorURL"))]
        found = _Alert(
            fingerprint=_line(alert.get("fingerprint")) or _hash_of(sorted(labels.items())),
            is_firing=alert["status"] == "firing",
            title=notes.get("summary") or notes.get("title") or _name_of(labels),
            text=text,
            lines=lines,
            words=labels,
            starts_at=_moment(alert.get("startsAt")),
        )
        return _report(found, settings)

    return read


def _name_of(labels):
    names = [labels.get("alertname", ""), labels.get("instance", "")]
    return " – ".join(filter(None, names))


def _of_uptime_kuma(sent):
    beat, monitor = sent.get("heartbeat") or {}, sent.get("monitor") or {}

    def read(settings):
        message = _line(sent.get("msg"))
        if not beat:
            return _of_words(message, settings)
        if beat.get("status") not in {DOWN, UP}:
            return None
        name = _line(monitor.get("name")) or message
        key = monitor.get("id") or beat.get("monitorID") or _hash_of(name)
        tags = [each for each in monitor.get("tags") or () if isinstance(each, dict)]
        words = {_line(each.get("name")): _line(each.get("value")) for each in tags}
        found = _Alert(
            fingerprint=_line(f"monitor-{key}"),
            is_firing=beat["status"] == DOWN,
            title=_("%(name)s is down") % {"name": name},
            text=_line(beat.get("msg")) or message,
            lines=[_line(monitor.get("url")), _line(monitor.get("hostname"))],
            words=words,
            starts_at=_moment(beat.get("time")),
        )
        return _report(found, settings)

    return read


def _of_words(message, settings):
    """What Uptime Kuma says of no heartbeat: that a certificate expires soon, or a test."""
    if not message or message.endswith(" Testing"):
        return None
    # The days that are left are another number each time.
    fingerprint = _hash_of(re.sub(r"\d+", "#", message))
    return _report(_Alert(fingerprint, True, message, message), settings)


# --- A report -------------------------------------------------------------------------------------


def _report(alert, settings):
    title = _cut(clean_name(alert.title[: 2 * LONGEST_TITLE]), LONGEST_TITLE) or settings["source"]
    lines = (clean_name(each) for each in alert.text[:LONGEST_TEXT].splitlines())
    parts = ["\n".join(lines).strip()]
    if not alert.is_firing:
        parts = [_("Resolved: %(title)s") % {"title": f"\u2068{title}\u2069"}, *parts]
    else:
        parts += ["\n".join(filter(None, map(clean_name, alert.lines)))]
        if alert.starts_at is not None:
            moment = format_datetime(timezone.localtime(alert.starts_at))
            parts += [_("It began on %(moment)s.") % {"moment": moment}]
    words = {str(name).casefold(): str(each).casefold() for name, each in alert.words.items()}
    category = _one_of(Category, words.get("category"), settings["category"])
    return AlertReport(
        source=settings["source"],
        fingerprint=_fitting(alert.fingerprint),
        is_firing=alert.is_firing,
        title=title,
        text="\n\n".join(filter(None, parts)) or title,
        priority=_priority(words, settings),
        category=category or Category.TECHNICAL,
        starts_at=alert.starts_at,
    )


def _priority(words, settings):
    found = _one_of(Priority, words.get("priority"), settings["priority"])
    return found or PRIORITY_OF_SEVERITY.get(words.get("severity"), Priority.NORMAL)


def _one_of(choices, *words):
    return next((each for each in words if each in choices.values), None)


def _fitting(fingerprint):
    """A fingerprint that the row holds; of a longer one its hash."""
    is_fitting = len(fingerprint) <= LONGEST_FINGERPRINT
    return fingerprint if is_fitting else _hash_of(fingerprint)


def _hash_of(value):
    return hashlib.sha256(repr(value).encode()).hexdigest()[:32]


def _cut(text, length):
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _texts(found):
    """Names with texts, whatever else was sent."""
    if not isinstance(found, dict):
        return {}
    return {name[:100]: _line(value, LONGEST_TEXT) for name, value in found.items()}


def _line(value, longest=LONGEST_LABEL):
    """A text of what may be another kind of value."""
    return "" if value is None or isinstance(value, dict | list) else str(value)[:longest]


def _moment(text):
    """An instant; None for what is none, as the year 1 of Alertmanager."""
    try:
        found = parse_datetime(str(text)[:40])
        found = found and (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found and found.year > 2000 else None
