"""Nobody is notified of what happened in another system."""

from tickets.event_types import Kind

from .declaration import Notice

IMPORTED = Notice(kind=Kind.IMPORTED)
HAPPENED_EARLIER = Notice(kind=Kind.HAPPENED_EARLIER)
