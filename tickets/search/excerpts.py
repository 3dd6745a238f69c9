"""Finds the words of a search in a text, and cuts a short part of the text around them."""

import re

from django.utils.html import format_html, format_html_join

from .folding import letters_with_places

# Of a long text only so much is looked through.
LOOKED_THROUGH = 20_000
BEFORE, AFTER = 16, 160
HALF_SPACE = "\u200c"
_SPACE = re.compile(r"\s+")


def hits(text, terms):
    """(start, end) of each place in `text` that matches one of the `terms`, in order and apart."""
    letters, places = letters_with_places(text[:LOOKED_THROUGH])
    found = []
    for term in terms:
        at = letters.find(term)
        while at >= 0:
            found.append((places[at], places[at + len(term) - 1] + 1))
            at = letters.find(term, at + len(term))
    apart = []
    for start, end in sorted(found):
        # Words joined by a half-space are one word to the eye.
        if apart and text[apart[-1][1] : start] in {"", HALF_SPACE}:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def highlighted(text, terms):
    """`text` as safe HTML with the hits marked."""
    pairs, last = [], 0
    for start, end in hits(text, terms):
        pairs.append((text[last:start], text[start:end]))
        last = end
    marked = format_html_join("", "{}<mark>{}</mark>", pairs)
    return format_html("{}{}", marked, text[last:])


def excerpt(text, terms):
    """The part of `text` around its first hit as safe HTML in one line; "" without a hit."""
    found = hits(text, terms)
    if not found:
        return ""
    first = found[0][0]
    start = max(first - BEFORE, 0)
    if start:
        # A word is not cut in two.
        space = _SPACE.search(text, start, first)
        start = space.end() if space else first
    part = _SPACE.sub(" ", text[start : first + AFTER]).strip()
    return highlighted(f"{'…' if start else ''}{part}", terms)
