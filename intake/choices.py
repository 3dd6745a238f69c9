"""What becomes of a mail, and why; people read the reasons, code compares the codes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RECEIVED = "received", _("Received")
    POSTED = "posted", _("Posted")
    HELD = "held", _("Waiting for an agent")
    QUARANTINED = "quarantined", _("In quarantine")
    REFUSED = "refused", _("Refused")
    IGNORED = "ignored", _("Ignored")
    DISCARDED = "discarded", _("Discarded")


class MailReason(models.TextChoices):
    """Why a mail did not become a message by itself."""

    NONE = "", ""
    # Of what is ignored: who wrote it.
    AUTOMATIC = "automatic", _("An automatic answer")
    BOUNCE = "bounce", _("A delivery report")
    BAD_RETURN = "bad_return", _("A delivery report of no e-mail of ours")
    LIST = "list", _("From a mailing list")
    OWN = "own", _("Our own mail")
    # Of what nobody here may have meant.
    NO_TOKEN = "no_token", _("Sent to the address of no ticket")
    BAD_TOKEN = "bad_token", _("The address of the ticket is damaged or not valid any more")
    SEVERAL = "several", _("Sent to the addresses of several tickets or people")
    OTHER_SENDER = "other_sender", _("Sent by somebody else than the address was made for")
    TOO_MANY = "too_many", _("Too many e-mails in a short time")
    # Of what could not be read.
    TOO_LARGE = "too_large", _("Larger than is read")
    TOO_COMPLEX = "too_complex", _("Of too many parts or lines")
    ENCRYPTED = "encrypted", _("Encrypted")
    UNREADABLE = "unreadable", _("In a form that only one mail program reads")
    EMPTY = "empty", _("Without a text of its own")
    # Of what the rules for messages refuse.
    CLOSED = "closed", _("The ticket is closed")
    NOT_ALLOWED = "forbidden", _("The person may not write on the ticket")
    REFUSED = "refused", _("Refused by the rules for messages")
    FAILED = "failed", _("It could not be processed")
