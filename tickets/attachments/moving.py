"""Moving stored files from one store to the other, each verified by its hash."""

import hashlib
from enum import Enum


class Outcome(Enum):
    """What became of a file."""

    THERE = "there already"
    COPIED = "copied"
    LOST = "missing"
    DAMAGED = "damaged"


def move(path, source, target, *, sha256="", delete=False):
    """Have `target` hold the file that `source` does, and with `delete` only `target`.

    Without a known hash the file is what the source holds. May be cut off and run again: what is
    whole at the target is not copied again, and nothing is deleted before it is.
    """
    wanted = sha256 or digest_of(source, path)
    found = digest_of(target, path)
    if not wanted:
        return Outcome.THERE if found else Outcome.LOST
    outcome = Outcome.THERE if found == wanted else _copy(path, source, target, wanted, found)
    if delete and outcome in {Outcome.THERE, Outcome.COPIED}:
        source.delete(path)
    return outcome


def _copy(path, source, target, wanted, found):
    held = digest_of(source, path)
    if held is None:
        return Outcome.LOST
    if held != wanted:
        return Outcome.DAMAGED
    if found:
        target.delete(path)
    with source.open(path) as file:
        target.save(path, file)
    return Outcome.COPIED if digest_of(target, path) == wanted else Outcome.DAMAGED


def digest_of(store, path):
    """The SHA-256 of a stored file, or None where there is none."""
    try:
        with store.open(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
