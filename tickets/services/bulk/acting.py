"""What each bulk action does to one ticket: what its own service does, by the same rules."""

from django.utils import timezone

from organizations.models import User
from tickets import events
from tickets.canned.placeholders import fill_in, keys_in
from tickets.canned.values import values_of
from tickets.choices import AfterReply, BulkAction
from tickets.errors import TicketError
from tickets.models import CannedReply, Ticket
from tickets.services import base
from tickets.services.closing import resolve
from tickets.services.further import FurtherChanges
from tickets.services.replying import Seen, reply_as_agent, reply_with_changes
from tickets.services.tagging import change_tags
from tickets.services.working import assign, change_category, change_priority

# The fields of a macro that a run keeps as they were when it started.
MACRO_FIELDS = (
    *("title", "body_fa", "body_en", "then", "priority", "reason", "new_category"),
    *("assignee_id", "tag_ids"),
)


def act_on(item, *, now):
    """Do what the item's run asks for to its ticket, as its starter. Returns whether that changed
    the ticket; raises TicketError where it may not, or cannot, be done."""
    run = item.run
    base.allow(run.created_by.is_agent)
    tickets = Ticket.objects.visible_to(run.created_by)
    ticket = tickets.with_owners().filter(pk=item.ticket_id).first()
    if ticket is None:
        raise TicketError("", code="gone")
    base.refuse_merged(ticket)
    with events.of_bulk_run(run.pk):
        after = _ACTS[run.action](item, ticket, now)
    return after.version != ticket.version


def _assign(item, ticket, now):
    run, key = item.run, item.run.facts["assignee"]
    to = User(pk=key) if key else None
    seen = {"seen_version": item.seen_version}
    return assign(ticket, actor=run.created_by, to=to, now=now, **seen)


def _change_priority(item, ticket, now):
    facts, seen = item.run.facts, {"seen_version": item.seen_version}
    if ticket.priority == facts["priority"]:
        return ticket
    wanted = {"priority": facts["priority"], "reason": facts["reason"]}
    return change_priority(ticket, actor=item.run.created_by, now=now, **wanted, **seen)


def _change_category(item, ticket, now):
    wanted = {"category": item.run.facts["category"], "seen_version": item.seen_version}
    return change_category(ticket, actor=item.run.created_by, now=now, **wanted)


def _change_tags(item, ticket, now):
    facts = item.run.facts
    wanted = {"add": facts["add"], "remove": facts["remove"]}
    return change_tags(ticket, actor=item.run.created_by, now=now, **wanted)


def _close(item, ticket, now):
    return resolve(ticket, actor=item.run.created_by, now=now)


def _send_macro(item, ticket, now):
    """Send the macro as a public reply with all that it changes."""
    facts, actor = item.run.facts["macro"], item.run.created_by
    macro = CannedReply(**{name: facts[name] for name in MACRO_FIELDS})
    sending = {
        "actor": actor,
        "content": base.NewMessage(_text(macro, ticket, actor, now), canned=(facts["id"],)),
        "then": macro.then or AfterReply.WAIT,
        "seen": Seen(item.seen_assignee, item.seen_message),
        "now": now,
    }
    if further := _further(macro, ticket):
        return reply_with_changes(ticket, further=further, **sending)
    return reply_as_agent(ticket, **sending)


def _text(macro, ticket, actor, now):
    """The text for the ticket's requester; refused where a value is missing, which an agent would
    be asked to complete."""
    body, language = macro.body_for(ticket.requester.language)
    values = values_of(ticket, actor, language, now=now or timezone.now())
    if any(not values[key] for key in keys_in(body)):
        raise TicketError("", code="gap")
    return fill_in(body, values, language=language)


def _further(macro, ticket):
    """What it changes besides the status, without what the ticket is already."""
    is_assigned = macro.assignee_id == ticket.assignee_id
    return FurtherChanges(
        priority=macro.priority,
        reason=macro.reason,
        category=macro.new_category,
        assignee_id=None if is_assigned else macro.assignee_id,
        tags=tuple(macro.tag_ids),
    )


_ACTS = {
    BulkAction.ASSIGN: _assign,
    BulkAction.PRIORITY: _change_priority,
    BulkAction.CATEGORY: _change_category,
    BulkAction.TAGS: _change_tags,
    BulkAction.MACRO: _send_macro,
    BulkAction.CLOSE: _close,
}
