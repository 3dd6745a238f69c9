"""Where files are kept: what a store has to offer, and the store that is a folder.

A store is a Django storage with `part` and `listed`. The other one is `s3.S3Store`.
"""

from contextlib import suppress
from pathlib import Path

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


class StoreAwayError(OSError):
    """The store does not answer, or refuses us; what it holds is not lost by that."""


@deconstructible(path="tickets.attachments.stores.LocalStore")
class LocalStore(FileSystemStorage):
    """A folder, outside any public path."""

    def _open(self, name, mode="rb"):
        try:
            return super()._open(name, mode)
        except FileNotFoundError:
            raise
        except OSError as problem:
            raise StoreAwayError(problem.errno, problem.strerror, name) from problem

    def part(self, name, start=0, stop=None):
        """The bytes from `start` to before `stop`, to be read in pieces and closed.

        Raises FileNotFoundError where the file was lost, or StoreAwayError.
        """
        file = self.open(name)
        file.seek(start)
        return file if stop is None else Bounded(file, stop - start)

    def listed(self, before=None):
        """The paths of all files, in no order; of those last written before a moment, if given."""
        for path in Path(self.location).rglob("*"):
            with suppress(FileNotFoundError):  # removed meanwhile
                if path.is_file() and (before is None or path.stat().st_mtime < before.timestamp()):
                    yield str(path.relative_to(self.location))


class Bounded:
    """The next bytes of a file, so many at most."""

    def __init__(self, file, length):
        self._file, self._left = file, length

    def read(self, size=-1):
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        piece = self._file.read(wanted)
        self._left -= len(piece)
        return piece

    def close(self):
        self._file.close()
