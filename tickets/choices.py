"""The words of a ticket's life: values that are stored, posted and put into addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    AWAITING_RESPONSE = "awaiting_response", _("Awaiting response")
    IN_PROGRESS = "in_progress", _("In progress")
    AWAITING_CUSTOMER = "awaiting_customer", _("Awaiting customer")
    CLOSED = "closed", _("Closed")


class Category(models.TextChoices):
    ACTIVATION = "activation", _("Activation")
    TECHNICAL = "technical", _("Technical")
    FINANCIAL = "financial", _("Financial")
    SALES = "sales", _("Sales")


class Band(models.IntegerChoices):
    """Where a ticket stands in the queue; see "Queue order" of the domain."""

    DUE = 1, _("Due")
    WAITING = 2, _("Waiting, no commitment")
    OUR_MOVE = 3, _("Our move")
    AWAITING_CUSTOMER = 4, _("Awaiting customer")
    CLOSED = 9, _("Closed")


# What customers call the stars that they give a closed ticket.
SCORES = {1: _("Very bad"), 2: _("Bad"), 3: _("Fair"), 4: _("Good"), 5: _("Very good")}
