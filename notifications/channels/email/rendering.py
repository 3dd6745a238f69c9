"""The frame of every mail: the parts of News in one order, as HTML and in plain text."""

import re
from dataclasses import dataclass
from itertools import chain

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from notifications.letters import render_plain
from notifications.news import Link
from ui.markup import with_hosts

from .styles import STYLE, message_html
from .transport import site_name

_BLANK_LINES = re.compile(r"\n\s*\n+")
_ISOLATE_MARKS = re.compile(r"[\u2066-\u2069]")
_LONGEST_PREVIEW = 140


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
    # Where answers go; "" where nobody reads them.
    reply_to: str = ""
    # Where reports that it could not be delivered go; "" where they go to the sender.
    return_path: str = ""
    unsubscribe_url: str = ""


@dataclass(frozen=True)
class Block:
    """A part of a mail of one kind: what the templates lay out."""

    kind: str
    text: str = ""
    lines: tuple = ()
    link: Link | None = None

    @property
    def html(self):
        """The text as HTML: a message as on the page, anything else with its isolates as tags."""
        return message_html(self.text) if self.kind == "message" else _with_tags(self.text)

    @property
    def lines_html(self):
        return [_with_tags(line) for line in self.lines]


def letter(news):
    """The mail that brings a person the news."""
    with translation.override(news.language):
        is_rtl = get_language_bidi()
        context = {
            "subject": _ISOLATE_MARKS.sub("", news.subject),
            "preview": _preview(news),
            "blocks": list(_blocks(news.sections)),
            "language": news.language,
            "direction": "rtl" if is_rtl else "ltr",
            "start": "right" if is_rtl else "left",
            "style": STYLE,
            "site_name": site_name(news.language),
            "site_url": settings.SITE_URL,
            "reply_to": news.reply_to,
            "thanks_to": news.thanks_to,
            "answers_apart": any(section.reply_to for section in news.sections),
            "choices_url": news.choices_url,
            "unsubscribe_url": news.unsubscribe_url,
        }
        html = render_to_string("email/frame.html", context)
        return Letter(
            subject=news.subject,
            text=render_plain("email/frame.txt", context),
            html=_BLANK_LINES.sub("\n", html).strip(),
            language=news.language,
            message_id=news.message_id,
            thread=news.thread,
            reply_to=news.reply_to,
            return_path=news.return_path,
            unsubscribe_url=news.unsubscribe_url,
        )


def _blocks(sections):
    """The parts of all sections in the order in which they are read."""
    for index, section in enumerate(sections):
        if index:
            yield Block("rule")
        yield from _blocks_of(section, is_only=len(sections) == 1)


def _blocks_of(section, *, is_only):
    if section.heading:
        yield Block("heading", section.heading)
    yield from _paragraphs(section.before)
    if section.message:
        lines = tuple(with_hosts(section.message).split("\n"))
        yield Block("message", section.message, lines=lines)
    if section.is_cut and section.link:
        yield Block("cut", link=section.link)
    if section.files:
        yield Block("files", lines=section.files)
    yield from _paragraphs(section.after)
    if section.link:
        yield Block("button" if is_only else "link", link=section.link)
    if section.reply_to:
        label = _("Answer this ticket by e-mail")
        yield Block("answer", section.reply_to, link=Link(label, f"mailto:{section.reply_to}"))
    if section.facts:
        facts = (f"{label}: {value}" if label else value for label, value in section.facts)
        yield Block("facts", " · ".join(facts))


def _paragraphs(paragraphs):
    """Texts; a line that is an address of this site is a link, and with a label a button."""
    for line_group in map(str.splitlines, paragraphs):
        lines = []
        for line in map(str.strip, line_group):
            link = _link_of(line)
            if link is None:
                lines.append(line)
                continue
            if lines:
                yield Block("text", lines=tuple(lines))
                lines = []
            yield Block("button" if link.label else "link", link=link)
        if lines:
            yield Block("text", lines=tuple(lines))


def _link_of(line):
    """The link that a line consists of, "Label: https://site/…" or the address alone; or None."""
    before, _space, address = line.rpartition(" ")
    if not address.startswith(f"{settings.SITE_URL}/") or (before and not before.endswith(":")):
        return None
    return Link(before.removesuffix(":"), address)


def _preview(news):
    """What lists of mails show beside the subject: the message first."""
    texts = chain.from_iterable((each.message, *each.before, *each.after) for each in news.sections)
    first = next((text for text in texts if text), "")
    return _ISOLATE_MARKS.sub("", " ".join(first.split()))[:_LONGEST_PREVIEW]


def _with_tags(text):
    """Escaped text in which isolated parts are elements: some clients show the marks as boxes."""
    html = escape(text)
    if html.count("\u2068") != html.count("\u2069"):
        return _ISOLATE_MARKS.sub("", html)
    return mark_safe(html.replace("\u2068", "<bdi>").replace("\u2069", "</bdi>"))  # noqa: S308 escaped
