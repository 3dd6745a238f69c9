"""Notices of merges: who was notified of the merged ticket learns where it goes on."""

from django.utils.translation import gettext as _

from tickets.event_types import Kind

from .declaration import Notice, always, the_assignee


def _merged(facts):
    return [
        _("Ticket %(number)s was merged into %(other)s: %(title)s"),
        _("%(actor)s has merged the ticket “%(title)s” into %(other)s.")
        if facts["for_staff"]
        else _(
            "Our support team has merged the ticket “%(title)s” into %(other)s, because both are "
            "about the same matter. All its messages and files are there."
        ),
        ""
        if facts["for_staff"]
        else _("You receive all further answers. Whatever you write to either ticket reaches us."),
    ]


def _merged_in_brief(facts):
    return _("It was merged into %(other)s.")


MERGED = Notice(
    kind=Kind.MERGED,
    text=_merged,
    brief=_merged_in_brief,
    to_customers=always,
    to_staff=the_assignee,
)


def _took_in(facts):
    return [
        _("Ticket %(other)s was merged into %(number)s: %(title)s"),
        _("%(actor)s has merged %(other)s into the ticket “%(title)s”."),
    ]


def _took_in_in_brief(facts):
    return _("%(other)s was merged into it.")


TOOK_IN = Notice(
    kind=Kind.TOOK_IN,
    text=_took_in,
    brief=_took_in_in_brief,
    to_staff=the_assignee,
)


def _unmerged(facts):
    return [
        _("Ticket %(number)s is separate from %(other)s again: %(title)s"),
        _("%(actor)s has undone the merge of the ticket “%(title)s” into %(other)s.")
        if facts["for_staff"]
        else _(
            "The ticket “%(title)s” had been merged into %(other)s. Our support team has undone "
            "that: we go on with it separately."
        ),
    ]


def _unmerged_in_brief(facts):
    return _("It is separate from %(other)s again.")


UNMERGED = Notice(
    kind=Kind.UNMERGED,
    text=_unmerged,
    brief=_unmerged_in_brief,
    to_customers=always,
    to_staff=the_assignee,
)

GAVE_BACK = Notice(kind=Kind.GAVE_BACK)

# Whoever wrote the message is notified of the ticket that it opened.
SPLIT_OFF = Notice(kind=Kind.SPLIT_OFF)
