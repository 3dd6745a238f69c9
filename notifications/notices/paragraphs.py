"""Paragraphs that several letters share; "" where there is nothing to say."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Of mails that ask customers for an answer.
ANSWER_BUTTON = gettext_lazy("Answer on the ticket page")


def answer_before(facts):
    """Until when an answer is due."""
    if not facts["due"]:
        return ""
    if facts["for_staff"]:
        return _("It must be answered before %(due)s.")
    return _("You will have our answer before %(due)s.")


def rate_it(facts):
    """Where customers rate the closed ticket."""
    if not facts["rate_url"]:
        return ""
    return _("How did it go? Tell us in a minute:") + "\n%(rate_url)s"


def still_there():
    return _("Is the problem still there? Reply on the ticket page or reopen it there.")


def priority_changed(facts):
    """That the priority was changed, and why; nothing where it was not."""
    if not facts["new_priority"]:
        return []
    return [
        _(
            "The priority of the ticket “%(title)s” was changed from %(old_priority)s to "
            "%(new_priority)s."
        ),
        _("Reason: %(reason)s") if facts["reason"] else "",
    ]


def handed_on(facts):
    """To agents: the subject and the text of a ticket that was given to or taken from them."""
    if facts["is_mine"]:
        return [
            _("Ticket %(number)s was assigned to you: %(title)s"),
            _("The ticket “%(title)s” of %(organization)s was assigned to you automatically.")
            if not facts["actor"]
            else _("%(actor)s has assigned the ticket “%(title)s” of %(organization)s to you."),
            answer_before(facts),
        ]
    return [
        _("Ticket %(number)s is no longer assigned to you: %(title)s"),
        _("%(actor)s has taken the ticket “%(title)s” of %(organization)s from you."),
    ]


def handed_on_in_brief(facts):
    if facts["is_given_to_me"] and not facts["actor"]:
        return _("It was assigned to you automatically.")
    if facts["is_given_to_me"]:
        return _("%(actor)s has assigned it to you.")
    return _("%(actor)s has taken it from you.")
