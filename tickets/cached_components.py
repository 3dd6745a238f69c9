"""Statuses, priorities, categories and people as HTML, kept per process: rows repeat them.

All that a template shows is an argument, and `language`, which must be the active one, is part of
the key. `docs/caches.md` lists what is kept and why it cannot go stale.
"""

from functools import lru_cache

from django.template.loader import render_to_string

from plans.models import Priority
from tickets.choices import Category, Status
from tickets.querysets.tags import tags_in


@lru_cache(maxsize=64)
def status_html(status, language):
    """A status by icon, word and colour."""
    values = {"status": status, "label": Status(status).label}
    return render_to_string("components/_status.html", values)


@lru_cache(maxsize=64)
def priority_html(priority, language):
    """A priority by icon and word."""
    values = {"priority": priority, "label": Priority(priority).label}
    return render_to_string("components/_priority.html", values)


@lru_cache(maxsize=64)
def category_label(category, language):
    """A category in a word."""
    return str(Category(category).label)


@lru_cache(maxsize=2048)
def person_html(number, name, is_reader, language):
    """A person by avatar and name; `number` is None for nobody, `is_reader` marks "you"."""
    values = {"name": name, "number": number, "you": is_reader}
    return render_to_string("components/_person.html", values)


@lru_cache(maxsize=2048)
def tags_html(text):
    """The tags of a ticket, read as `TagsOf` gives them; "" for none."""
    return render_to_string("components/_tags.html", {"tags": tags_in(text)}) if text else ""
