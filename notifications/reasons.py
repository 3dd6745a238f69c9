"""Why a notification was not sent: stored as a code, worded when it is shown to an operator."""

from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from ui.wording import format_datetime


class Reason(models.TextChoices):
    """What we decide ourselves; what a server answers is stored as it came."""

    INACTIVE = "inactive", _("The person is no longer active.")
    UNSEEN = "unseen", _("The person may not see the ticket any more.")
    INTERNAL = "internal", _("Customers are not notified of this.")
    UNWANTED = "unwanted", _("The person chose not to be notified.")
    NO_ADDRESS = "no_address", _("The person has no verified address.")
    UNDELIVERABLE = "undeliverable", _("E-mails to this address come back; it is not written to.")
    NO_CHANNEL = "no_channel", _("The channel is not in use any more.")
    ANSWERED = "answered", _("It was answered or moved in the meantime.")
    CLOSE_MOVED = "close_moved", _("The ticket does not close at that time any more.")
    CLOSE_DUE = "close_due", _("The ticket was about to close already.")
    UNFINISHED = "unfinished", _("The last attempt never came to its end.")
    PAUSED = "paused", _("Not attempted: the server did not answer a moment ago.")
    RESTORED = "restored", _("It was pending in a backup that was restored.")
    # Of what a mail server reported after it had taken the mail; its answer follows the code.
    RETURNED = "returned", _("It came back")
    DELAYED = "delayed", _("It is still on its way")
    REPORTED = "reported", _("A delivery report came back that does not say what happened.")


# Of an answer with its code; the column has room for both.
LONGEST_ANSWER = 280
# Of the time of a restore, in UTC.
_STORED_MOMENT = "%Y-%m-%d %H:%M"


def with_answer(code, answer):
    """What is stored of a reason that a server gave: our code, and its answer, shortened."""
    return f"{code} {answer[:LONGEST_ANSWER]}".strip()


def restored_at(now):
    """What is stored of a backup that was restored at `now`."""
    return f"{Reason.RESTORED} {now.astimezone(UTC):{_STORED_MOMENT}}"


def _moment(stored):
    """The moment of `restored_at` as the reader writes it."""
    return format_datetime(datetime.strptime(stored, _STORED_MOMENT).replace(tzinfo=UTC))


def reason_text(stored):
    """A stored reason in the reader's language; "" and the answer of a server stay as they are."""
    code, _space, more = stored.partition(" ")
    if code == Reason.RESTORED and more:
        return f"{Reason.RESTORED.label} ({_moment(more)})"
    if code in {Reason.RETURNED, Reason.DELAYED} and more:
        return f"{Reason(code).label}: \u2068{more}\u2069"
    return str(Reason(stored).label) if stored in Reason.values else stored
