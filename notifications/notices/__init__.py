"""How people are notified of each kind of event, one declaration each; what the history shows of
it is declared by `tickets.event_types`. Whoever plans, checks or writes a notification reads these.
"""

from . import changes, clocks, closing, conversation, merging, moving, snoozing, work
from .declaration import Notice, Topic

__all__ = ["NOTICES", "Notice", "Topic", "notice_of"]

NOTICES = {
    str(each.kind): each
    for module in (conversation, work, snoozing, merging, closing, changes, clocks, moving)
    for each in vars(module).values()
    if isinstance(each, Notice)
}


def notice_of(event):
    """The declaration of an event's kind; nobody is notified of one that is not declared."""
    return NOTICES.get(event.kind) or Notice(kind=event.kind)
