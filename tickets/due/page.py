"""The page behind the due times of a ticket: the clocks that run, then those that ended."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.models import Priority
from tickets.choices import Status
from tickets.clocks.terms import working_time_of
from tickets.models import Clock
from ui.wording import digits, format_datetime, format_moment, format_target

from . import sentences
from .badge import DueBadge, clock_badge
from .day_rows import day_rows
from .drawing import NARROW, WIDE, lay_out
from .reckoning import reckon
from .rows import table
from .times import clock_length, exact_moment, upper_first

State = Clock.State
ENDED_ON_A_PAGE = 5


@dataclass(frozen=True)
class Fact:
    """One of the four: what it is, the fact, and a quieter one under it."""

    label: str
    text: str
    sub: str = ""


@dataclass(frozen=True)
class Explanation:
    """One clock explained. `internal` are facts for staff alone; a customer has none."""

    key: str
    label: str
    badge: DueBadge
    target: str
    facts: list
    drawings: list
    drawing_text: str
    rows: list
    has_earlier: bool
    result: str
    calendar: str
    internal: list


def due_page(ticket, *, staff, now, before=None):
    """What the page of a ticket (by `with_people`) shows, in a bounded number of queries.

    `staff` adds what customers do not see; `before` is the key of the clock after which the
    earlier ones are listed.
    """
    clocks = ticket.clocks.explained()
    running = [] if before else list(clocks.running().order_by("due_at", "pk"))
    ended, earlier = _ended(clocks, before)
    endings = _endings(ticket, ended)
    explained = [
        _explain(clock, ticket, endings.get(clock.stopped_at), staff, now)
        for clock in [*running, *ended]
    ]
    return {
        "now": now,
        "ticket": ticket,
        "running": explained[: len(running)],
        "ended": explained[len(running) :],
        "earlier": earlier,
        "before": before,
        "heading": _heading(ticket, now),
        "nothing": "" if running or before else _why_nothing(ticket, now, staff),
    }


def _ended(clocks, before):
    """The latest that ended, and the key before which there are more."""
    ended = clocks.ended().order_by("-pk")
    if before:
        ended = ended.older_than(before)
    found = list(ended[: ENDED_ON_A_PAGE + 1])
    shown = found[:ENDED_ON_A_PAGE]
    return shown, shown[-1].pk if len(found) > len(shown) else None


def _endings(ticket, ended):
    """The events of the instants at which clocks were withdrawn, in one query or none."""
    instants = [each.stopped_at for each in ended if each.state == State.WITHDRAWN]
    if not instants:
        return {}
    return {each.created_at: each for each in ticket.events.of_instants(instants)}


def _heading(ticket, now):
    if ticket.due_at is None:
        return _("The due times of this ticket")
    return _("Why “%(due)s”?") % {"due": format_moment(ticket.due_at, now)}


def _why_nothing(ticket, now, staff):
    """Why no promise is running, and what happens instead."""
    if ticket.is_closed:
        return _("The ticket is closed, so nothing is due. A new message starts a new promise.")
    if ticket.organization.is_suspended:
        return _(
            "The organization is suspended: it can only read, and nothing is "
            "promised in the meantime."
        )
    if ticket.waits_for_answer:
        sentence = (
            _("The customer's plan promises no response time for the priority “%(priority)s”.")
            if staff
            else _("Your plan promises no response time for the priority “%(priority)s”.")
        )
        values = {"priority": Priority(ticket.priority).label}
        return f"{sentence % values} {_('Support answers all the same, without a due time.')}"
    if ticket.status != Status.AWAITING_CUSTOMER:
        return _("Everything is answered: nothing is waiting, and support continues to work.")
    if ticket.auto_close_at is None:
        return _("Support has answered and is waiting for the customer; nothing is due.")
    return _(
        "Support has answered and is waiting for the customer; nothing is due. Without a "
        "message, the ticket closes automatically %(moment)s."
    ) % {"moment": format_moment(ticket.auto_close_at, now)}


def _explain(clock, ticket, ending, staff, now):
    zone = timezone.get_current_timezone()
    reckoning = reckon(clock, list(clock.stretches.all()), at=now, zone=zone)
    days = day_rows(clock, reckoning, now=now)
    return Explanation(
        key=f"clock-{clock.pk}",
        label=str(clock.get_kind_display()),
        badge=clock_badge(clock, now),
        target=sentences.target_of(clock),
        facts=_facts(clock, ticket, reckoning, now),
        drawings=[lay_out(days, sheet) for sheet in (WIDE, NARROW)],
        drawing_text=_drawing_text(clock, reckoning, now),
        rows=table(clock, reckoning, list(clock.changes.all()), now=now),
        has_earlier=not all(piece.is_present for piece in reckoning.pieces),
        result=sentences.result(clock, reckoning, ending, now),
        calendar=sentences.calendar_of(clock),
        internal=_internal(clock, now) if staff else [],
    )


def _facts(clock, ticket, reckoning, now):
    target = pgettext("promise", "less than %(target)s") % {"target": sentences.target_of(clock)}
    plan = f"{Priority(clock.priority).label} · {clock.plan_version.plan.name}"
    counted = _("%(used)s of %(total)s") % {
        "used": clock_length(reckoning.used),
        "total": clock_length(reckoning.total),
    }
    left = _("%(left)s left") % {"left": clock_length(reckoning.left)}
    return [
        Fact(pgettext("fact", "Promise"), target, plan),
        Fact(
            pgettext("fact", "Start"),
            upper_first(format_moment(clock.started_at, now)),
            sentences.start_of(clock, ticket),
        ),
        Fact(pgettext("fact", "Counted"), counted, left if reckoning.left else _("all of it")),
        _due(clock, now),
    ]


def _due(clock, now):
    label = pgettext("fact", "Due")
    if clock.due_at is None:
        return Fact(label, _("none while it is paused"))
    sub = ""
    if clock.is_running and now < clock.due_at:
        sub = _("in %(time)s") % {"time": sentences.in_minutes(clock.due_at - now)}
    elif clock.is_running:
        sub = _("overdue by %(time)s") % {"time": sentences.in_minutes(now - clock.due_at)}
    return Fact(label, upper_first(format_moment(clock.due_at, now)), sub)


def _drawing_text(clock, reckoning, now):
    """The drawing in a sentence; the table under it has the rest."""
    values = {
        "start": exact_moment(clock.started_at, now),
        "total": clock_length(reckoning.total),
        "used": clock_length(reckoning.used),
    }
    if clock.due_at is None:
        return _("Counted time from %(start)s on: %(used)s of %(total)s, paused now") % values
    values["due"] = exact_moment(clock.due_at, now)
    return _("Counted time from %(start)s to %(due)s: %(used)s of %(total)s") % values


def _internal(clock, now):
    """Facts for staff only: the aim, the versions, notifications, and for whom it counts."""
    plan, calendar = clock.plan_version, clock.calendar_version
    facts = [
        (_("Plan version"), f"{plan.plan.name} {digits(plan.number)}"),
        (
            _("Calendar version"),
            f"{calendar.calendar.name} {digits(calendar.number)}" if calendar else _("24/7"),
        ),
    ]
    if clock.aim:
        moment = working_time_of(clock).add(clock.started_at, clock.aim)
        aim = format_target(clock.aim, calendar is not None, day=clock.aim)
        written = {"aim": aim, "moment": format_moment(moment, now)}
        facts.append((_("Aim"), _("%(aim)s, until %(moment)s") % written))
    alerts = [
        (_("Due soon since"), clock.due_soon_fell_at),
        (_("Due-soon alert sent"), clock.due_soon_notified_at),
        (_("Breach alert sent"), clock.breach_notified_at),
    ]
    facts += [(label, format_datetime(at)) for label, at in alerts if at]
    if clock.breached_at:
        facts.append((_("Assignee at the breach"), str(clock.assignee_at_breach or _("nobody"))))
    if not clock.is_running or clock.agent_id:
        facts.append((_("Counted for"), str(clock.agent or _("nobody"))))
    return facts
