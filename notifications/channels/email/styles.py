"""The look of every mail: inline styles, which all mail clients read, and the colours of dark mode.

The colours are those of `static/css/tokens.css`. What has a class here changes in dark mode.
"""

import re

from django.utils.safestring import mark_safe

from ui.markup import as_html_without_controls

WIDTH = 560
FONT = "font-family:Vazirmatn,Tahoma,'Segoe UI',Helvetica,Arial,sans-serif"
_MONO = "font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace"
_CODE = "background:#161b22;color:#e7ebf1;border-radius:8px;padding:10px 12px"

# Inline styles of the parts of the frame.
STYLE = {
    "body": "margin:0;padding:0;background:#f4f5f7;-webkit-text-size-adjust:100%",
    "preview": "display:none;max-height:0;overflow:hidden;mso-hide:all",
    "frame": f"width:100%;max-width:{WIDTH}px",
    "site": (
        f"{FONT};font-size:15px;line-height:1.65;font-weight:600;color:#465063;padding:0 4px 12px"
    ),
    "card": (
        f"{FONT};font-size:15px;line-height:1.85;color:#17202e;background:#ffffff;"
        "border:1px solid #e2e6ec;border-radius:12px;padding:24px"
    ),
    "heading": "margin:0 0 8px;font-size:16px;line-height:1.65;font-weight:600",
    "paragraph": "margin:0 0 12px",
    "message": (
        "margin:0 0 16px;background:#f8f9fb;border:1px solid #e2e6ec;border-radius:8px;"
        "padding:12px 16px 0;overflow-wrap:anywhere;word-break:break-word"
    ),
    "files": "margin:0 0 12px;font-size:13px;line-height:1.65;color:#465063",
    "button": "background:#1d5dc9;border-radius:8px",
    "button_link": (
        f"{FONT};display:inline-block;padding:10px 20px;font-size:15px;line-height:1.4;"
        "font-weight:600;color:#ffffff;text-decoration:none;border-radius:8px"
    ),
    "gap": "height:16px;line-height:16px;font-size:0",
    "facts": "margin:0;font-size:13px;line-height:1.85;color:#465063",
    "rule": "border:0;border-top:1px solid #e2e6ec;margin:20px 0",
    "link": "color:#1a55bc;overflow-wrap:anywhere;word-break:break-word",
    "foot": f"{FONT};font-size:13px;line-height:1.85;color:#5f6979;padding:16px 4px 0",
    "foot_link": "color:#5f6979",
}

# What the tags of a message look like.
_TAGS = {
    "p": "margin:0 0 12px;white-space:pre-wrap",
    "ul": "margin:0 0 12px;padding:0 24px",
    "ol": "margin:0 0 12px;padding:0 24px",
    "li": "margin:0 0 4px",
    "blockquote": (
        "margin:0 0 12px;padding:8px 12px 0;color:#465063;"
        "border:1px solid #cfd5de;border-radius:6px"
    ),
    "pre": (
        f"{_MONO};{_CODE};margin:0 0 12px;font-size:13px;line-height:1.6;direction:ltr;"
        "text-align:left;white-space:pre-wrap;overflow-wrap:anywhere"
    ),
    "code": f"{_MONO};font-size:13px;background:#e9ecf0;border-radius:4px;padding:1px 4px",
    "a": STYLE["link"],
    "hr": "border:0;border-top:1px solid #cfd5de;margin:12px 0",
}
# By the class of a tag.
_CLASSES = {
    "verbatim": f"{_TAGS['p']};{_MONO};font-size:13px",
    "written": f"{_TAGS['ul']};list-style:none",
}
# Text cannot hold a tag: its signs are escaped.
_TAG = re.compile(rf'<({"|".join(_TAGS)})(?=[\s>])((?:[^<>]*class="({"|".join(_CLASSES)})")?)')
_PART_OF_LIST = re.compile(r"<(/?)(ol|ul|li)\b([^<>]*)>(\s*<p [^<>]*>)?")
_NUMBER = re.compile(r'\b(?:start|value)="(\d+)"')


def message_html(text):
    """What a person typed, rendered as on the page, with the look of a mail."""
    html = _PART_OF_LIST.sub(_WrittenNumbers(), as_html_without_controls(text))
    return mark_safe(_TAG.sub(_styled, html))  # noqa: S308 it is cleaned


def _styled(tag):
    name, rest, of_class = tag.groups()
    return f'<{name} style="{_CLASSES.get(of_class) or _TAGS[name]}"{rest}'


class _WrittenNumbers:
    """Makes the numbers of a list 1), 2) text: a mail has no style for them."""

    def __init__(self):
        self.next = []  # the next number of each open list; None for lists of other kinds

    def __call__(self, part):
        closing, name, rest, paragraph = part.groups(default="")
        if name == "li":
            return part[0] if closing or self.next[-1] is None else self._item(rest, paragraph)
        if closing:
            return part[0] if self.next.pop() is None else f"</ul>{paragraph}"
        is_written = 'class="parenthesis"' in rest
        self.next.append(_number_in(rest, 1) if is_written else None)
        return f'<ul class="written">{paragraph}' if is_written else part[0]

    def _item(self, rest, paragraph):
        number = _number_in(rest, self.next[-1])
        self.next[-1] = number + 1
        return f"<li{_NUMBER.sub('', rest)}>{paragraph}<bdi>{number})</bdi> "


def _number_in(attributes, otherwise):
    found = _NUMBER.search(attributes)
    return int(found[1]) if found else otherwise
