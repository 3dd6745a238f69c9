"""Static files as production serves them: named by their content, minified and compressed."""

import re
from pathlib import PurePosixPath

import rcssmin
import rjsmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from .trimming import trimmed

# Our own files only: what is vendored keeps the bytes that its hash is of in the repository.
_FOLDERS = {"css", "js"}
_BOOTSTRAP = re.compile(r"vendor/bootstrap-[\d.]+/bootstrap(\.rtl)?\.min\.css")
_MINIFIERS = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}


def minified(name, text):
    """The text of a stylesheet or script of ours without comments and spare white space, and
    Bootstrap without what no page uses.

    Files of other folders and other kinds come back as they are.
    """
    path = PurePosixPath(name)
    if _BOOTSTRAP.fullmatch(name):
        return trimmed(text)
    if path.parts[0] not in _FOLDERS or path.suffix not in _MINIFIERS:
        return text
    return _MINIFIERS[path.suffix](text)


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Minifies each file when `collectstatic` copies it, before its name is made of its content."""

    def _save(self, name, content):
        if PurePosixPath(name).suffix in _MINIFIERS:
            content = ContentFile(minified(name, content.read().decode()).encode())
        return super()._save(name, content)
