"""What the forms of an agent's composer show while nobody has written in them, kept per process: to
render it takes longer than the conversation.

`docs/caches.md` lists what is kept and why it cannot go stale.
"""

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language

from .forms import AgentReplyForm, NoteForm

NOTE_ID = "note-%s"
# In the order of `Parts`.
TEMPLATES = ("_composer_text", "_file_list", "_composer_attach", "_composer_end")


class Parts(NamedTuple):
    """The HTML of a form's text, of its list of files, of choosing files, and of its buttons."""

    text: str
    files: str
    attach: str
    end: str


def untouched_parts(reply_form, note_form, reply_options):
    """{mode: its `Parts`} of those of the two forms that hold nothing of anybody's."""
    # Who works on a template sees the change at once.
    parts = _parts.__wrapped__ if settings.DEBUG else _parts
    found, language = {}, get_language()
    if reply_form.is_untouched:
        goes_on = bool(reply_form.initial.get("go_on"))
        found["public"] = parts("public", language, tuple(reply_options), goes_on)
    if note_form.is_untouched:
        found["note"] = parts("note", language, (), False)
    return found


@lru_cache(maxsize=64)
def _parts(mode, language, reply_options, goes_on):
    if mode == "note":
        form = NoteForm(user=None, auto_id=NOTE_ID)
    else:
        form = AgentReplyForm(user=None, initial={"go_on": goes_on})
    shown = {"mode": mode, "form": form, "reply_options": reply_options}
    return Parts(*(render_to_string(f"components/{name}.html", shown) for name in TEMPLATES))
