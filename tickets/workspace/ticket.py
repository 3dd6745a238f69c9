"""The page of one ticket as an agent reads it: what happened, what is due, what may be done."""

from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from tickets import permissions
from tickets.cached_components import status_html, tags_html
from tickets.choices import AfterReply, Status
from tickets.conversation.drafts import restore_drafts
from tickets.conversation.entries import conversation
from tickets.conversation.links import linked_tickets
from tickets.conversation.watchers import watchers_panel
from tickets.due.card import clock_card
from tickets.freshness import staff_mark_of
from tickets.lists.addresses import ticket_addresses
from tickets.models import Ticket
from tickets.prepared import Prepared
from tickets.reopening import is_closed_for_long
from tickets.snoozes import may_be_snoozed
from ui.markup import reading_direction
from ui.wording import Writer, number

from . import walk
from .cached_composer import NOTE_ID, untouched_parts
from .cached_menus import menus_of
from .canned.further import parts_of_form
from .customers.card import notes_of
from .forms import FOLLOW_UP, AgentReplyForm, NoteForm

MOST_OTHERS = 5
LATEST = 8
# The parameter with which the page opens at the form of notes.
NOTE_OPEN = "note"


class ReplyOption(NamedTuple):
    """A way to send a public reply, with what follows from it; `symbol` is the name of an icon."""

    value: str
    label: str
    why: str
    symbol: str


class OtherTicket(NamedTuple):
    """An open ticket of the same organization, as a line; `status` is HTML."""

    number: str
    url: str
    title: str
    direction: str
    status: str


def ticket_page(ticket, agent, params, **forms):
    """What the page shows of `ticket` (by `with_people`), in a number of queries that no data
    changes. `params` are those of the address, which may name the list that the agent came from;
    `forms` are those that were refused, to be shown again, by their names here.
    """
    now = timezone.now()
    entries = conversation(ticket, agent, now=now)
    actions = allowed_actions(ticket, agent, now)
    watchers = watchers_panel(ticket, agent, forms.get("watch_form"))
    context = {
        "now": now,
        "seen": staff_mark_of(ticket),
        "ticket": ticket,
        "walk": walk.walk_of(ticket, agent, params, now=now),
        "in_list": walk.suffix(params),
        "tags_shown": tags_html(ticket.tags_text),
        "entries": entries,
        "timeline": timeline(entries, now),
        "allowed_actions": actions,
        "menus": menus_of(ticket, actions, forms),
        "reply_options": reply_options(ticket, now),
        "linked": linked_tickets(ticket, agent, now),
        "further_parts": parts_of_form(forms["reply_form"], ticket)
        if "reply_form" in forms
        else (),
        "reader_sentence": readers(ticket, len(watchers["rows"])),
        "clock": clock_card(ticket, now),
        "customer": customer(ticket, entries),
        "watchers": watchers,
        "rating": getattr(ticket, "rating", None),
        "open_tab": "note" if "note_form" in forms or NOTE_OPEN in params else "public",
        "note_form": NoteForm(user=agent, auto_id=NOTE_ID),
        "reply_form": AgentReplyForm.empty(ticket, agent),
        **forms,
    }
    written = context["reply_form"], context["note_form"]
    restore_drafts(ticket, agent, *written)
    return context | {"untouched": untouched_parts(*written, context["reply_options"])}


def with_note_open(url):
    """The address of a ticket's page, opened at the form of notes."""
    return f"{url}{'&' if '?' in url else '?'}{NOTE_OPEN}=open"


def allowed_actions(ticket, agent, now):
    """What is open to the agent: the moves of the state machine, and what is no move."""
    moves = {each.name for each in ticket.get_available_user_status_transitions(agent)}
    others = ticket.assignee_id not in {None, agent.pk}
    awaited = ticket.status == Status.AWAITING_CUSTOMER
    return {
        "accept": "accept" in moves and not others,
        "take_over": "take_over" in moves or ("accept" in moves and others),
        "release": "release" in moves,
        "resume": "resume" in moves,
        "reopen": "reopen" in moves and not is_closed_for_long(ticket, now),
        # While something waits the close needs a text: it is one of the reply options.
        "close": "resolve" in moves and not ticket.waits_for_answer,
        "merge": "merge" in moves,
        "assign": not ticket.is_closed and permissions.may_assign(ticket, agent),
        "priority": permissions.may_change_priority(ticket, agent),
        "category": permissions.may_change_category(ticket, agent),
        "hold": awaited and not ticket.auto_close_held_at,
        "snooze": may_be_snoozed(ticket, now),
        "lift": awaited and bool(ticket.auto_close_held_at),
    }


