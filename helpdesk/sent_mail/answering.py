"""An answer to a mail, composed as a mail program does and sent by SMTP, as the recipient sends it.

From there it takes the way of every answer in production: mailbox, fetcher, worker.
"""

import smtplib
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses

from django.conf import settings
from django.utils.translation import gettext as _

from intake.tasks import receive_mail
from notifications.publishing import BROKER_ERRORS

# Hardly any header is folded: Python loses a space where it folds Persian beside a number.
_LONG_LINES = policy.default.clone(max_line_length=900)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_ERRORS = (OSError, smtplib.SMTPException)


class NotSent(Exception):
    """The mail server of this machine did not take the answer."""


def can_answer(mail):
    """Whether a server on this machine takes answers, and the mail says where to send one."""
    is_caught = settings.EMAIL_HOST in _LOOPBACK and bool(settings.IMAP_URL)
    return is_caught and bool(mail.reply_to)


def compose(mail, text, *, form_key, written_at, is_just_thanks=False):
    """The answer of the mail's recipient, above the quoted original; as just thanks it goes where
    the mail's link for it leads.

    It depends on nothing else, so that one form makes one mail however often it is sent.
    """
    name, address = getaddresses([mail.to])[0]
    answer = EmailMessage(policy=_LONG_LINES)
    answer["From"] = Address(name, addr_spec=address)
    answer["To"] = mail.thanks_to if is_just_thanks else mail.reply_to
    subject = " ".join(mail.subject.split())
    answer["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    answer["Date"] = written_at
    answer["Message-ID"] = f"<{form_key}@{address.rpartition('@')[2]}>"
    original = mail.message.get("Message-ID")
    if original:
        answer["In-Reply-To"] = original
        answer["References"] = " ".join(filter(None, (mail.message.get("References"), original)))
    answer.set_content(f"{text}\n\n{_quote_of(mail)}")
    return answer


def send(answer):
    """Hand the answer to the mail server, and have a worker look for it now rather than within
    half a minute. Raises NotSent.
    """
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=10) as server:
            server.send_message(answer)
    except _ERRORS as error:
        raise NotSent from error
    try:
        receive_mail.apply_async(retry=False)
    except BROKER_ERRORS:
        return


def _quote_of(mail):
    introduction = _("On %(date)s, %(sender)s wrote:") % {
        "date": mail.date,
        "sender": mail.message.get("From", ""),
    }
    lines = [f"> {line}".rstrip() for line in mail.text.splitlines()]
    return "\n".join([introduction, *lines, ""])
