"""What a delivery report changes: the mail that it is about, the ticket's hold, the address."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from tickets.models import Ticket

from . import holding, outbox, undeliverable
from .models import AccountMail, Notification, Outbox
from .reasons import Reason, with_answer


class Outcome(StrEnum):
    """What became of a mail after a server had taken it."""

    # Not delivered yet; the server goes on trying.
    DELAYED = "delayed"
    # Never delivered, though the address may be good: its mailbox was full, its server away, or it
    # takes nothing from us.
    GIVEN_UP = "given_up"
    # Refused for good because of the address.
    REFUSED = "refused"
    # The report does not say.
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Report:
    """A report about one mail. `answer` is the server's status code and text, not to be trusted."""

    outcome: Outcome
    answer: str = ""

    @property
    def reason(self):
        """What is stored with the mail: a code of ours, and the answer."""
        if self.outcome == Outcome.UNCLEAR:
            return Reason.REPORTED
        code = Reason.DELAYED if self.outcome == Outcome.DELAYED else Reason.RETURNED
        return with_answer(code, self.answer)

    @property
    def is_final(self):
        return self.outcome in {Outcome.GIVEN_UP, Outcome.REFUSED}


@transaction.atomic
def record_report(mail, report, *, now):
    """Note a report on its mail, a notification or an account mail. One that is final fails it.

    A mail that has failed already stays as it is, so that the same report twice changes nothing.
    """
    if isinstance(mail, AccountMail):
        _note([AccountMail.objects.select_for_update().get(pk=mail.pk)], report)
        return
    is_refused = report.outcome == Outcome.REFUSED
    # Locks: a person, tickets by number, then the rows.
    person = undeliverable.locked_person(mail) if is_refused else None
    keys = list(Notification.objects.sent_with(mail).values_list("ticket", flat=True))
    tickets = Ticket.objects.select_for_update(no_key=True).order_by("pk").in_bulk(keys)
    rows = Notification.objects.sent_with(mail).with_story().select_for_update(of=("self",))
    failed = _note(list(rows), report)
    for row in failed:
        row.ticket = tickets[row.ticket_id]
        holding.hold_if_unreached(row, now=now)
    lead = next((row for row in failed if row.pk == mail.pk), None)
    if is_refused and lead is not None:
        undeliverable.record_failure(person, lead, report.reason, now=now)


def _note(rows, report):
    """Write the report on the rows that it may change; returns those that it has failed."""
    if not report.is_final:
        sent = [row for row in rows if row.state == Outbox.State.SENT]
        if sent:
            outbox.remark(sent, report.reason)
        return []
    is_refused = report.outcome == Outcome.REFUSED
    failed = [row for row in rows if _may_fail(row, is_refused)]
    if failed:
        outbox.fail_returned(failed, report.reason)
    return failed


def _may_fail(row, is_refused):
    """Of what is still to be tried again, only what was refused: the report may be faster than the
    worker that noted the mail as sent."""
    if row.state == Outbox.State.PENDING:
        return is_refused and row.attempts > 0
    return row.state == Outbox.State.SENT
