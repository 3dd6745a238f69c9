"""What people decide about mails that were held back: accept, release, discard."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from intake.choices import MailReason, State
from intake.models import ReceivedMail
from intake.querysets import IN_QUARANTINE
from plans.transactions import in_transaction
from tickets import permissions, services
from tickets.errors import TicketError
from tickets.models import Message

from . import posting
from .processing import mail_of


@in_transaction
def accept(mail_row, *, actor, now=None):
    """An agent lets a held mail be the message of the person whose address it was sent to."""
    row = _locked(mail_row, [State.HELD])
    _allow(permissions.may_work(row.ticket, actor))
    return _post(row, actor, now or timezone.now())


@in_transaction
def release(mail_row, *, actor, ticket=None, now=None):
    """A supervisor takes a mail out of quarantine.

    Where its address says whose it is, it becomes their message; otherwise an internal note of the
    supervisor on the ticket that they choose, since nothing proves who wrote it.
    """
    row = _locked(mail_row, IN_QUARANTINE)
    _allow(actor.is_supervisor)
    if row.original_deleted_at:
        raise TicketError(_("The original of this e-mail has been deleted."), code="deleted")
    now = now or timezone.now()
    if row.person is not None:
        return _post(row, actor, now)
    if ticket is None:
        raise TicketError(_("Enter the number of a ticket."), code="no_ticket")
    mail = mail_of(row)
    heading = _("E-mail from %(sender)s: %(subject)s") % {
        "sender": mail.sender or "–",
        "subject": mail.subject or "–",
    }
    text = "\n\n".join(filter(None, (heading, mail.text, mail.folded)))
    content = services.NewMessage(
        body=text[: services.LONGEST_BODY],
        form_key=UUID(row.key[:32]),
        channel=Message.Channel.EMAIL,
        sent_from=mail.sender,
    )
    services.add_note(ticket, actor=actor, content=content, now=now)
    row.ticket, row.message = ticket, Message.objects.get(author=actor, form_key=content.form_key)
    return _settle(row, State.POSTED, MailReason(row.reason), actor, now)


@in_transaction
def discard(mail_row, *, actor, now=None):
    """Decide that a mail becomes nothing; it stays kept. A held one any agent may discard."""
    row = _locked(mail_row, [*IN_QUARANTINE, State.HELD])
    _allow(actor.is_supervisor or (row.state == State.HELD and actor.is_agent))
    return _settle(row, State.DISCARDED, MailReason(row.reason), actor, now or timezone.now())


def _locked(mail_row, states):
    row = ReceivedMail.objects.select_for_update(of=("self",), no_key=True).get(pk=mail_row.pk)
    if row.state not in states:
        raise TicketError(
            _("Somebody has decided about this e-mail in the meantime."), code="moved"
        )
    return row


def _post(row, actor, now):
    posting.post(row, mail_of(row), reopening=True, now=now)
    return _settle(row, State.POSTED, MailReason(row.reason), actor, now)


def _settle(row, state, reason, actor, now):
    row.state, row.reason, row.settled_at, row.settled_by = state, reason, now, actor
    row.save(update_fields=posting.SETTLED_FIELDS)
    return row


def _allow(permitted):
    if not permitted:
        raise TicketError(_("You are not allowed to decide about this e-mail."), code="forbidden")
