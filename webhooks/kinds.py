"""The types of webhooks: which events of tickets each is sent for, and to whom."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tickets.event_types import Kind

# Written into each payload; another one when the shape of `data` changes so that readers break.
VERSION = "1"
# Sent on demand, for no event.
TEST = "webhook.test"


@dataclass(frozen=True)
class HookType:
    """One type of webhook. An event may be of several: a reply that also moves the status."""

    name: str
    label: str
    is_of: Callable
    is_for_provider: bool = False
    # Of what customers see though it is no line of their history: when a ticket is due.
    is_of_clocks: bool = False

    def may_go_to(self, event, *, provider):
        """Whether such an endpoint may be sent it: the provider's, or one of the organization,
        which learns what its members see."""
        return provider or (not self.is_for_provider and (event.is_public or self.is_of_clocks))


def _changes(fact):
    return lambda event: event.kind != Kind.OPENED and fact in event.changes


def _is_reply(event):
    """A public message of either side on a ticket that was there before."""
    return (
        event.kind not in {Kind.OPENED, Kind.SPLIT_OFF}
        and event.message is not None
        and not event.message.is_note
    )


def _is_note(event):
    return event.message is not None and event.message.is_note


TYPES = {
    each.name: each
    for each in (
        HookType("ticket.opened", _("A ticket was opened"), lambda e: e.kind == Kind.OPENED),
        HookType("ticket.replied", _("Somebody wrote a public message on a ticket"), _is_reply),
        HookType("ticket.status_changed", _("The status of a ticket changed"), _changes("status")),
        HookType(
            "ticket.priority_changed", _("The priority of a ticket changed"), _changes("priority")
        ),
        HookType(
            "ticket.category_changed", _("The category of a ticket changed"), _changes("category")
        ),
        HookType(
            "ticket.merged",
            _("A ticket was merged into another one"),
            lambda e: e.kind == Kind.MERGED,
        ),
        HookType(
            "ticket.assigned",
            _("The assignee of a ticket changed or was removed"),
            _changes("assignee"),
            is_for_provider=True,
        ),
        HookType(
            "ticket.rated",
            _("A customer rated a ticket"),
            lambda e: e.kind == Kind.RATED,
            is_for_provider=True,
        ),
        HookType(
            "ticket.noted",
            _("Internal notes, with their text"),
            _is_note,
            is_for_provider=True,
        ),
        HookType(
            "clock.due_soon",
            _("A ticket is due soon"),
            lambda e: e.kind == Kind.DUE_SOON,
            is_of_clocks=True,
        ),
        HookType(
            "clock.breached",
            _("The due time of a ticket has passed"),
            lambda e: e.kind == Kind.BREACHED,
            is_of_clocks=True,
        ),
    )
}


def types_of(event):
    """The types of webhooks that an event is sent as."""
    return [each for each in TYPES.values() if each.is_of(event)]


def choices_for(*, provider):
    """(name, label) of each type that such an endpoint can ask for."""
    return [
        (each.name, each.label) for each in TYPES.values() if provider or not each.is_for_provider
    ]
