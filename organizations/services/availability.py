"""Whether new tickets reach an agent: what they say, and what follows from the time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.errors import OrganizationError, StaleProfile
from organizations.models import User
from plans.models import Calendar, CalendarVersion
from plans.promises import current_calendar_version, working_time_by_key
from plans.transactions import in_transaction

WRITTEN = ["is_present", "away_reason", "back_at", "working_hours", "absent_since"]


@dataclass(frozen=True)
class Wanted:
    """What an agent is to be: on duty or away, why, and until when. Their working hours, a
    calendar or None, are changed where `sets_hours`."""

    is_present: bool
    reason: str = ""
    back_at: datetime | None = None
    sets_hours: bool = False
    working_hours: Calendar | None = None


def change_presence(user, is_present, *, now=None):
    """Let an agent take new tickets from now on, or leave them to others. Raises ValueError for
    somebody who answers none."""
    if not user.is_agent:
        raise ValueError("only staff are on duty")
    return change_availability(user, Wanted(is_present), actor=user, now=now)


@in_transaction
def change_availability(user, wanted, *, actor, seen=None, now=None):
    """Say that an agent is on duty or away: they say it themselves, or a supervisor does, who alone
    sets working hours.

    Raises OrganizationError, whose code names the field, and StaleProfile where `seen`, a mark of
    `availability_mark`, is not the present one.
    """
    held = User.objects.agents().select_for_update(no_key=True).filter(pk=user.pk).first()
    if held is None or not (actor.pk == held.pk or actor.is_supervisor):
        raise OrganizationError(_("You are not allowed to do this."), code="not_allowed")
    mark = held.availability_mark
    now = now or timezone.now()
    is_away = not wanted.is_present
    if is_away and wanted.back_at is not None and wanted.back_at <= now:
        raise OrganizationError(_("Choose a time that is still to come."), code="back_at")
    held.is_present = wanted.is_present
    held.away_reason = wanted.reason.strip() if is_away else ""
    held.back_at = wanted.back_at if is_away else None
    if wanted.sets_hours and actor.is_supervisor:
        held.working_hours = wanted.working_hours
    if seen not in {None, mark} and held.availability_mark != mark:
        raise StaleProfile({})
    is_absent = is_away or not _is_at_work(held, now)
    held.absent_since = (held.absent_since or now) if is_absent else None
    held.save(update_fields=WRITTEN)
    for name in WRITTEN:
        setattr(user, name, getattr(held, name))
    return held


def _is_at_work(user, now):
    return user.working_hours_id is None or _is_open(user.working_hours_id, now)


@in_transaction
def follow_the_time(now=None):
    """Bring agents back whose time away is over, and let those come and go whose working hours
    begin or end. Returns how many."""
    now = now or timezone.now()
    back = User.objects.agents().filter(is_present=False, back_at__lte=now)
    returned = back.update(is_present=True, away_reason="", back_at=None)
    closed = _closed_calendars(now)
    present = User.objects.agents().filter(is_present=True)
    outside = Q(working_hours__in=closed)
    left = present.filter(outside, absent_since=None).update(absent_since=now)
    came = present.exclude(outside).filter(absent_since__isnull=False).update(absent_since=None)
    return max(returned, came) + left


def agents_expected(spans):
    """How many agents are on duty and within their working hours in some part of each of the
    half-open `spans`, as far as is known now; in one query."""
    versions = CalendarVersion.objects.filter(
        calendar=OuterRef("working_hours"), amends__isnull=True
    )
    latest = Subquery(versions.order_by("-number").values("pk")[:1])
    agents = User.objects.agents().order_by()
    people = list(agents.values_list("is_present", "back_at", latest))
    counts = []
    for start, end in spans:
        calendars = {hours for *_duty, hours in people}
        open_then = {each for each in calendars if working_time_by_key(each).measure(start, end)}
        on_duty = (
            hours for present, back_at, hours in people if present or (back_at and back_at < end)
        )
        counts.append(sum(hours in open_then for hours in on_duty))
    return counts


def _closed_calendars(now):
    """The keys of the calendars of agents in which nobody works at `now`."""
    used = User.objects.agents().filter(working_hours__isnull=False).order_by()
    keys = used.values_list("working_hours", flat=True).distinct()
    return [key for key in keys if not _is_open(key, now)]


def _is_open(calendar, now):
    return working_time_by_key(current_calendar_version(calendar).pk).is_open(now)
