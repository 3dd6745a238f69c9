"""Starting and stopping an action on many tickets."""

import hashlib
import json
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.models import User
from plans.models import Priority
from plans.transactions import in_transaction
from tickets.choices import BulkAction, BulkOutcome, Category
from tickets.errors import TicketError
from tickets.models import BulkItem, BulkRun, CannedReply, Tag
from tickets.services import base
from tickets.services.tagging import MOST_TAGS_OF_TICKET
from ui.names import is_blank
from ui.wording import number

from .acting import MACRO_FIELDS

# So many tickets are done while the person waits; more by a worker.
AT_ONCE = 20
MOST_IN_RUN = 10_000
# So many runs may one person have under way.
MOST_UNFINISHED = 5
# Actions that are refused, done alone, on a ticket that changed since its page was opened. The
# others ask what matters to them under lock.
_STALE_BY_VERSION = {
    BulkAction.ASSIGN,
    BulkAction.PRIORITY,
    BulkAction.CATEGORY,
    BulkAction.MACRO,
}


@dataclass(frozen=True)
class BulkChange:
    """What somebody wants done to many tickets; each action reads what it needs."""

    action: str
    assignee_id: int | None = None
    priority: str = ""
    reason: str = ""
    category: str = ""
    add: tuple = ()
    remove: tuple = ()
    macro_id: int | None = None


@dataclass(frozen=True)
class Selection:
    """Which tickets: those of some numbers, or without any the whole view of a `query`.

    `seen` are the versions that the person's page showed, by number.
    """

    numbers: tuple | None = None
    query: str = ""
    seen: dict = field(default_factory=dict)

    @property
    def is_whole_view(self):
        return self.numbers is None


@in_transaction
def start_bulk(tickets, change, selection, *, actor, form_key: UUID | None = None, now=None):
    """Fix which of `tickets`, a sorted queryset of what the actor sees, the change is done to, and
    store the run. Sent once more by the same form, it gives the first run.

    By any agent: on each ticket the actor may do what they may do alone. Raises TicketError, whose
    code names the field that it is about; it is `already_sent` where the form started another run.
    """
    base.lock_person(actor)
    base.allow(actor.is_agent)
    digest = _digest(change, selection)
    if form_key and (first := BulkRun.objects.filter(form_key=form_key).first()):
        if (first.created_by_id, first.digest) == (actor.pk, digest):
            return first
        raise TicketError(
            _("This form has already started something else. Check it, then send again."),
            code="already_sent",
        )
    _check_unfinished(actor)
    facts = _CHECKS[_known(change.action)](change, actor)
    rows = _chosen(tickets, selection)
    run = BulkRun(action=change.action, facts=facts, form_key=form_key, digest=digest)
    run.created_by, run.created_at = actor, now or timezone.now()
    run.list_query, run.is_whole_view = selection.query, selection.is_whole_view
    run.total = len(rows)
    run.missing = len(set(selection.numbers or ()) - {row[0] for row in rows})
    run.missing = 0 if selection.is_whole_view else run.missing
    run.save(force_insert=True)
    items = [_item(run, place, row, selection) for place, row in enumerate(rows, 1)]
    BulkItem.objects.bulk_create(items, batch_size=1000)
    return run


@in_transaction
def stop_bulk(run, *, actor, now=None):
    """Do nothing more to the tickets of a run than what is under way. By the one who started it, or
    a supervisor; stopped once more, or when it is finished, nothing happens."""
    run = BulkRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    base.allow(actor.is_supervisor or (actor.is_agent and run.created_by_id == actor.pk))
    if not run.is_finished and run.stopped_at is None:
        run.stopped_by, run.stopped_at = actor, now or timezone.now()
        run.save(update_fields=["stopped_by", "stopped_at"])
    return run


def _digest(change, selection):
    """The content of a form, so that another one with the same key is found."""
    numbers = sorted(set(selection.numbers)) if selection.numbers is not None else None
    held = [vars(change), numbers, selection.query if numbers is None else ""]
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def _check_unfinished(actor):
    if BulkRun.objects.unfinished().filter(created_by=actor).count() >= MOST_UNFINISHED:
        raise TicketError(
            _("You have %(limit)s bulk runs under way. Wait for one of them, or stop it.")
            % {"limit": number(MOST_UNFINISHED)},
            code="unfinished",
        )


def selected(tickets, selection):
    """Those of `tickets` that are chosen."""
    return tickets if selection.is_whole_view else tickets.filter(pk__in=set(selection.numbers))


