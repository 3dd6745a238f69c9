"""Notes of agents on an organization or a person."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.models import Organization, User
from plans.transactions import in_transaction
from tickets.errors import StaleTicket, TicketError
from tickets.models import CustomerNote, CustomerNoteChange
from tickets.models.customer_notes import LONGEST_CUSTOMER_NOTE
from ui.wording import number

from . import base


@in_transaction
def write_customer_note(subject, *, actor, body, seen_version=None, now=None):
    """Write the note on an organization or a person who is no staff; an empty text takes it away.
    By any agent, with a line in its history.

    What is there already is not written again. Raises StaleTicket where another version than
    `seen_version` is there, so that no edit overwrites another one silently.
    """
    base.allow(actor.is_agent)
    what = "organization" if isinstance(subject, Organization) else "person"
    if what == "organization":
        base.lock_organization(subject.pk)
    else:
        base.allow(not User.objects.locked(subject.pk).staff_role)
    now = now or timezone.now()
    note = CustomerNote.objects.filter(**{what: subject}).first() or CustomerNote(**{what: subject})
    body = body.replace("\r\n", "\n").strip()
    if body == note.body:
        return note
    if seen_version is not None and seen_version != note.version:
        raise StaleTicket(_("Somebody has changed this note in the meantime. Check it, then save."))
    if len(body) > LONGEST_CUSTOMER_NOTE:
        raise TicketError(_too_long(), code="body")
    note.body, note.version = body, note.version + 1
    note.save()
    CustomerNoteChange.objects.create(note=note, body=body, changed_by=actor, changed_at=now)
    return note


def _too_long():
    sentence = ngettext(
        "A note has at most %(limit)s character.",
        "A note has at most %(limit)s characters.",
        LONGEST_CUSTOMER_NOTE,
    )
    return sentence % {"limit": number(LONGEST_CUSTOMER_NOTE)}
