"""What becomes of a kept mail: a message by the rules of the page, or a state with a reason."""

import logging
from contextlib import ExitStack
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, OperationalError
from django.db.models import F
from django.utils import timezone

from intake.choices import MailReason, State
from intake.models import ReceivedMail
from intake.parsing import Envelope, Kind, parse
from organizations.emails import normal_email
from plans.transactions import in_transaction
from tickets import reply_addresses
from tickets.errors import TicketError
from tickets.reply_addresses import Purpose

from . import answering, posting, reporting
from .receiving import us

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
# A mail is bad when the database or our own code cannot take what is in it. It is passed over,
# logged, tried again and in the end put into quarantine.
BAD_MAIL = (
    DatabaseError,
    ObjectDoesNotExist,
    ArithmeticError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
    MemoryError,
)


def process_waiting(*, now=None):
    """Process what was received, the oldest first; returns {state: how many} of what it settled.

    A bad mail stops only itself. What is no matter of one mail surfaces after the others had their
    turn.
    """
    now = now or timezone.now()
    settled = {}

    def run(pk):
        row = _process_or_pass(pk, now)
        if row is not None:
            settled[row.state] = settled.get(row.state, 0) + 1

    _give_up(now)
    keys = list(ReceivedMail.objects.to_process().values_list("pk", flat=True)[:MOST_AT_ONCE])
    with ExitStack() as turns:
        for pk in reversed(keys):
            turns.callback(run, pk)
    return settled


def _process_or_pass(pk, now):
    try:
        return process(pk, now=now)
    except OperationalError:
        raise
    except BAD_MAIL:
        logger.exception("Received mail %s could not be processed", pk)
        return None


def _give_up(now):
    ReceivedMail.objects.given_up().update(
        state=State.QUARANTINED, reason=MailReason.FAILED, settled_at=now
    )


def process(pk, *, now=None):
    """Settle one received mail; whoever comes second finds it settled. Returns its row."""
    now = now or timezone.now()
    # Counted first and apart: a mail that ends the process does so a few times only.
    ReceivedMail.objects.filter(pk=pk, state=State.RECEIVED).update(attempts=F("attempts") + 1)
    try:
        return _settle_once(pk, now)
    except TicketError:
        # Its files could not be kept: it waits until they can, and is not counted as bad.
        ReceivedMail.objects.filter(pk=pk).update(attempts=F("attempts") - 1)
        raise


@in_transaction
def _settle_once(pk, now):
    row = ReceivedMail.objects.select_for_update(no_key=True).get(pk=pk)
    if row.state != State.RECEIVED:
        return row
    mail = mail_of(row)
    row.state, row.reason = _decide(row, mail, now)
    row.settled_at = now
    row.save(update_fields=posting.SETTLED_FIELDS)
    return row


def mail_of(row):
    """The mail that a row holds, as it is read."""
    envelope = Envelope(row.envelope_sender, tuple(row.envelope_recipients))
    return parse(bytes(row.content), us=us(), now=row.received_at, envelope=envelope)


def _decide(row, mail, now):
    """(state, reason); what is posted is posted by then."""
    if mail.kind != Kind.HUMAN:
        return _decide_of_program(mail, now)
    if _sends_too_much(mail, now):
        return State.QUARANTINED, MailReason.TOO_MANY
    tags = [each for each in mail.recipients if reply_addresses.tag_of(each)]
    signed = {
        (found.ticket.pk, found.person.pk, found.purpose): found
        for found in map(reply_addresses.resolve, tags)
        if found
    }
    if not signed:
        answering.answer_stranger(mail, now=now)
        if tags:
            return State.QUARANTINED, MailReason.BAD_TOKEN
        return State.REFUSED, MailReason.NO_TOKEN
    if len(signed) > 1:
        return State.QUARANTINED, MailReason.SEVERAL
    return _decide_signed(row, mail, next(iter(signed.values())), now)


def _decide_of_program(mail, now):
    if mail.kind == Kind.BOUNCE:
        return reporting.take(mail, now=now)
    return State.IGNORED, MailReason(mail.kind.value)


def _decide_signed(row, mail, signed, now):
    row.person, row.ticket = signed.person, signed.ticket
    row.is_just_thanks = signed.purpose == Purpose.THANKS
    since = now - timedelta(hours=1)
    recent = ReceivedMail.objects.on_ticket_since(signed.ticket, since)
    if recent.count() >= settings.MAILS_PER_TICKET_PER_HOUR:
        return State.QUARANTINED, MailReason.TOO_MANY
    if mail.problem:
        return State.QUARANTINED, MailReason(mail.problem.value)
    if mail.sender != normal_email(signed.person.email):
        return State.HELD, MailReason.OTHER_SENDER
    return posting.try_to_post(row, mail, now=now)


def _sends_too_much(mail, now):
    since = now - timedelta(minutes=1)
    recent = ReceivedMail.objects.from_sender_since(mail.sender, since)
    return recent.count() > settings.MAILS_PER_MINUTE
