"""The texts of notifications, for every channel: in the reader's language, calendar and zone.

The text of an event is declared with its kind in `notices`; that of an account mail is a template
in `templates/notifications/`, whose first line is the subject. A channel lays it out.
"""

import re
from datetime import datetime

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from plans.models import Priority
from tickets import reply_addresses
from tickets.choices import Status
from tickets.models import Clock, Event, Ticket
from ui import wording
from ui.names import clean_name
from ui.time_zones import known_zone

from . import return_paths, unsubscribing
from .models import AccountMail
from .news import Link, News, Section, isolated
from .notices import notice_of
from .topics import topic_of_row

# A message is in the mail in full up to so many characters; the page has the rest.
LONGEST_MESSAGE = 20_000
MOST_FILES = 20
MOST_LISTED = 20
# What lays out text against its language: a message must not turn the words around it.
_BIDI_CONTROLS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_MANY_BLANK_LINES = re.compile(r"\n\s*\n+")


def of_notification(notification, *, now):
    """The message to a person about an event, as things are now."""
    person = notification.recipient
    with translation.override(person.language), timezone.override(known_zone(person.time_zone)):
        subject, section = subject_and_section(notification, now=now)
        return News(
            subject=subject,
            language=get_language(),
            message_id=notification.message_id,
            sections=(section,),
            thread=f"ticket-{notification.ticket_id}",
            reply_to=reply_addresses.address_for(notification.ticket, person),
            thanks_to=_thanks_address(notification.ticket, person),
            return_path=return_paths.address_for(notification),
            choices_url=settings.SITE_URL + reverse("notification_preferences"),
            unsubscribe_url=unsubscribing.url_for(
                person, topic_of_row(notification), notification.channel
            ),
        )


def _thanks_address(ticket, person):
    """Where a customer only thanks for a closed ticket, which an answer would reopen."""
    if person.staff_role or not ticket.is_closed:
        return ""
    return reply_addresses.address_for(ticket, person, reply_addresses.Purpose.THANKS)


def subject_and_section(notification, *, now):
    """The subject, and one ticket's part of a message, in the active language and zone."""
    person, event, ticket = notification.recipient, notification.event, notification.ticket
    notice = notice_of(event)
    subject, *paragraphs = notice.letter({**_facts(notification), **_first_promise(event, ticket)})
    message, is_cut = _message(event.message)
    path = ticket.get_queue_url() if person.staff_role else ticket.get_absolute_url()
    section = Section(
        # The message follows the sentence that tells whose it is.
        before=tuple(paragraphs[:1]),
        message=message,
        is_cut=is_cut,
        files=_files(event.message),
        after=tuple(paragraphs[1:]),
        link=Link(str(notice.button), settings.SITE_URL + path),
        facts=tuple(_fact_line(ticket, person, now)),
    )
    return subject, section


def sentence_of(notification):
    """What happened, as one sentence for its recipient, in the active language and zone."""
    sentence = notice_of(notification.event).sentence(_facts(notification))
    return f"{sentence} {_of_others(notification.more)}" if notification.more else sentence


def _of_others(count):
    text = ngettext(
        "The same is true of %(count)s more ticket.",
        "The same is true of %(count)s more tickets.",
        count,
    )
    return text % {"count": wording.number(count)}


def of_account_mail(mail):
    """The message of a mail whose text was written, and signed, when it was called for."""
    paragraphs = tuple(each for each in _MANY_BLANK_LINES.split(mail.body.strip()) if each)
    return News(
        subject=mail.subject,
        language=mail.language,
        message_id=mail.message_id,
        sections=(Section(before=paragraphs),),
        return_path=return_paths.address_for(mail),
    )


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
            "name": isolated(clean_name(person.name)),
            "reason": isolated(clean_name(recalculation.reasons.get(person.language, ""))),
            "until": wording.format_weekday_datetime(until),
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
            "name": isolated(clean_name(person.name)),
            "calendar": isolated(calendar.name),
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
            "name": isolated(clean_name(person.name)),
            "leaver": isolated(clean_name(str(leaver))),
            "organization": isolated(clean_name(organization.name)),
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
    """The subject and the text that a template makes."""
    subject, _newline, news = render_plain(f"notifications/{kind}.txt", context).partition("\n")
    return subject.strip(), news.strip()


