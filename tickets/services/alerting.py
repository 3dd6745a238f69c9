"""Alerts of monitoring: each fault has one ticket, however often it is reported."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from organizations.models import Membership, User
from plans.models import Priority
from plans.transactions import in_transaction
from tickets import events
from tickets.choices import Category, Intent
from tickets.models import Alert, Event, Message, Ticket
from tickets.reopening import is_closed_for_long

from . import base
from .changing import changing
from .closing import reopen, settle_close
from .linking import follow_up
from .opening import Draft, open_ticket
from .replying import reply_as_customer

# So many messages about its alerts a ticket gets from one key in an hour; of a fault that comes and
# goes more often its line in the history tells. The last one says that it fires again.
MOST_WRITTEN_IN_AN_HOUR = 6
HOUR = timedelta(hours=1)
# A report of a fault that ended less than this ago, with the start of then, was late on its way.
LATE_WITHIN = timedelta(minutes=2)


class Outcome(StrEnum):
    """What a report of an alert led to."""

    OPENED = "opened"
    COUNTED = "counted"
    WRITTEN = "written"
    REOPENED = "reopened"
    FOLLOWED_UP = "followed_up"
    RESOLVED = "resolved"
    CLOSED = "closed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class AlertReport:
    """What a source says of one fault. `starts_at` is by its own clock, None where it says none."""

    source: str
    fingerprint: str
    is_firing: bool
    title: str
    text: str
    priority: str = Priority.NORMAL
    category: str = Category.TECHNICAL
    starts_at: datetime | None = None


@in_transaction
def receive_alert(report, *, actor, organization, requester=None, may_close=False, now=None):
    """(Outcome, the ticket or None) of a report.

    A new fault opens a ticket; one that is known is counted, and written about where it comes back
    or ends. With `may_close` its end closes the ticket if nobody answered. `requester` is the
    member for whom an agent opens it. Raises TicketError as opening and writing do.
    """
    base.lock_person(actor)
    # Of reports of one fault at the same time all but the first find its row.
    organization = base.lock_organization(organization.pk)
    base.allow(not organization.is_suspended)
    now = now or timezone.now()
    alert = Alert.objects.reported(organization, report)
    receiving = _Receiving(report, alert, actor, organization, requester, may_close, now)
    with events.of_alert(report.fingerprint):
        return receiving.fire() if report.is_firing else receiving.resolve()


def requester_for(organization):
    """The member for whom staff open tickets of alerts that name nobody: the first owner."""
    owners = Membership.objects.of(organization).of_people().active_owners().order_by("pk")
    return User.objects.filter(pk__in=owners.values("user")[:1]).first()


def promised_priority(report, organization):
    """The priority of the report; where the plan promises nothing for it, the highest one below it
    that has a promise."""
    wanted, promise = Priority(report.priority), base.promise_to(organization)
    if promise is None:
        return wanted
    lower = [each for each in Priority if each.rank <= wanted.rank]
    promised = [each for each in lower if promise.cell(each).target is not None]
    return promised[-1] if promised else wanted


@dataclass
class _Receiving:
    """A report on its way; person and organization are locked."""

    report: AlertReport
    alert: Alert | None
    actor: User
    organization: object
    requester: User | None
    may_close: bool
    now: datetime

    def ticket(self):
        """The ticket of the alert, or what that was merged into, under lock; None where the actor
        does not see it, as a key after the one that opened it in a restricted organization."""
        if self.alert is None:
            return None
        known = self.alert.ticket
        seen = Ticket.objects.visible_to(self.actor).numbered(known.merged_into_id or known.pk)
        return seen and base.locked_of(self.organization, seen, self.actor)

    def begun(self):
        """When it began; a clock of the source that is ahead of ours counts as ours."""
        return min(self.report.starts_at or self.now, self.now)

    def is_of_before(self):
        """Whether the source names no later beginning than what is known."""
        return self.report.starts_at is not None and self.begun() <= self.alert.starts_at

    # --- It fires ---------------------------------------------------------------------------------

    def fire(self):
        ticket, alert = self.ticket(), self.alert
        if ticket is None:
            return self._open()
        if not alert.is_firing and self.is_of_before() and self._was_late():
            return Outcome.UNCHANGED, ticket
        if ticket.is_closed:
            if not (alert.is_firing and self.is_of_before()):
                return self._bring_back(ticket)
            # People closed it though it fires.
            return self._keep(Outcome.COUNTED, ticket)
        if not alert.is_announced and self._may_write(ticket):
            return self._keep(Outcome.WRITTEN, self._write(ticket), is_announced_now=True)
        return self._keep(Outcome.COUNTED, ticket)

    def _was_late(self):
        return self.now < self.alert.resolved_at + LATE_WITHIN

    def _open(self):
        report = self.report
        draft = Draft(
            title=report.title,
            description=report.text,
            category=report.category,
            priority=promised_priority(report, self.organization),
        )
        ticket = open_ticket(
            requester=self.requester or self.actor,
            opened_by=self.actor,
            organization=self.organization,
            draft=draft,
            now=self.now,
        )
        return self._keep(Outcome.OPENED, ticket, is_announced_now=True)

    def _bring_back(self, ticket):
        """It fires again after its ticket was closed."""
        outcome = Outcome.REOPENED
        if is_closed_for_long(ticket, self.now):
            outcome = Outcome.FOLLOWED_UP
            ticket = follow_up(
                ticket,
                actor=self.actor,
                content=self._content(),
                priority=promised_priority(self.report, self.organization),
                now=self.now,
            )
        elif self.actor.is_agent:
            ticket = reopen(ticket, actor=self.actor, now=self.now)
        else:
            ticket = self._write(ticket)
        return self._keep(outcome, ticket, is_announced_now=True)

    def _keep(self, outcome, ticket, *, is_announced_now=False):
        """Write the row of the alert: it was reported once more."""
        report = self.report
        alert = self.alert or Alert(
            organization=self.organization,
            source=report.source,
            fingerprint=report.fingerprint,
            starts_at=self.begun(),
            is_announced=True,
            first_at=self.now,
            count=0,
        )
        alert.ticket, alert.title, alert.last_at = ticket, report.title, self.now
        alert.starts_at = max(alert.starts_at, self.begun())
        alert.is_firing, alert.resolved_at = True, None
        alert.is_announced |= is_announced_now
        alert.count += 1
        alert.save()
        return outcome, ticket

    # --- It is over -------------------------------------------------------------------------------

    def resolve(self):
        ticket, alert = self.ticket(), self.alert
        is_older = alert and self.is_of_before() and self.begun() < alert.starts_at
        if alert is None or not alert.is_firing or is_older:
            return Outcome.UNCHANGED, ticket
        alert.is_firing, alert.resolved_at = False, self.now
        alert.starts_at = max(alert.starts_at, self.begun())
        outcome = Outcome.RESOLVED
        if ticket is not None and not ticket.is_closed and self._may_write(ticket):
            alert.is_announced = False
            outcome = self._end(ticket)
        alert.save()
        return outcome, ticket

    def _end(self, ticket):
        """Say in a message that it is over. It waits for nothing: it starts and meets no clock, and
        a ticket that awaits the customer goes on doing so."""
        by_staff = self.actor.is_agent
        is_closing = self.may_close and self._is_unanswered(ticket)
        if by_staff and not is_closing:
            self._note(ticket)
            return Outcome.RESOLVED
        with changing(ticket, actor=self.actor, now=self.now) as change:
            message = None if by_staff else self._write_end(ticket)
            if is_closing:
                close = ticket.resolve if by_staff else ticket.close_by_customer
                base.check(close, self.actor)
                close(now=self.now)
                settle_close(change)
            change.record(Event.Kind.ALERT_RESOLVED, message=message)
        return Outcome.CLOSED if is_closing else Outcome.RESOLVED

    def _write_end(self, ticket):
        author, kind = self.actor, Message.Kind.PUBLIC
        marks = {"kind": kind, "now": self.now, "is_just_thanks": True}
        return base.write(ticket, author=author, content=self._content(), **marks)

    def _is_unanswered(self, ticket):
        """Whether the ticket is of this alert alone, and nobody else has written on it."""
        since = ticket.messages.public().filter(created_at__gt=ticket.created_at)
        return (
            ticket.opened_by_id == self.actor.pk
            and not ticket.merged_tickets.exists()
            and not since.exclude(author=self.actor).exists()
        )

    # --- What is written --------------------------------------------------------------------------

    def _may_write(self, ticket):
        written = ticket.messages.written_since(self.actor, self.now - HOUR).count()
        return written < MOST_WRITTEN_IN_AN_HOUR + self.report.is_firing

    def _content(self):
        """On a ticket that is there already, what fires again needs its title."""
        report = self.report
        is_titled = not report.is_firing or report.text.startswith(report.title)
        return base.NewMessage(report.text if is_titled else f"{report.title}\n\n{report.text}")

    def _write(self, ticket):
        """What waits for an answer: by staff a note, as they do not ask themselves."""
        if self.actor.is_agent:
            return self._note(ticket)
        return reply_as_customer(
            ticket, actor=self.actor, content=self._content(), intent=Intent.PROBLEM, now=self.now
        )

    def _note(self, ticket):
        """A note that mentions nobody, whatever the source writes."""
        note = Message.Kind.NOTE
        with changing(ticket, actor=self.actor, now=self.now) as change:
            message = base.write(
                ticket, author=self.actor, content=self._content(), kind=note, now=self.now
            )
            change.record(Event.Kind.NOTED, message=message)
        return ticket