def reply_options(ticket, now, *, first=""):
    """The options of sending a public reply, each with its result; the usual first, or `first`."""
    if is_closed_for_long(ticket, now):
        why = _("Closed for too long to be reopened: what you write opens a new, linked ticket.")
        return [ReplyOption(FOLLOW_UP, _("Open a follow-up ticket"), why, "link")]
    if ticket.is_closed:
        why = _("Reopens the ticket, which then waits for the customer.")
        return [ReplyOption(AfterReply.WAIT, _("Reopen and send"), why, "undo")]
    options = [
        ReplyOption(
            AfterReply.WAIT,
            _("Send and wait for the customer"),
            _("The customer's turn. Without an answer, it closes after 48 hours."),
            "pause",
        ),
        ReplyOption(
            AfterReply.WORK,
            _("Send and keep working"),
            _("Answers, but it remains our turn. It does not close automatically."),
            "play",
        ),
        ReplyOption(
            AfterReply.CLOSE, _("Send and close"), _("Answers and closes as resolved."), "check"
        ),
    ]
    return sorted(options, key=lambda option: option.value != first)


def readers(ticket, watchers):
    """Who will read a public reply, in words; `watchers` is their number."""
    name = str(ticket.requester)
    if not watchers:
        return _("%(name)s will see it") % {"name": name}
    return ngettext(
        "%(name)s and %(count)s watcher will see it",
        "%(name)s and %(count)s watchers will see it",
        watchers,
    ) % {"name": name, "count": number(watchers)}


def customer(ticket, entries):
    """The card of the customer: the requester's role, notes, and other open tickets of theirs."""
    rows = _others.rows(organization=ticket.organization_id, ticket=ticket.pk)
    address_of, language = ticket_addresses("queue:detail"), get_language()
    shown = [_other(*row, address_of, language) for row in rows]
    # The first message is the requester's, with the role that they have now.
    written = (entry for entry in entries if entry.author_id == ticket.requester_id)
    return {
        "role": next((entry.role for entry in written), "") or _("No longer a member"),
        "notes": notes_of(ticket),
        "others": shown[:MOST_OTHERS],
        "more": len(shown) > MOST_OTHERS,
    }


@Prepared
def _others(organization, ticket):
    others = Ticket.objects.of_organization(organization).other_than(ticket).open()
    return others.in_queue_order().values_list("id", "title", "status")[: MOST_OTHERS + 1]


def _other(key, title, status, address_of, language):
    number = f"{settings.TICKET_PREFIX}-{key}"
    return OtherTicket(
        number=number,
        url=address_of(number),
        title=title,
        direction=reading_direction(title),
        status=status_html(status, language),
    )


class TimelineLine(NamedTuple):
    """One thing that happened, in the panel of the latest."""

    text: str
    anchor: str
    iso: str
    moment: str
    by_system: bool


def timeline(entries, now):
    """The latest things of the conversation, the newest first, a line each."""
    written = [entry for entry in entries if entry.kind != "day"]
    writer = Writer(now)
    lines = [_line(entry, writer) for entry in written[: -LATEST - 1 : -1]]
    return {"lines": lines, "count": len(written)}


def _line(entry, writer):
    text = entry.text if entry.kind == "event" else _wrote(entry)
    moment = writer.moment(entry.at)
    return TimelineLine(text, entry.anchor, entry.iso, moment, entry.by_system)


def _wrote(entry):
    sentence = (
        pgettext("timeline", "%(name)s wrote a note")
        if entry.note
        else pgettext("timeline", "%(name)s wrote")
    )
    return sentence % {"name": entry.author}
