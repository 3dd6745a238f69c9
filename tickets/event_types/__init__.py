"""Every kind of event, one declaration each. The choices of the model, the history, and who may
read it follow from these; whom to notify and in what words is declared by `notifications.notices`.
"""

from django.db import models

from . import changes, clocks, closing, conversation, merging, moving, snoozing, work
from .declaration import EventType, ShownTo

__all__ = ["TYPES", "EventType", "Kind", "ShownTo", "choices", "type_of"]

TYPES = {
    each.kind: each
    for module in (conversation, work, snoozing, merging, closing, changes, clocks, moving)
    for each in vars(module).values()
    if isinstance(each, EventType)
}

# Kind.RESOLVED and so on, as other enumerations of this app.
Kind = models.TextChoices(
    "Kind",
    [(each.kind.upper(), (each.kind, each.label)) for each in TYPES.values()],
    module=__name__,
)


def choices():
    """What a stored kind may be, each with its label."""
    return [(each.kind, each.label) for each in TYPES.values()]


def type_of(kind):
    """The declaration of a stored kind; one that is not declared any more is for agents alone."""
    return TYPES.get(kind) or EventType(kind, kind, ShownTo.AGENTS)
