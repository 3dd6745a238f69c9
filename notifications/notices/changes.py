"""Notices of what a ticket is: priority, category, watchers, and its customer's verdict."""

from django.utils.translation import gettext as _

from tickets.event_types import Kind

from .declaration import Notice, Topic, always, never, the_assignee
from .paragraphs import answer_before, priority_changed


def _priority_changed(facts):
    return [
        _("The priority of ticket %(number)s has changed: %(title)s"),
        *priority_changed(facts),
        answer_before(facts),
    ]


def _priority_changed_in_brief(facts):
    return _("The priority was changed from %(old_priority)s to %(new_priority)s.")


PRIORITY_CHANGED = Notice(
    kind=Kind.PRIORITY_CHANGED,
    text=_priority_changed,
    brief=_priority_changed_in_brief,
    to_customers=always,
    to_staff=the_assignee,
    staff_topic=Topic.CUSTOMERS,
)

CATEGORY_CHANGED = Notice(kind=Kind.CATEGORY_CHANGED, ends_alerts=never)


def _watchers_changed(facts):
    by_whom = (
        _(
            "%(actor)s has added you to the watchers of the ticket “%(title)s”. You receive the "
            "same notifications as its requester."
        )
        if facts["actor"]
        else _(
            "Our support team has added you to the watchers of the ticket “%(title)s”. You "
            "receive the same notifications as its requester."
        )
    )
    return [_("You are now watching ticket %(number)s: %(title)s"), by_whom]


def _watchers_changed_in_brief(facts):
    return _("You are now watching it.")


WATCHERS_CHANGED = Notice(
    kind=Kind.WATCHERS_CHANGED,
    text=_watchers_changed,
    brief=_watchers_changed_in_brief,
    to_customers=lambda event: "added" in event.changes,
    only_watchers_in="added",
    ends_alerts=never,
)

TAGS_CHANGED = Notice(kind=Kind.TAGS_CHANGED, ends_alerts=never)

RATED = Notice(kind=Kind.RATED, ends_alerts=never)
