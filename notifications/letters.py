"""The texts of notifications, for every channel: in the reader's language, calendar and zone.

The text of an event is declared with its kind in `notices`; that of an account mail is a template
in `templates/notifications/`, whose first line is the subject. A channel lays it out.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext

from plans.models import Priority
from tickets.choices import Status
from tickets.models import Clock
from ui import wording
from ui.names import clean_name
from ui.time_zones import known_zone

from .models import AccountMail
from .notices import notice_of

LONGEST_QUOTE = 5000
MOST_LISTED = 20
# What lays out text against its language: a quote must not turn the words around it.
_BIDI_CONTROLS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_MANY_BLANK_LINES = re.compile(r"\n\s*\n+")


@dataclass(frozen=True)
class News:
    """The text for one person, before a channel lays it out. Times and names are in it as text."""

    subject: str
    body: str
    language: str
    # The same at every attempt; and what it belongs to, so that it is shown with its like.
    message_id: str
    thread: str = ""
    # Of a ticket only: whom it greets, the lines of the message, its files, where to read on.
    name: str = ""
    quote: tuple = ()
    files: str = ""
    url: str = ""
    site_url: str = ""
    choices_url: str = ""


def of_notification(notification):
    """The letter to a person about an event, as things are now."""
    person, event = notification.recipient, notification.event
    with translation.override(person.language), timezone.override(known_zone(person.time_zone)):
        subject, body = notice_of(event).letter(_facts(notification))
        return News(
            subject=subject,
            body=body,
            language=get_language(),
            message_id=notification.message_id,
            thread=f"ticket-{notification.ticket_id}",
            name=_isolated(clean_name(person.name)),
            quote=tuple(_quote(event.message)),
            files=_files(event.message),
            url=settings.SITE_URL + _path(notification.ticket, person),
            site_url=settings.SITE_URL,
            choices_url=settings.SITE_URL + reverse("notification_preferences"),
        )


def of_account_mail(mail):
    """What a mail says that was written, and signed, when it was called for."""
    return News(mail.subject, mail.body, mail.language, mail.message_id)


def calendar_warning(calendar, person):
    """An unsaved mail to an admin about a calendar that runs out of holidays."""
    return _to_admin("calendar_warning", person, calendar, "change/")


def holiday_proposal(proposal, person):
    """An unsaved mail to an admin about the official holidays of a year, which wait to be added."""
    page = f"official-holidays/?year={proposal.year}"
    return _to_admin("holiday_proposal", person, proposal.calendar, page, year=proposal.year)


def closure(recalculation, person):
    """An unsaved mail to a customer whose due times a closure has moved, or given back."""
    with translation.override(person.language), timezone.override(known_zone(person.time_zone)):
        until = recalculation.closed_until
        context = {
            "name": _isolated(clean_name(person.name)),
            "reason": _isolated(clean_name(recalculation.reasons.get(person.language, ""))),
            "until": wording.format_datetime(until),
            "is_over": until <= recalculation.created_at,
            "url": f"{settings.SITE_URL}/tickets/",
        }
        subject, body = _words("closure", context)
        return AccountMail(
            recipient=person.email, language=person.language, subject=subject[:200], body=body
        )


def _to_admin(kind, person, calendar, page, **facts):
    with translation.override(person.language):
        context = {
            "name": _isolated(clean_name(person.name)),
            "calendar": _isolated(calendar.name),
            "url": f"{settings.SITE_URL}/admin/plans/calendar/{calendar.pk}/{page}",
            **{name: wording.digits(value) for name, value in facts.items()},
        }
        subject, body = _words(kind, context)
        return AccountMail(
            recipient=person.email, language=person.language, subject=subject[:200], body=body
        )


def departure(person, leaver, organization, tickets):
    """An unsaved mail that names the tickets left behind, of which the person is now notified."""
    with translation.override(person.language):
        context = {
            "name": _isolated(clean_name(person.name)),
            "leaver": _isolated(clean_name(str(leaver))),
            "organization": _isolated(clean_name(organization.name)),
            "urls": [settings.SITE_URL + each.get_absolute_url() for each in tickets[:MOST_LISTED]],
            "left_off": wording.number(len(tickets) - MOST_LISTED)
            if len(tickets) > MOST_LISTED
            else "",
        }
        subject, body = _words("departure", context)
        return AccountMail(
            recipient=person.email, language=person.language, subject=subject[:200], body=body
        )


def _words(kind, context):
    """The subject and the text of a template of words."""
    subject, _newline, news = render_plain(f"notifications/{kind}.txt", context).partition("\n")
    return subject.strip(), news.strip()


def render_plain(template_name, context):
    """Text without HTML's escapes and without the blank lines that tags leave behind."""
    text = get_template(template_name).template.render(Context(context, autoescape=False))
    return _MANY_BLANK_LINES.sub("\n\n", text).strip() + "\n"


