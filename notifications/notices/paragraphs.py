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
