"""Template tags of the lowest layer: icons, options, initials, tints and typed text."""

from html import escape

from django import template
from django.utils.safestring import mark_safe

from ui.avatars import avatar_html
from ui.cached_addresses import page_address
from ui.cached_icons import icon_html
from ui.fixed_parts import fixed_part
from ui.markup import as_html, reading_direction

register = template.Library()


@register.simple_tag
def icon(name, size=None, *, mirror=False):
    """One symbol of static/icons.svg, hidden from screen readers: a word beside it says the same.

    `size` is 12, 14, 16 or 20 pixels (18 if left out); `mirror` turns it round in RTL.
    """
    return icon_html(str(name), size, mirror)


register.simple_tag(fixed_part, name="fixed")
register.simple_tag(page_address, name="page_url")


@register.simple_tag
def hidden(field):
    """The input of a hidden field; Django takes three templates for one."""
    widget = field.field.widget
    value = widget.format_value(field.value())
    attrs = {"type": widget.input_type, "name": field.html_name}
    attrs |= {"value": value} if value else {}
    attrs |= {**widget.attrs, "id": field.auto_id}
    written = (
        f" {name}" if it is True else f' {name}="{escape(it)}"' for name, it in attrs.items()
    )
    return mark_safe(f"<input{''.join(written)}>")  # noqa: S308 each part is escaped


@register.simple_tag
def options(choices, chosen):
    """The `<option>`s of a select; built from strings, as there may be hundreds of them."""
    chosen = "" if chosen is None else str(chosen)
    written = (_option(str(value), str(label), chosen) for value, label in choices)
    return mark_safe("".join(written))  # noqa: S308 each part is escaped


def _option(value, label, chosen):
    selected = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'


register.simple_tag(avatar_html, name="avatar")


@register.filter
def direction(text):
    """From which side a title that somebody typed is read: rtl, ltr or, without words, auto."""
    return reading_direction(text)


@register.filter
def prose(text):
    """What a person typed as paragraphs, lists, quotes and code, each in its own direction."""
    return as_html(text)
