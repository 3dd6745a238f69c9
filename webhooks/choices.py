"""Why a webhook was not delivered, and why an endpoint gets none any more."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trouble(models.TextChoices):
    """Stored as a code, worded when it is shown."""

    NAME = "name", _("The name of the host is not known")
    ADDRESS = "address", _("The host has an address that is not public")
    URL = "url", _("The address is not one that requests are sent to")
    CONNECTION = "connection", _("No connection could be made")
    TLS = "tls", _("The certificate or the encryption was not accepted")
    TIMEOUT = "timeout", _("There was no answer in time")
    BROKEN = "broken", _("The answer was not HTTP")
    REDIRECT = "redirect", _("The answer was a redirect, which is not followed")
    REFUSED = "refused", _("The answer was not a success")
    GONE = "gone", _("The receiver answered that it is gone")
    SECRET = "secret", _("The secret can no longer be read: create a new one")
    UNFINISHED = "unfinished", _("Sending was cut off each time")
    FAILING = "failing", _("Nothing was accepted for three days")
    DISABLED = "disabled", _("The endpoint was disabled")
    UNWANTED = "unwanted", _("The endpoint does not ask for it any more")
    RESTORED = "restored", _("Not sent after a backup was restored")


# The receiver did not answer at all: the others that wait for it need not be tried for a while.
DOWN = {
    *(Trouble.NAME, Trouble.ADDRESS, Trouble.URL, Trouble.CONNECTION),
    *(Trouble.TLS, Trouble.TIMEOUT, Trouble.BROKEN),
}


def trouble_text(code):
    """Why something was not delivered, in the reader's language; "" where it was."""
    return str(Trouble(code).label) if code in Trouble else code
