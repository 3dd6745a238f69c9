"""What a key may be used for; what its owner may do is decided by the services all the same."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """One right of a key. None gives more than its owner has."""

    TICKETS_READ = "tickets:read", _("Read tickets, public messages, files, clocks and ratings")
    TICKETS_WRITE = "tickets:write", _("Open tickets, answer, and change them")
    NOTES = "notes", _("Read and write internal notes")
    ALERTS = "alerts", _("Send alerts, which open and follow tickets")
    ALERTS_CLOSE = (
        "alerts:close",
        _("Close tickets of its alerts when they are resolved and nobody has answered"),
    )
    ORGANIZATIONS_READ = "organizations:read", _("Read organizations, members and plans")
    REPORTS = "reports", _("Read the numbers of the reports")


STAFF_ONLY = {Scope.NOTES}
SUPERVISORS_ONLY = {Scope.REPORTS}


def scopes_for(user):
    """The scopes that mean something for this person, in their order."""
    return [
        scope
        for scope in Scope
        if (user.is_agent or scope not in STAFF_ONLY)
        and (user.is_supervisor or scope not in SUPERVISORS_ONLY)
    ]
