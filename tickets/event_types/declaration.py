"""What one kind of event is: its name, who may read it, and its sentence in the history."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from .sentences import by_actor, field_changes, no_longer_snoozed, who


class ShownTo(Enum):
    """Whose history shows the events of a kind."""

    EVERYONE = auto()
    AGENTS = auto()
    # Customers too when it changes the status or carries a public message.
    BY_CONTENT = auto()


@dataclass(frozen=True)
class EventType:
    """One kind of event. Declared once, in a module of this package, and read by everything else.

    A sentence is a text in which `%(name)s` is who did it, or a function of the event and the names
    of people by id. Without one the history names the fields that changed.
    """

    kind: str
    label: str
    shown_to: ShownTo
    symbol: str = "dot"
    agents_read: str | Callable | None = None
    customers_read: str | Callable | None = None
    # The message itself is what is read; an event beside it shows only what else was changed.
    has_message: bool = False
    # The facts of `changes` that hold the ids of people.
    people: tuple[str, ...] = ()
    # The sentence itself says that a snooze ended; else that is added to it.
    tells_waking: bool = False

    def is_public(self, changes, message):
        """Whether customers may know of such an event. Raises ValueError for a contradiction."""
        is_theirs = "status" in changes or (message is not None and not message.is_note)
        if self.shown_to is ShownTo.AGENTS and is_theirs:
            raise ValueError(f"“{self.kind}” is for agents alone, but changes what customers see")
        return self.shown_to is ShownTo.EVERYONE or is_theirs

    def sentence(self, event, names, *, for_agent):
        """The event in the reader's language; "" where nothing is to be read beside the message.

        Customers read what changed, never which agent did it or whose the ticket is.
        """
        if not for_agent and self.shown_to is ShownTo.AGENTS:
            return ""
        if for_agent and "woken" in event.changes and not self.tells_waking:
            return "; ".join(
                filter(None, [self._sentence(event, names, True), no_longer_snoozed()])
            )
        return self._sentence(event, names, for_agent)

    def _sentence(self, event, names, for_agent):
        wanted = self.agents_read if for_agent else self.customers_read
        if callable(wanted):
            return wanted(event, names)
        if wanted is not None:
            return wanted % {"name": who(event)}
        if for_agent:
            parts = field_changes(event, names)
            return "; ".join(parts) if self.has_message else by_actor(event, parts)
        return "" if self.has_message else "; ".join(field_changes(event))
