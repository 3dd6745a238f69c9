"""HTML of a mail as text: its lines, lists and quotes; no script, style or outside resource."""

from html import unescape
from html.parser import HTMLParser

import nh3

from .incoming import MOST_ENTITIES, MOST_TAGS

_BREAKING = {
    *("address", "article", "div", "dl", "dt", "dd", "footer", "header", "hr", "main", "pre"),
    *("section", "table", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
}
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
_KEPT = _BREAKING | _SPACED | {"br", "li", "td", "th", "a", "img", "span"}
_DROPPED_WHOLE = {
    *("script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math"),
    *("textarea", "select", "button"),
}
_ATTRIBUTES = {"a": {"href"}, "img": {"alt"}, "div": {"class", "id"}, "span": {"class"}}
_SIGNATURES = ("gmail_signature", "moz-signature", "ms-outlook-mobile-signature", "x_signature")
_DEEPEST_QUOTE = 20


def text_of(html):
    """The text that a person would read. A quote's lines begin with `> `, as in plain mail."""
    if html.count("<") > MOST_TAGS or html.count("&") > MOST_ENTITIES:
        return _bare(html)
    # The cleaner's parser takes any input; what it returns is well formed.
    clean = nh3.clean(
        html,
        tags=_KEPT,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel=None,
    )
    writer = _Writer()
    writer.feed(clean)
    writer.close()
    return writer.text()


def _bare(html):
    """All that is outside of tags, a line for each piece. Without regard to what the tags mean."""
    pieces = (piece.partition(">")[2] for piece in f">{html}".split("<"))
    lines = (" ".join(unescape(each).split()) for each in pieces)
    return "\n".join(filter(None, lines))


class _Writer(HTMLParser):
    """Writes the lines of clean HTML."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines, self.line = [], []
        self.quotes = self.preformatted = 0
        self.link, self.link_text = "", []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in _BREAKING or tag in {"p", "li"}:
            self._end_line()
        if tag == "blockquote":
            self.quotes = self.quotes + 1
        elif tag == "br":
            self._end_line(even_blank=True)
        elif tag == "li":
            self.line.append("- ")
        elif tag == "img" and " " in (attrs.get("alt") or "").strip():
            self.line.append(f"[{attrs['alt'].strip()[:200]}]")
        self._note_start(tag, attrs)

    def _note_start(self, tag, attrs):
        if tag == "pre":
            self.preformatted += 1
        elif tag == "a":
            self.link, self.link_text = attrs.get("href") or "", []
        names = f"{attrs.get('class') or ''} {attrs.get('id') or ''}"
        if any(each in names for each in _SIGNATURES) and "prefix" not in names:
            self._end_line()
            if not self.lines or self.lines[-1].strip(" ") != "--":
                self.lines.append("-- ")

    def handle_endtag(self, tag):
        if tag == "a":
            self._end_link()
        elif tag in {"td", "th"}:
            self.line.append(" ")
        elif tag in _BREAKING or tag in {"p", "li"}:
            self._end_line()
        if tag in _SPACED:
            self._blank_line()
        if tag == "blockquote":
            self.quotes = max(0, self.quotes - 1)
        elif tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)

    def handle_data(self, data):
        if self.preformatted:
            first, *others = data.split("\n")
            self.line.append(first)
            for each in others:
                self._end_line(even_blank=True)
                self.line.append(each)
            return
        # A run of white space is one space; a hard space is one of those that people mean.
        words = data.replace("\u00a0", " ").split()
        begins, ends = data[:1].isspace(), data[-1:].isspace()
        content = f"{' ' if begins else ''}{' '.join(words)}{' ' if ends and words else ''}"
        self.line.append(content)
        if self.link:
            self.link_text.append(content)

    def _end_link(self):
        shown = "".join(self.link_text).strip()
        bare = self.link.removeprefix("https://").removeprefix("http://").rstrip("/")
        if self.link and bare not in shown.rstrip("/"):
            self.line.append(f" ({self.link[:2000]})")
        self.link = ""

    def _end_line(self, *, even_blank=False):
        content = "".join(self.line)
        if not self.preformatted:
            content = _single_spaced(content)
        self.line = []
        if content.strip() or even_blank:
            self.lines.append(self._prefix() + content.rstrip())

    def _blank_line(self):
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(self._prefix())

    def _prefix(self):
        return "> " * min(self.quotes, _DEEPEST_QUOTE)

    def text(self):
        self._end_line()
        return "\n".join(self.lines).strip("\n")


def _single_spaced(content):
    stripped = " ".join(content.split())
    return "-- " if stripped == "--" else stripped
