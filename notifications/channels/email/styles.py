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
_VERBATIM = f"{_TAGS['p']};{_MONO};font-size:13px"
# Text cannot hold a tag: its signs are escaped.
_TAG = re.compile(rf"<({'|'.join(_TAGS)})(?=[\s>])((?:[^<>]*class=\"verbatim\")?)")


def message_html(text):
    """What a person typed, rendered as on the page, with the look of a mail."""
    return mark_safe(_TAG.sub(_styled, as_html_without_controls(text)))  # noqa: S308 it is cleaned


def _styled(tag):
    name, verbatim = tag.groups()
    style = _VERBATIM if verbatim else _TAGS[name]
    return f'<{name} style="{style}"{verbatim}'
