"""The enums of a ticket: values that are stored, posted and put into addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    AWAITING_RESPONSE = "awaiting_response", _("Awaiting response")
    IN_PROGRESS = "in_progress", _("In progress")
    AWAITING_CUSTOMER = "awaiting_customer", _("Awaiting customer")
    CLOSED = "closed", _("Closed")


# It is support's turn: the ticket is ours to handle.
OURS = [Status.AWAITING_RESPONSE, Status.IN_PROGRESS]


class Category(models.TextChoices):
    ACTIVATION = "activation", _("Activation")
    TECHNICAL = "technical", _("Technical")
    FINANCIAL = "financial", _("Financial")
    SALES = "sales", _("Sales")


class MessageKind(models.TextChoices):
    PUBLIC = "public", _("Public reply")
    NOTE = "note", _("Internal note")


class ClockKind(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    RESOLUTION = "resolution", _("Resolution")


RESPONSE_KINDS = [ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE]


class ClockState(models.TextChoices):
    RUNNING = "running", _("Running")
    MET = "met", _("Met")
    BREACHED = "breached", _("Breached")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AfterReply(models.TextChoices):
    """What an agent lets happen after a public reply."""

    WAIT = "wait", _("Send and wait for the customer")
    WORK = "work", _("Send and keep working")
    CLOSE = "close", _("Send and close")


class Intent(models.TextChoices):
    """What a customer means by a message on a closed ticket."""

    PROBLEM = "problem", _("Still a problem")
    THANKS = "thanks", _("Just thanks")
    FOLLOW_UP = "follow_up", _("Follow-up ticket")


class Relation(models.TextChoices):
    """What another ticket is to a ticket; each has its opposite in OPPOSITES."""

    FOLLOWS = "follows", _("Follow-up of")
    CONTINUED = "continued", _("Continued in")
    RELATED = "related", _("Related to")
    CAUSED_BY = "caused_by", _("Caused by")
    CAUSES = "causes", _("Cause of")
    MERGED_INTO = "merged_in", _("Merged into")
    HOLDS = "holds", _("Merged here")
    SPLIT_FROM = "split_from", _("Split off from")
    SPLIT_OFF = "split_off", _("Split off")


OPPOSITES = {
    Relation.FOLLOWS: Relation.CONTINUED,
    Relation.CONTINUED: Relation.FOLLOWS,
    Relation.RELATED: Relation.RELATED,
    Relation.CAUSED_BY: Relation.CAUSES,
    Relation.CAUSES: Relation.CAUSED_BY,
    Relation.MERGED_INTO: Relation.HOLDS,
    Relation.HOLDS: Relation.MERGED_INTO,
    Relation.SPLIT_FROM: Relation.SPLIT_OFF,
    Relation.SPLIT_OFF: Relation.SPLIT_FROM,
}


class HoldCode(models.TextChoices):
    """Why the system stopped an automatic close; worded in the language of whoever reads it."""

    UNREACHED = "unreached", _("The latest reply could not be delivered to the customer.")


class Woken(models.TextChoices):
    """What ended a snooze."""

    TIME = "time", _("the time has come")
    BY_HAND = "by_hand", _("by hand")
    MESSAGE = "message", _("the customer did something")
    DUE_SOON = "due_soon", _("due soon")
    OVERDUE = "overdue", _("overdue")
    HANDED_ON = "handed_on", _("another assignee or team")
    MERGED = "merged", _("a merge")
    MOVED = "moved", _("no longer our turn")


class Counted(models.TextChoices):
    """The result of a periodic task, as it is stored with its number: “closed 3”."""

    CLOSED = "closed", _("tickets closed")
    REMINDED = "reminded", _("reminders written")
    DUE_SOON = "due soon", _("tickets due soon")
    OVERDUE = "overdue", _("tickets overdue")
    NOT_ACCEPTED = "not accepted", _("tickets not accepted in time")
    ASSIGNED = "assigned", _("tickets assigned automatically")
    RETURNED = "returned", _("tickets returned to teams")
    WOKEN = "woken", _("snoozed tickets returned")
    CAME_OR_LEFT = "came or left", _("agents who came or left")
    MOVED = "moved", _("tickets with moved due times")
    LOOKED_AT = "looked at", _("tickets checked")
    FILLED = "filled", _("clocks filled with stretches")
    REMOVED = "removed", _("uploads removed")
    EMPTIED = "emptied", _("tickets whose contents were removed")
    RECOUNTED = "recounted", _("days recounted")
    HANDED_OVER = "handed over", _("notifications handed over")
    FOUND = "found", _("calendars found")
    DELETED = "deleted", _("items deleted")
    FAILURES = "failures", _("marks of addresses deleted")
    SIGNS_OF_PAGES = "signs of pages", _("signs of open pages deleted")
    TAGGED = "tagged", _("tickets given a merged tag")
    BULK_RUNS = "bulk runs", _("bulk runs deleted")
    SENT = "sent", _("webhooks sent")
    FETCHED = "fetched", _("e-mails fetched")
    NOT_FETCHED = "not fetched", _("e-mails that could not be fetched")
    POSTED = "posted", _("e-mails posted")
    HELD = "held", _("e-mails waiting for an agent")
    QUARANTINED = "quarantined", _("e-mails in quarantine")
    REFUSED = "refused", _("e-mails refused")
    IGNORED = "ignored", _("e-mails ignored")


class Age(models.TextChoices):
    """How long ago a ticket was filed, as the board counts and the queue filters."""

    DAY = "day", _("Less than a day")
    DAYS = "days", _("1 to 3 days")
    WEEK = "week", _("3 to 7 days")
    OLDER = "older", _("7 days or more")


class Band(models.IntegerChoices):
    """The band of the queue that a ticket is in; see "Queue order" of the domain."""

    RETURNED = 0, _("Returned")
    DUE = 1, _("Due")
    WAITING = 2, _("Waiting, no commitment")
    OUR_MOVE = 3, _("Our turn")
    AWAITING_CUSTOMER = 4, _("Awaiting customer")
    SNOOZED = 5, _("Snoozed")
    CLOSED = 9, _("Closed")


# What customers call the stars that they give a closed ticket.
SCORES = {1: _("Very bad"), 2: _("Bad"), 3: _("Fair"), 4: _("Good"), 5: _("Very good")}


class CannedScope(models.TextChoices):
    """Who finds a canned reply."""

    OWN = "own", _("Only me")
    TEAM = "team", _("A team")
    SHARED = "shared", _("All agents")


class TagColour(models.TextChoices):
    """The colours of tags; `tokens.css` has each for light and for dark pages."""

    GREY = "grey", _("Grey")
    BLUE = "blue", _("Blue")
    TEAL = "teal", _("Teal")
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")
    PURPLE = "purple", _("Purple")
    PINK = "pink", _("Pink")


class BulkAction(models.TextChoices):
    """What is done to many tickets together."""

    ASSIGN = "assign", pgettext_lazy("bulk", "Assign")
    PRIORITY = "priority", pgettext_lazy("bulk", "Priority")
    CATEGORY = "category", pgettext_lazy("bulk", "Category")
    TAGS = "tags", pgettext_lazy("bulk", "Tags")
    MACRO = "macro", pgettext_lazy("bulk", "Macro")
    CLOSE = "close", pgettext_lazy("bulk", "Close")


class BulkOutcome(models.TextChoices):
    """What became of one ticket of a bulk run."""

    WAITING = "waiting", pgettext_lazy("bulk", "Not yet")
    DONE = "done", pgettext_lazy("bulk", "Done")
    # It was so already.
    UNCHANGED = "unchanged", pgettext_lazy("bulk", "Unchanged")
    SKIPPED = "skipped", pgettext_lazy("bulk", "Skipped")