def _chosen(tickets, selection):
    """(key, version, assignee, last public message) of each chosen ticket, in order."""
    if not selection.is_whole_view:
        _check_size(len(set(selection.numbers)))
    tickets = selected(tickets, selection)
    columns = ("pk", "version", "assignee_id", "last_public_message_id")
    rows = list(tickets.values_list(*columns)[: MOST_IN_RUN + 1])
    _check_size(len(rows))
    return rows


def _check_size(count):
    if not count:
        raise TicketError(_("Select at least one ticket."), code="nothing")
    if count > MOST_IN_RUN:
        sentence = ngettext(
            "At most %(limit)s ticket is changed together. Narrow the list, then select again.",
            "At most %(limit)s tickets are changed together. Narrow the list, then select again.",
            MOST_IN_RUN,
        )
        raise TicketError(sentence % {"limit": number(MOST_IN_RUN)}, code="too_many")


def _item(run, place, row, selection):
    key, version, assignee, message = row
    item = BulkItem(run=run, ticket_id=key, place=place)
    item.seen_version, item.seen_assignee, item.seen_message = version, assignee, message
    if run.action in _STALE_BY_VERSION and selection.seen.get(key, version) != version:
        item.outcome, item.code = BulkOutcome.SKIPPED, "stale"
    return item


# --- What each action needs -----------------------------------------------------------------------


def _known(action):
    if action not in BulkAction.values:
        raise TicketError(_("Choose what to do with the tickets."), code="action")
    return BulkAction(action)


def _check_assignee(change, _actor):
    key = change.assignee_id
    person = User.objects.agents().filter(pk=key).first() if key is not None else None
    if key is not None and person is None:
        raise TicketError(_("Choose an active agent."), code="assignee")
    return {"assignee": key, "name": str(person) if person else ""}


def _check_priority(change, _actor):
    if change.priority not in Priority.values:
        raise TicketError(_("Choose from the list."), code="priority")
    if is_blank(change.reason):
        raise TicketError(_("Enter a reason; it stays with the ticket."), code="reason")
    return {"priority": change.priority, "reason": change.reason.strip()}


def _check_category(change, _actor):
    if change.category not in Category.values:
        raise TicketError(_("Choose from the list."), code="category")
    return {"category": change.category}


def _check_tags(change, _actor):
    add, remove = set(change.add), set(change.remove)
    if not add | remove or add & remove or len(add) > MOST_TAGS_OF_TICKET:
        raise TicketError(_("Choose tags to add, or other ones to remove."), code="add")
    known = {tag.pk: tag for tag in Tag.objects.known().filter(pk__in=add | remove)}
    if set(known) != add | remove or any(known[key].is_retired for key in add):
        raise TicketError(_("Choose from the list."), code="add")
    names = {str(key): known[key].name for key in known}
    return {"add": sorted(add), "remove": sorted(remove), "names": names}


def _check_macro(change, actor):
    """The macro as it is now; refused where a part of it is gone, which would be left out."""
    found = CannedReply.objects.usable_by(actor).macros().select_related("assignee")
    macro = found.keyed(change.macro_id)
    if macro is None:
        raise TicketError(_("Choose from the list."), code="macro")
    if gone := _gone_part(macro):
        sentence = _("%(part)s Change the macro first.") % {"part": gone}
        raise TicketError(sentence, code="macro")
    return {"macro": {"id": macro.pk} | {name: getattr(macro, name) for name in MACRO_FIELDS}}


def _gone_part(macro):
    """Which part of a macro exists no more, as a sentence; "" where all do."""
    if macro.assignee and not macro.assignee.is_agent:
        return _("%(name)s is no longer an agent.") % {"name": macro.assignee}
    if macro.priority and macro.priority not in Priority.values:
        return _("The priority “%(name)s” no longer exists.") % {"name": macro.priority}
    if macro.new_category and macro.new_category not in Category.values:
        return _("The category “%(name)s” no longer exists.") % {"name": macro.new_category}
    tags = {tag.pk: tag for tag in Tag.objects.known().filter(pk__in=macro.tag_ids)}
    if set(macro.tag_ids) - set(tags):
        return _("A tag of this macro no longer exists.")
    retired = next((tag.name for tag in tags.values() if tag.is_retired), None)
    return _("The tag “%(name)s” is retired.") % {"name": retired} if retired else ""


def _check_close(_change, _actor):
    return {}


_CHECKS = {
    BulkAction.ASSIGN: _check_assignee,
    BulkAction.PRIORITY: _check_priority,
    BulkAction.CATEGORY: _check_category,
    BulkAction.TAGS: _check_tags,
    BulkAction.MACRO: _check_macro,
    BulkAction.CLOSE: _check_close,
}
