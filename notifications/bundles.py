"""One message about several events of one person: what a run found, or what waited for its hour."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tickets import reply_addresses
from tickets.event_types import Kind
from ui import wording
from ui.time_zones import known_zone

from . import return_paths
from .letters import subject_and_section
from .news import Link, News, Section

# So many events are shown one by one, the most urgent first; of the others how many they are.
MOST_SHOWN = 20
URGENCY = [Kind.BREACHED, Kind.DUE_SOON, Kind.UNACCEPTED, Kind.OPENED]
LATEST = datetime.max.replace(tzinfo=UTC)


def of_many(notifications, *, now):
    """The message about notifications of one person, in the person's language."""
    first, person = notifications[0], notifications[0].recipient
    with translation.override(person.language), timezone.override(known_zone(person.time_zone)):
        ordered = sorted((each for each in notifications if not each.more), key=_urgency)
        sections = [_section(each, now) for each in ordered[:MOST_SHOWN]]
        if left := sum(each.ticket_count for each in notifications) - len(sections):
            sections.append(_left_off(person, left))
        return News(
            subject=_subject(notifications),
            language=get_language(),
            # Of the first row that was claimed: the same at every attempt.
            message_id=first.message_id,
            sections=tuple(sections),
            return_path=return_paths.address_for(first),
            choices_url=settings.SITE_URL + reverse("notification_preferences"),
        )


def _urgency(notification):
    kind, ticket = notification.event.kind, notification.ticket
    place = URGENCY.index(kind) if kind in URGENCY else len(URGENCY)
    return place, ticket.due_at or LATEST, notification.pk


def _section(notification, now):
    subject, section = subject_and_section(notification, now=now)
    answers = reply_addresses.address_for(notification.ticket, notification.recipient)
    return replace(section, heading=subject, reply_to=answers)


def _left_off(person, count):
    name = "queue:list" if person.staff_role else "tickets:list"
    text = ngettext("And %(count)s more.", "And %(count)s more.", count)
    link = Link(_("Open the list"), settings.SITE_URL + reverse(name))
    return Section(before=(text % {"count": wording.number(count)},), link=link)


def _subject(notifications):
    """How many tickets are overdue, due soon and so on, the most urgent first."""
    seen, counts = set(), Counter()
    for each in sorted(notifications, key=_urgency):
        counts[each.event.kind] += each.more + (each.ticket_id not in seen)
        seen.add(each.ticket_id)
    parts = [_counted(kind, counts[kind]) for kind in URGENCY if counts[kind]]
    if others := sum(counts[kind] for kind in counts if kind not in URGENCY):
        text = ngettext("news of %(count)s ticket", "news of %(count)s tickets", others)
        parts.append(text % {"count": wording.number(others)})
    subject = wording.listed(parts)
    return subject[:1].upper() + subject[1:]


def _counted(kind, count):
    texts = {
        Kind.BREACHED: ngettext(
            "%(count)s ticket is overdue", "%(count)s tickets are overdue", count
        ),
        Kind.DUE_SOON: ngettext(
            "%(count)s ticket is due soon", "%(count)s tickets are due soon", count
        ),
        Kind.UNACCEPTED: ngettext(
            "%(count)s ticket is not accepted yet",
            "%(count)s tickets are not accepted yet",
            count,
        ),
        Kind.OPENED: ngettext("%(count)s new ticket", "%(count)s new tickets", count),
    }
    return texts[kind] % {"count": wording.number(count)}
