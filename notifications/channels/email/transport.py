"""Sending a letter: one recipient, by Django's configured backend."""

import smtplib
from email.header import Header
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.channels import Down, Refused, Unavailable

# Marks that isolate a part of a text of mixed directions: FSI, LRI, RLI and PDI.
_ISOLATES = dict.fromkeys([0x2066, 0x2067, 0x2068, 0x2069])


class _Mail(EmailMultiAlternatives):
    """A message whose subject starts on the line of its header name."""

    def message(self):
        """The MIME message. Django folds encoded subjects without counting the header's name."""
        message = super().message()
        if not self.subject.isascii():
            encoded = Header(self.subject, "utf-8", header_name="Subject").encode()
            # Django refuses line breaks in a header and folds again, between the encoded words.
            message.replace_header("Subject", " ".join(encoded.split()))
        return message


def send(letter, address):
    """Hand a letter to the mail server. Raises Refused, Unavailable or Down."""
    try:
        _message(letter, address).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise _verdict(max(codes, default=0))(_short(error)) from error
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
    headers = {
        "Message-ID": f"<{letter.message_id}@{_domain()}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": letter.language,
    }
    if letter.thread:
        headers["References"] = headers["In-Reply-To"] = f"<{letter.thread}@{_domain()}>"
    message = _Mail(
        subject=_subject(letter.subject),
        body=letter.text,
        from_email=formataddr((site_name(letter.language), settings.DEFAULT_FROM_EMAIL)),
        to=[address],
        headers=headers,
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def _subject(text):
    """The subject on one line, without isolate marks where they alone would need encoding."""
    text = " ".join(text.split())
    plain = text.translate(_ISOLATES)
    return plain if plain.isascii() else text


def site_name(language):
    return settings.SITE_NAME_FA if language == "fa" else settings.SITE_NAME_EN


def _domain():
    return urlsplit(settings.SITE_URL).hostname


def _verdict(code):
    return Refused if 500 <= code < 600 else Unavailable


def _short(error):
    return f"{type(error).__name__}: {error}"[:300]
