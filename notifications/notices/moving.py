"""Nobody is notified of what happened in another system, nor of what was erased."""

from tickets.event_types import Kind

from .declaration import Notice

IMPORTED = Notice(kind=Kind.IMPORTED)
HAPPENED_EARLIER = Notice(kind=Kind.HAPPENED_EARLIER)
PERSON_ERASED = Notice(kind=Kind.PERSON_ERASED)
CONTENTS_REMOVED = Notice(kind=Kind.CONTENTS_REMOVED)
