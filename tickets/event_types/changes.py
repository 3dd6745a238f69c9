"""Events of what a ticket is: priority, category, watchers, and its customer's verdict."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.choices import SCORES
from ui.wording import listed, number

from .declaration import EventType, ShownTo
from .sentences import by_actor, field_changes, reason_of, who


def _priority(event, names=None):
    """The change, and the reason that the customer is shown."""
    return [*field_changes(event, names), *reason_of(event)]


PRIORITY_CHANGED = EventType(
    "priority_changed",
    gettext_lazy("Priority changed"),
    ShownTo.EVERYONE,
    agents_read=lambda event, names: by_actor(event, _priority(event, names)),
    customers_read=lambda event, names: "; ".join(_priority(event)),
)

CATEGORY_CHANGED = EventType("category_changed", gettext_lazy("Category changed"), ShownTo.EVERYONE)

TAGS_CHANGED = EventType("tags_changed", gettext_lazy("Tags changed"), ShownTo.AGENTS, symbol="tag")


def _watchers(event, names, actor):
    """Who is notified from now on, or no longer."""
    fact = "added" if "added" in event.changes else "removed"
    people = [names.get(key, "") for key in event.changes[fact]]
    if event.actor_id in event.changes[fact]:
        texts = {
            "added": _("%(people)s watches the ticket"),
            "removed": _("%(people)s no longer watches the ticket"),
        }
    else:
        texts = {
            "added": _("%(name)s added %(people)s as watchers"),
            "removed": _("%(name)s removed %(people)s from the watchers"),
        }
    return texts[fact] % {"name": actor, "people": listed(people)}


def _watchers_for_customers(event, names):
    """To customers the agent who did it is support."""
    is_staff = event.actor and event.actor.staff_role
    return _watchers(event, names, _("Support") if is_staff else who(event))


WATCHERS_CHANGED = EventType(
    "watchers_changed",
    gettext_lazy("Watchers changed"),
    ShownTo.EVERYONE,
    symbol="users",
    agents_read=lambda event, names: _watchers(event, names, who(event)),
    customers_read=_watchers_for_customers,
    people=("added", "removed"),
)


def _rated(event, names):
    """The customer's rating of the closed ticket."""
    changes, parts = event.changes, []
    if "score" in changes:
        score = {"score": number(changes["score"][1]), "best": number(max(SCORES))}
        parts.append(_("rated %(score)s of %(best)s") % score)
    if "solved" in changes:
        is_solved = changes["solved"][1]
        parts.append(_("says that it is solved") if is_solved else _("says that it is not solved"))
    if "words" in changes:
        parts.append(_("added a comment"))
    return by_actor(event, parts)


RATED = EventType("rated", gettext_lazy("Rated"), ShownTo.AGENTS, symbol="star", agents_read=_rated)
