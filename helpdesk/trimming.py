"""Bootstrap without the rules for classes that nothing of ours names: nine tenths of it."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.utils import get_app_template_dirs

# Where a class may be named: whatever looks like one counts, so that too much is kept at worst.
_KINDS = {".html", ".py", ".js"}
_FOLDERS = (
    *("api", "helpdesk", "intake", "moving", "notifications", "organizations", "plans", "tickets"),
    *("ui", "webhooks"),
    *("static/js", "templates"),
)
_WORD = re.compile(r"[\w-]+")
_HEAD = re.compile(r"[^{};]*[{;]")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
# Not the commas within parentheses.
_COMMA = re.compile(r",(?![^(]*\))")


def trimmed(css, words=None):
    """The stylesheet without the selectors that need a class which is none of `words`, by default
    those of our code and templates."""
    words = _used_words() if words is None else words
    return "".join(_kept(head, body, words) for head, body in _rules(_COMMENT.sub("", css)))


def _kept(head, body, words):
    if body is None:
        return head
    if head.startswith(("@media", "@supports")):
        body = trimmed(body, words)
    elif not head.startswith("@"):
        selectors = _COMMA.split(head)
        head = ",".join(each for each in selectors if words.issuperset(_CLASS.findall(each)))
    return f"{head}{{{body}}}" if head and body else ""


def _rules(css):
    """(head, body) of each rule, of one without a body None."""
    place = 0
    while found := _HEAD.match(css, place):
        head, place = found[0], found.end()
        if head.endswith(";"):
            yield head, None
            continue
        start, depth = place, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[place], 0)
            place += 1
        yield head[:-1].strip(), css[start : place - 1]


@cache
def _used_words():
    """All words of our code and of the templates of every app."""
    folders = [
        *(settings.BASE_DIR / each for each in _FOLDERS),
        *get_app_template_dirs("templates"),
    ]
    files = (path for folder in folders for path in Path(folder).rglob("*"))
    texts = (path.read_text("utf-8") for path in files if path.suffix in _KINDS)
    return frozenset(word for text in texts for word in _WORD.findall(text))
