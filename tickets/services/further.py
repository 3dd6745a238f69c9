"""What a reply changes besides the status: proposed by a macro, and as the agent left it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from organizations.models import User
from plans.models import Priority
from tickets import permissions
from tickets.choices import Category
from tickets.errors import StaleTicket, TicketError
from tickets.models import Clock, Tag

from . import base
from .routing import follow_category
from .tagging import put_tags
from .working import move_priority


@dataclass(frozen=True)
class FurtherChanges:
    """Empty fields change nothing. `seen_priority` is the one that the agent's page showed; `tags`
    are the keys of those to add."""

    priority: str = ""
    reason: str = ""
    category: str = ""
    assignee_id: int | None = None
    seen_priority: str = ""
    tags: tuple = ()

    def __bool__(self):
        return bool(self.priority or self.category or self.assignee_id or self.tags)


def lock_people(actor, assignee_id):
    """As `lock_person`, and the assignee with the actor; both in one order, as two agents may hand
    tickets to each other. Gives the assignee, or None where they are no active agent."""
    if assignee_id is None:
        return base.lock_person(actor)
    held = User.objects.select_for_update(no_key=True).filter(pk__in={actor.pk, assignee_id})
    people = {person.pk: person for person in held.order_by("pk")}
    base.allow(people[actor.pk].is_active)
    assignee = people.get(assignee_id)
    return assignee if assignee and assignee.is_agent else None


def is_left_to_do(further, event):
    """Whether something of what is wanted was not done by the event, nor is so by now."""
    ticket, changes = event.ticket, event.changes
    wanted = {
        "priority": (further.priority, ticket.priority),
        "category": (further.category, ticket.category),
        "assignee": (further.assignee_id, ticket.assignee_id),
    }
    if any(
        value and value not in {now, *changes.get(name, ())[1:]}
        for name, (value, now) in wanted.items()
    ):
        return True
    left = set(further.tags) - set(ticket.ticket_tags.values_list("tag", flat=True))
    names = Tag.objects.filter(pk__in=left).values_list("name", flat=True) if left else ()
    return not set(names) <= set(changes.get("tags_added", ()))


def change_further(change, further, assignee):
    """Make the changes in memory; gives the facts of the event that they need.

    Raises TicketError, whose code names the field that it is about.
    """
    ticket, facts = change.ticket, {}
    if further.priority:
        facts = _change_priority(change, further)
    if further.category:
        if further.category not in Category.values:
            raise TicketError(_("Choose from the list."), code="category")
        if further.category != ticket.category:
            ticket.category = further.category
            facts |= follow_category(ticket)
    if further.assignee_id is not None:
        _assign(change, assignee)
    if further.tags:
        tags = further.tags
        facts |= put_tags(ticket, actor=change.actor, add=tags, now=change.now)
    return facts


def _change_priority(change, further):
    ticket = change.ticket
    if further.priority == ticket.priority:
        return {}
    if further.seen_priority and further.seen_priority != ticket.priority:
        label = Priority(ticket.priority).label
        raise StaleTicket(
            _(
                "The priority was changed to “%(priority)s” in the meantime. Check what else your "
                "reply changes, then send again."
            )
            % {"priority": label}
        )
    # The response clock was met just now, and nothing waits: no other one starts.
    return move_priority(change, further.priority, further.reason, kind=Clock.Kind.NEXT_RESPONSE)


def _assign(change, assignee):
    ticket, actor = change.ticket, change.actor
    if ticket.assignee_id is not None and not permissions.may_assign(ticket, actor):
        raise TicketError(
            _("Only the assignee or a supervisor can hand the ticket over."), code="assignee"
        )
    if assignee is None:
        raise TicketError(_("Choose an active agent."), code="assignee")
    ticket.assignee = assignee
