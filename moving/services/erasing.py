"""Erasing a person: first out of the tickets, then the account, so that a stopped run goes on."""

from django.db import transaction
from django.utils.translation import gettext as _

from intake.models import ReceivedMail
from notifications.models import AccountMail
from organizations.errors import OrganizationError
from organizations.services import erase_account, known_as, shut_out
from plans.transactions import in_transaction
from tickets.services import (
    drop_pending_files,
    erase_in_tickets,
    held_among,
    tickets_of,
    words_of,
)

BATCH = 200


def erase_person(person, *, with_messages, now, say=lambda done: None):
    """Shut the person out, and take what identifies them out of everything. Returns in how many
    tickets something was erased. Raises OrganizationError before anything is changed."""
    keys, words = tickets_of(person), words_of(*known_as(person))
    _refuse_held(keys)
    shut_out(person, now=now)
    erased = 0
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        erased += erase_in_tickets(batch, person, words, with_messages=with_messages, now=now)
        say(start + len(batch))
    _erase_account(person, now)
    return erased


def check_erasure(person, *, now):
    """Raise the OrganizationError with which `erase_person` would refuse; change nothing."""
    with transaction.atomic():
        _refuse_held(tickets_of(person))
        shut_out(person, now=now)
        transaction.set_rollback(True)


def _refuse_held(keys):
    if held := held_among(keys):
        sentence = _("%(number)s is under a legal hold: who took part in it is not erased.")
        raise OrganizationError(sentence % {"number": held.number}, code="held")


@in_transaction
def _erase_account(person, now):
    """What the account holds and what was sent to it, and with these what it was called."""
    _names, emails, _phones = known_as(person)
    drop_pending_files(person)
    for mails in (
        ReceivedMail.objects.filter(person=person),
        ReceivedMail.objects.filter(sender__in=emails),
        ReceivedMail.objects.filter(message__author=person),
    ):
        mails.filter(original_deleted_at=None).update(original_deleted_at=now)
        mails.update(
            content=b"", sender="", subject="", envelope_sender=None, envelope_recipients=[]
        )
    AccountMail.objects.filter(recipient__in=emails).delete()
    erase_account(person, now=now, keep={ReceivedMail})
