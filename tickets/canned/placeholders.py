"""The placeholders of canned replies: which there are, how a text is checked and filled in.

A placeholder is a name in double braces, `{{customer}}` or `{{مشتری}}`; single braces are text. A
text is filled in once: a value that looks like a placeholder stays what it is. Values are often
what customers typed, so no value can become markup, a link or a new line of the reply.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ui.markup import reading_direction

# {key: (its Persian name, what it stands for)}; the key is its English name.
PLACEHOLDERS = {
    "customer": ("مشتری", gettext_lazy("The customer's name")),
    "number": ("شماره", gettext_lazy("The ticket's number")),
    "title": ("عنوان", gettext_lazy("The ticket's title")),
    "due": ("سررسید", gettext_lazy("When the answer is due")),
    "agent": ("پشتیبان", gettext_lazy("Your name")),
    "organization": ("سازمان", gettext_lazy("The customer's organization")),
    "plan": ("پلن", gettext_lazy("Its support plan")),
}
_KEYS = {name: key for key, (persian, _label) in PLACEHOLDERS.items() for name in (key, persian)}
# Where a value is missing; the agent is asked to complete it.
GAP = "…"
# Up to the first closing brace or the end of the line, so that an unclosed one is found as well.
_PLACEHOLDER = re.compile(r"\{\{([^{}\n]*)(\}\})?")
_JOINER, _ISOLATE, _POP = "\u2060", "\u2068", "\u2069"
# Beside an asterisk, within a link or an address, and before what begins a list or a quotation.
_SIGNS = re.compile(
    r"(?=\*)|(?<=\*)|(?<=\])(?=\()|(?<=:)(?=//)|(?<=<)|^(?=[->#+=~|]|[0-9]{1,9}[.)])", re.ASCII
)
_DIRECTIONS = {"fa": "rtl", "en": "ltr"}
LONGEST_NAMED = 40


def fault_in(text):
    """Why a text cannot be kept, naming the placeholder; "" for one that can."""
    for name, end in _PLACEHOLDER.findall(text):
        shown = "{{" + name[:LONGEST_NAMED]
        if not end:
            return _("The placeholder “%(name)s” has no end. Close it with “}}”.") % {"name": shown}
        if _key_of(name) is None:
            return _("There is no placeholder “%(name)s”. Choose one from the list.") % {
                "name": shown + "}}"
            }
    return ""


def keys_in(text):
    """The keys of the placeholders in a text, each once, in order."""
    keys = (_key_of(name) for name, end in _PLACEHOLDER.findall(text) if end)
    return list(dict.fromkeys(filter(None, keys)))


def fill_in(text, values, *, language):
    """The text with its placeholders replaced by `values`, by key; GAP where one is empty."""

    def value_of(found):
        key = _key_of(found[1]) if found[2] else None
        if key is None:
            return found[0]
        return as_plain_words(values.get(key, ""), language=language) or GAP

    return _PLACEHOLDER.sub(value_of, text)


def as_plain_words(value, *, language):
    """A value on one line that is read as typed: no markup, no link, in its own direction.

    Invisible joiners keep signs from being markup; search and copying pass over them.
    """
    words = " ".join(str(value).split()).translate({ord("`"): "ˋ"})
    if not words:
        return ""
    words = _SIGNS.sub(_JOINER, words)
    direction = reading_direction(words)
    if direction in {"auto", _DIRECTIONS.get(language)}:
        return words
    return f"{_ISOLATE}{words}{_POP}"


def _key_of(name):
    return _KEYS.get(name.strip().replace("\u200c", "").casefold())
