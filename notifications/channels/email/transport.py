"""Sending a letter: one recipient, by Django's configured backend."""

import re
import smtplib
from email.header import Header
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.channels import AddressRefused, Down, Refused, Unavailable

# What sets the direction of a text has no place in a subject, and would need encoding.
_DIRECTION_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONGEST_SUBJECT = 180
# What a mail server takes at most (RFC 5322).
_LONGEST_LINE = 998


class _Mail(EmailMultiAlternatives):
    """A message none of whose headers begins with an empty folded line."""

    def message(self):
        """The MIME message, with long ids and addresses each on the line of its header's name.

        Python would move what is longer than 78 characters to a line below an empty one.
        """
        message = super().message()
        message.policy = message.policy.clone(max_line_length=_LONGEST_LINE)
        if not self.subject.isascii():
            # Django folds encoded subjects without counting the header's name.
            encoded = Header(self.subject, "utf-8", header_name="Subject").encode()
            message.replace_header("Subject", encoded)
        return message


def send(letter, address):
    """Hand a letter to the mail server. Raises Refused, Unavailable or Down."""
    try:
        _message(letter, address).send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _verdict_on_address(error)(_short(error)) from error
    except smtplib.SMTPDataError as error:
        raise _verdict(error.smtp_code)(_short(error)) from error
    except (smtplib.SMTPNotSupportedError, ValueError) as error:
        # An address or a header that no server takes; Django's BadHeaderError is a ValueError.
        raise Refused(_short(error)) from error
    except smtplib.SMTPException as error:
        raise Unavailable(_short(error)) from error
    except OSError as error:  # it refuses connections, or does not answer in time
        raise Down(_short(error)) from error


def _message(letter, address):
    sender = formataddr((site_name(letter.language), settings.DEFAULT_FROM_EMAIL))
    message = _Mail(
        subject=_subject(letter.subject),
        body=letter.text,
        # The sender of the envelope; people see that of the header.
        from_email=letter.return_path or sender,
        to=[address],
        reply_to=[letter.reply_to or settings.MAIL_REPLY_TO],
        headers={"From": sender, **_headers(letter)},
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def _headers(letter):
    headers = {
        "Message-ID": f"<{letter.message_id}@{_domain()}>",
        "Auto-Submitted": "auto-generated",
        # Asks for no absence notes; delivery reports are wanted.
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Content-Language": letter.language,
    }
    if letter.thread:
        headers["References"] = headers["In-Reply-To"] = f"<{letter.thread}@{_domain()}>"
        headers["List-Id"] = f"<tickets.{_domain()}>"
    if letter.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _subject(text):
    """The subject on one line of bounded length, without marks of direction."""
    text = " ".join(_DIRECTION_MARKS.sub("", text).split())
    return text if len(text) <= _LONGEST_SUBJECT else f"{text[: _LONGEST_SUBJECT - 1].rstrip()}…"


def site_name(language):
    return settings.SITE_NAME_FA if language == "fa" else settings.SITE_NAME_EN


def _domain():
    return urlsplit(settings.SITE_URL).hostname


def _verdict(code):
    return Refused if 500 <= code < 600 else Unavailable


def _verdict_on_address(error):
    codes = [code for code, _text in error.recipients.values()]
    verdict = _verdict(max(codes, default=0))
    # By 5.7.x a server refuses whoever sends, not the address (RFC 3463).
    is_about_us = any(b"5.7." in text for _code, text in error.recipients.values())
    return AddressRefused if verdict is Refused and not is_about_us else verdict


def _short(error):
    return f"{type(error).__name__}: {error}"[:300]