def _facts(notification):
    """What the words of an event may speak of; nothing that customers may not know."""
    event, ticket, person = notification.event, notification.ticket, notification.recipient
    before, after = event.changes.get("status", ("", ""))
    old_priority, new_priority = event.changes.get("priority", (None, None))
    return {
        "number": ticket.number,
        "title": _isolated(clean_name(ticket.title)),
        "organization": _isolated(clean_name(ticket.organization.name)),
        "for_staff": bool(person.staff_role),
        "actor": _actor(event, person),
        "status": after,
        "was_closed": before == Status.CLOSED,
        "is_mine": ticket.assignee_id == person.pk,
        "old_priority": Priority(old_priority).label if old_priority else "",
        "new_priority": Priority(new_priority).label if new_priority else "",
        "reason": _isolated(clean_name(event.changes.get("reason", ""))),
        **_promise(event),
        "rate_url": _rate_url(ticket, person),
        "closes": wording.format_datetime(ticket.auto_close_at) if ticket.auto_close_at else "",
    }


def _rate_url(ticket, person):
    """Where customers say how it went; "" for staff, and while the ticket is open."""
    if person.staff_role or not ticket.is_closed:
        return ""
    return f"{settings.SITE_URL}{ticket.get_absolute_url()}#rating"


def _promise(event):
    """Of an alert: when what is promised is due, and whether that is the close and no answer."""
    dues = event.changes.get("clocks", {})
    due = min(map(datetime.fromisoformat, dues.values()), default=None)
    return {
        "due": wording.format_datetime(due) if due else "",
        "of_resolution": set(dues) == {Clock.Kind.RESOLUTION},
    }


def _actor(event, person):
    """Who did it. Customers learn an agent's name only from what the agent wrote or filed."""
    if event.actor is None:
        return ""
    by_customer = not event.actor.staff_role
    signed = notice_of(event).is_signed or (
        event.message is not None and event.message.author_id == event.actor_id
    )
    if not (person.staff_role or by_customer or signed):
        return ""
    return _isolated(clean_name(event.actor.name))


def _files(message):
    """How many files came with the message, as a sentence; they are read on the page."""
    count = message.attachments.count() if message is not None else 0
    if not count:
        return ""
    text = ngettext(
        "%(count)s file is attached; see it on the ticket page.",
        "%(count)s files are attached; see them on the ticket page.",
        count,
    )
    return text % {"count": wording.number(count)}


def _quote(message):
    """The lines of a public message, without what could turn the text around them."""
    if message is None or message.is_note:
        return []
    body = message.body
    if len(body) > LONGEST_QUOTE:
        body = f"{body[:LONGEST_QUOTE]}…"
    body = _UNSHOWN.sub(" ", _BIDI_CONTROLS.sub("", body.replace("\r\n", "\n")))
    return body.strip().split("\n")


def _isolated(text):
    """The text between marks that keep its direction to itself; "" stays ""."""
    return f"\u2068{text}\u2069" if text else ""


def _path(ticket, person):
    return ticket.get_queue_url() if person.staff_role else ticket.get_absolute_url()
