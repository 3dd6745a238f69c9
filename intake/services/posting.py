"""A mail as a message of the person whose address it was sent to: the services of the page."""

from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from intake.choices import MailReason, State
from intake.parsing import quotes
from notifications import unsubscribing
from organizations import services as people
from organizations.emails import normal_email
from tickets import reply_addresses, services
from tickets.choices import Intent
from tickets.errors import TicketClosed, TicketError
from tickets.models import Message
from tickets.reopening import is_closed_for_long
from ui.names import is_blank

from . import answering

LONGEST_ASIDE = 200_000
SETTLED_FIELDS = [
    *("state", "reason", "person", "ticket", "is_just_thanks", "message"),
    *("settled_at", "settled_by"),
]
_REASONS = {
    "forbidden": MailReason.NOT_ALLOWED,
    "too_many": MailReason.TOO_MANY,
    "empty": MailReason.EMPTY,
}


def try_to_post(row, mail, *, now):
    """(state, reason): posted, or held back with why the rules refuse it.

    Raises TicketError with the code "store" while files cannot be kept: no fault of the mail.
    """
    try:
        post(row, mail, now=now)
    except TicketClosed:
        return State.HELD, MailReason.CLOSED
    except TicketError as error:
        if error.code == "store":
            raise
        return State.QUARANTINED, _REASONS.get(error.code, MailReason.REFUSED)
    return State.POSTED, MailReason.NONE


@transaction.atomic
def post(row, mail, *, reopening=False, now):
    """Write the mail as a message of `row.person` on `row.ticket`. Raises TicketError.

    An agent's answer goes as from their page: a public reply, then the customer is waited for.
    """
    person = row.person
    if mail.sender == normal_email(person.email):
        # They answer a mail that they have received: mail reaches the address.
        people.clear_undeliverable(person, actor=person, now=now)
    with translation.override(person.language):
        files, refused = _stored(mail.files, person, now)
        content = _content(row, mail, files)
        row.ticket = _write(row, content, reopening, now)
    row.message = Message.objects.get(ticket=row.ticket, form_key=content.form_key)
    if refused:
        answering.report_refused_files(row, refused, now=now)


def _write(row, content, reopening, now):
    """Gives the ticket that the message is on: a new one where the old one is closed for long."""
    person = row.person
    ticket = services.written_on(row.ticket, person)
    if is_closed_for_long(ticket, now) and not row.is_just_thanks:
        if person.staff_role and not reopening:
            raise TicketClosed(_("This ticket was closed in the meantime."))
        return services.follow_up(ticket, actor=person, content=content, now=now)
    if person.staff_role:
        return services.reply_as_agent(
            ticket, actor=person, content=content, reopening=reopening, now=now
        )
    intent = Intent.THANKS if row.is_just_thanks else Intent.PROBLEM
    return services.reply_as_customer(ticket, actor=person, content=content, intent=intent, now=now)


def _content(row, mail, files):
    text, aside = mail.text, mail.folded
    if row.person.staff_role:
        # What an agent quotes may be a mail to staff only.
        text, aside = quotes.without_quotes(text), mail.signature
    if is_blank(text) and (files or mail.problem):
        text = _("(An e-mail without a text that can be shown: %(subject)s)") % {
            "subject": mail.subject or "–"
        }
    if len(text) > services.LONGEST_BODY:
        most = services.LONGEST_BODY - 1
        text, aside = f"{text[:most]}…", f"…{text[most:]}\n\n{aside}"
    is_own_address = mail.sender == normal_email(row.person.email)
    return services.NewMessage(
        body=_without_secrets(text),
        files=tuple(files),
        # One mail makes one message, whatever happens between the two.
        form_key=UUID(row.key[:32]),
        channel=Message.Channel.EMAIL,
        aside=_without_secrets(aside)[:LONGEST_ASIDE].strip(),
        sent_from="" if is_own_address else mail.sender,
    )


def _without_secrets(text):
    """The text without the secret addresses of a quoted mail, which only its recipient may use."""
    return unsubscribing.without_addresses(reply_addresses.without_tokens(text))


def _stored(files, person, now):
    """(uploads, sentences about what is refused): by the same checks as on the page."""
    stored, refused = [], []
    for each in files:
        if len(stored) >= settings.ATTACHMENTS_PER_MESSAGE:
            values = {"name": services.shown_name(each.name), "reason": services.too_many_files()}
            refused.append(_("“%(name)s”: %(reason)s") % values)
            continue
        try:
            stored.append(
                services.store_upload(person, ContentFile(each.content, each.name), now=now)
            )
        except TicketError as error:
            if error.code == "store":
                # The mail waits: its files are kept nowhere else.
                raise
            refused.append(error.sentence)
    return stored, refused
