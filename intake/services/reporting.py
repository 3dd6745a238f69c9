"""Delivery reports: each is noted on the mail whose return path it came to, and on nothing else."""

import re

from intake.choices import MailReason, State
from notifications import return_paths
from notifications.delivery_reports import Outcome, Report, record_report
from notifications.models import AccountMail
from organizations.emails import normal_email
from tickets import reply_addresses
from ui.names import clean_name

_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


def take(mail, *, now):
    """(state, reason) of a delivery report, noted by then.

    It never becomes a message and is never answered; what it says counts only by the signed address
    that it came to, since anybody can write a report about any mail.
    """
    paths = [each for each in mail.recipients if return_paths.is_return_path(each)]
    if not paths:
        return State.IGNORED, MailReason.BOUNCE
    mails = [found for each in paths if (found := return_paths.resolve(each, now=now))]
    if not mails:
        return State.IGNORED, MailReason.BAD_RETURN
    # The address of the most trusted place, as the mail server delivered it.
    record_report(mails[0], _report(mail.bounce, _address_of(mails[0])), now=now)
    return State.IGNORED, MailReason.BOUNCE


def _address_of(mail):
    return mail.recipient if isinstance(mail, AccountMail) else mail.recipient.email


def _report(bounce, address):
    """What a report says of the address, else of one that it leads to."""
    failures = sorted(
        bounce.failures,
        key=lambda each: (each.recipient != normal_email(address), not each.is_permanent),
    )
    if not failures:
        return Report(Outcome.DELAYED if bounce.is_delay else Outcome.UNCLEAR)
    failure = failures[0]
    found = _STATUS.search(failure.reason)
    status = failure.status or (found[0] if found else "")
    shown = status if status and status not in failure.reason else ""
    answer = reply_addresses.without_tokens(clean_name(f"{shown} {failure.reason}"))
    return Report(_outcome(failure, status, is_delay=bounce.is_delay), answer)


def _outcome(failure, status, *, is_delay):
    # 5.7.x refuses whoever sends, not the address (RFC 3463).
    if failure.is_permanent and not status.startswith(("4.", "5.7.")):
        return Outcome.REFUSED
    if failure.is_permanent or not is_delay:
        return Outcome.GIVEN_UP
    return Outcome.DELAYED
