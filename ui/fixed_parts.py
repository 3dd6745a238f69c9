"""Parts of pages that are the same for everybody who reads the language, kept per process.

`docs/caches.md` lists what is kept and why it cannot go stale.
"""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi


def fixed_part(template, **values):
    """The HTML of a template that shows nothing but its words and these values."""
    # Who works on a template sees the change at once.
    render = _rendered.__wrapped__ if settings.DEBUG else _rendered
    return render(template, get_language(), **values)


@lru_cache(maxsize=1024)
def _rendered(template, language, **values):
    shown = {"LANGUAGE_CODE": language, "LANGUAGE_BIDI": get_language_bidi()}
    return render_to_string(template, {**shown, **values})
