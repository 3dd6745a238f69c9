"""The layout of an e-mail: plain text, and the same as simple HTML, with greeting and footer."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_bidi

from notifications.letters import render_plain

from .transport import site_name

_BLANK_LINES = re.compile(r"\n\s*\n+")


@dataclass(frozen=True)
class Letter:
    """What is sent to one person. `message_id` is the same at every attempt."""

    subject: str
    text: str
    html: str
    language: str
    message_id: str
    # What the letter belongs to: letters with the same thread are shown together.
    thread: str = ""


def letter(news):
    """The letter that brings a person the news."""
    with translation.override(news.language):
        context = {
            **vars(news),
            "news": news.body,
            "site_name": site_name(news.language),
            "direction": "rtl" if get_language_bidi() else "ltr",
            "paragraphs": _paragraphs(news.body),
        }
        html = render_to_string("email/frame.html", context)
        return Letter(
            subject=" ".join(news.subject.split()),
            text=render_plain("email/frame.txt", context),
            html=_BLANK_LINES.sub("\n", html).strip(),
            language=news.language,
            message_id=news.message_id,
            thread=news.thread,
        )


def _paragraphs(text):
    """Lines for the HTML: one that is an address of this site alone becomes a link."""
    return [
        {"text": line, "is_link": line.startswith(f"{settings.SITE_URL}/") and " " not in line}
        for line in map(str.strip, text.splitlines())
        if line
    ]
