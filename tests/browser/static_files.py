"""Static files as browsers under test get them: read once, and kept by the browser.

A page has thirty of them, and most tests open a browser that has none yet. In production they are
kept too, under names that change with their content.
"""

import mimetypes
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import get_path_info


class KeptStaticFilesHandler(StaticFilesHandler):
    def __call__(self, environ, start_response):
        path = get_path_info(environ)
        answer = self._should_handle(path) and answer_for(self.file_path(path))
        if not answer:
            return super().__call__(environ, start_response)
        content, headers = answer
        start_response("200 OK", [*headers])
        return [content]


@cache
def answer_for(name):
    """(content, headers) of a file, or None where there is no such file."""
    path = finders.find(name)
    if not path:
        return None
    content = Path(path).read_bytes()
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    headers = {
        "Content-Type": kind,
        "Content-Length": str(len(content)),
        "Cache-Control": "max-age=600",
    }
    return content, tuple(headers.items())
