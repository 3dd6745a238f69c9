"""Drawing tags of the lowest layer: icons, initials and tints, typed text. They know no domain."""

import re
from functools import lru_cache
from html import escape

from django import template
from django.template.base import token_kwargs
from django.templatetags.i18n import do_translate
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from ui.markup import as_html, reading_direction

register = template.Library()

TINTS = 6
# So many variants of one part are kept, should somebody find a way to ask for more.
MOST_DRAWN = 256
ZWNJ = "\u200c"
_JOINED_SCRIPT = re.compile(r"[\u0600-\u06ff]")


# The address of a file does not change while a process lives, and a page names two dozen.
_address = lru_cache(maxsize=512)(static)


@register.simple_tag(name="static")
def address(path):
    """Where a static file is served, in place of Django's tag, which reckons it each time."""
    return _address(path)


class FixedWords(template.Node):
    """Words that a template says whatever it is given, looked up once a language."""

    def __init__(self, node):
        self.node, self.by_language = node, {}

    def render(self, context):
        language = get_language()
        if language not in self.by_language:
            self.by_language[language] = self.node.render(context)
        return self.by_language[language]


@register.tag
def translate(parser, token):
    """Django's tag; a page says a hundred words by it, which are mostly its own."""
    node = do_translate(parser, token)
    words, note = node.filter_expression, node.message_context
    is_fixed = words.var.literal is not None and not words.filters and not node.asvar
    return FixedWords(node) if is_fixed and not (note and note.is_var) else node


class DrawnOnce(template.Node):
    """A part of a page that is the same for all who share the named values."""

    def __init__(self, nodelist, values):
        self.nodelist, self.values, self.drawn = nodelist, values, {}

    def render(self, context):
        values = {name: value.resolve(context) for name, value in self.values.items()}
        key = (get_language(), *values.values())
        if key in self.drawn:
            return self.drawn[key]
        drawn = self.nodelist.render(context.new(values))
        if len(self.drawn) < MOST_DRAWN:
            self.drawn[key] = drawn
        return drawn


@register.tag
def drawn_once(parser, token):
    """Draw what stands up to `enddrawn_once` once a language and set of the values given to it.

    It sees nothing of the page but those values, so that nothing of one reader (a name, a token of
    a form) gets to another. Give it values of which there are few: they are kept.
    """
    name, *words = token.split_contents()
    values = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"{name} takes named values only: {words}")
    nodelist = parser.parse([f"end{name}"])
    parser.delete_first_token()
    return DrawnOnce(nodelist, values)


@register.simple_tag
def icon(name, size=None, *, mirror=False):
    """One symbol of static/icons.svg, hidden from screen readers: a word beside it says the same.

    `size` is 12, 14, 16 or 20 pixels (18 if left out); `mirror` turns it round in RTL.
    """
    return _icon(str(name), size, mirror)


# A page of a list draws some two hundred of a few dozen different ones.
@lru_cache(maxsize=512)
def _icon(name, size, mirror):
    classes = ["icon"]
    if size:
        classes.append(f"icon-{size}")
    if mirror:
        classes.append("mirror")
    if name == "more":
        classes.append("icon-more")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " ".join(classes),
        static("icons.svg"),
        name,
    )


@register.simple_tag
def options(choices, chosen):
    """The options of a select. There may be hundreds, for which a template is slow."""
    chosen = "" if chosen is None else str(chosen)
    return _options(tuple((str(value), str(label)) for value, label in choices), chosen)


# Page after page offers the same choices; what they say is the key, so a changed one is drawn anew.
@lru_cache(maxsize=32)
def _options(choices, chosen):
    return mark_safe("".join(_option(value, label, chosen) for value, label in choices))  # noqa: S308 each part is escaped


def _option(value, label, chosen):
    selected = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'


@register.filter
def initials(name):
    """The first letters of the first two words; Persian ones stand apart by ZWNJ."""
    letters = [word[0] for word in str(name).split()[:2]]
    separator = ZWNJ if any(_JOINED_SCRIPT.match(letter) for letter in letters) else ""
    return separator.join(letters).upper()


@register.filter
def tint(number):
    """One of six tints, always the same for one id; 1 for what has no id yet."""
    return int(number or 0) % TINTS + 1


@register.filter
def direction(text):
    """From which side a title that somebody typed is read: rtl, ltr or, without words, auto."""
    return reading_direction(text)


@register.filter
def prose(text):
    """What a person typed as paragraphs, lists, quotes and code, each in its own direction."""
    return as_html(text)
