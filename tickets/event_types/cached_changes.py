"""Sentences of changed fields, kept per process: most events of a ticket change its status.

`docs/caches.md` lists what is kept and why it cannot go stale.
"""

from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from plans.models import Priority
from tickets.choices import Category, Status

# The fields that a sentence names when they change, with their choices.
FIELDS = {
    "status": (Status, gettext_noop("status from “%(before)s” to “%(after)s”")),
    "priority": (Priority, gettext_noop("priority from “%(before)s” to “%(after)s”")),
    "category": (Category, gettext_noop("category from “%(before)s” to “%(after)s”")),
}


@lru_cache(maxsize=256)
def field_change(field, before, after, language):
    """What a field was and what it became, as a part of a sentence in the active `language`."""
    choices, text = FIELDS[field]
    return _(text) % {"before": choices(before).label, "after": choices(after).label}