def render_plain(template_name, context):
    """Text without HTML's escapes and without the blank lines that tags leave behind."""
    text = get_template(template_name).template.render(Context(context, autoescape=False))
    return _MANY_BLANK_LINES.sub("\n\n", text).strip() + "\n"


def _facts(notification):
    """The values that the text about an event may use; nothing that customers may not know."""
    event, ticket, person = notification.event, notification.ticket, notification.recipient
    event.ticket = ticket
    before, after = event.changes.get("status", ("", ""))
    old_priority, new_priority = event.changes.get("priority", (None, None))
    return {
        "number": ticket.number,
        "title": isolated(clean_name(ticket.title)),
        "organization": isolated(clean_name(ticket.organization.name)),
        "for_staff": bool(person.staff_role),
        "actor": _actor(event, person),
        "status": after,
        "kind": event.kind,
        "has_message": event.message_id is not None,
        "is_follower": notice_of(event).is_to_follower(event, person),
        "was_closed": before == Status.CLOSED,
        "is_own": event.actor_id == person.pk,
        "priority": ticket.priority,
        "priority_name": ticket.get_priority_display(),
        "is_given_to_me": event.changes.get("assignee", (None, None))[1] == person.pk,
        "was_mine": event.changes.get("assignee", (None, None))[0] == person.pk,
        "is_mine": ticket.assignee_id == person.pk,
        "old_priority": Priority(old_priority).label if old_priority else "",
        "new_priority": Priority(new_priority).label if new_priority else "",
        "reason": isolated(clean_name(event.changes.get("reason", ""))),
        **_promise(event),
        "other": _number_of(event.changes.get("other")),
        "address": isolated(event.changes.get("address", "")),
        "rate_url": _rate_url(ticket, person),
        "closes": _moment(ticket.auto_close_at),
    }


def _number_of(key):
    """The number of another ticket; "" without one."""
    return isolated(Ticket(pk=key).number) if key else ""


def _moment(at):
    """A moment with its day of the week; "" without one."""
    return wording.format_weekday_datetime(at) if at else ""


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
        "due": _moment(due),
        "of_resolution": set(dues) == {Clock.Kind.RESOLUTION},
    }


def _first_promise(event, ticket):
    """Of a new ticket: the target of its answer as it is promised, and when that is due."""
    if event.kind != Event.Kind.OPENED:
        return {}
    clock = ticket.clocks.running().filter(kind=Clock.Kind.FIRST_RESPONSE).first()
    if clock is None:
        return {"target": "", "due": ""}
    is_working = clock.calendar_version_id is not None
    return {
        "target": wording.format_target(clock.target, is_working, day=clock.target),
        "due": _moment(clock.due_at),
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
    return isolated(clean_name(event.actor.name))


def _fact_line(ticket, person, now):
    """(label, value) of what a ticket is at this moment; nothing that customers may not know."""
    yield "", isolated(ticket.number)
    yield _("Status"), ticket.get_status_display()
    yield _("Priority"), ticket.get_priority_display()
    if ticket.due_at is not None:
        yield _("Due"), wording.format_weekday_datetime(ticket.due_at)
        if person.staff_role and ticket.due_at <= now:
            yield _("Late"), wording.format_duration(now - ticket.due_at)
    if person.staff_role:
        assignee = ticket.assignee
        yield _("Assignee"), isolated(clean_name(assignee.name)) if assignee else _("Nobody")
    yield _("Organization"), isolated(clean_name(ticket.organization.name))


def _files(message):
    """The names and sizes of the files of a public message; they are opened on the page."""
    if message is None or message.is_note:
        return ()
    files = list(message.attachments.order_by("pk"))
    named = [f"{isolated(each.name)} ({wording.format_size(each.size)})" for each in files]
    left_off = len(named) - MOST_FILES
    if left_off > 0:
        text = ngettext("and %(count)s more", "and %(count)s more", left_off)
        named[MOST_FILES:] = [text % {"count": wording.number(left_off)}]
    return tuple(named)


def _message(message):
    """The text of a public message without what could turn the text around it, and if it is cut."""
    if message is None or message.is_note:
        return "", False
    text = message.body.replace("\r\n", "\n")
    is_cut = len(text) > LONGEST_MESSAGE
    text = f"{text[:LONGEST_MESSAGE].rstrip()} …" if is_cut else text
    return _UNSHOWN.sub(" ", _BIDI_CONTROLS.sub("", text)).strip("\n"), is_cut
