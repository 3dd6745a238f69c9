"""Tables in files: CSV with a heading, or JSON, in one encoding, whole or refused."""

import csv
import io
import json
import re
from pathlib import Path

from moving.records import ImportRefused

# A message of a ticket may be long; a field of 100 MB is no message.
LONGEST_FIELD = 100_000_000
NOTHING = {"NULL", "\\N"}
# What decoders say of bytes at the end that are the beginning of a letter, and no more.
_ENDS_EARLY = {"unexpected end of data", "truncated data"}
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def csv_rows(path: Path, encoding: str, *, required=(), nulls=frozenset()):
    """The rows of a CSV file as dictionaries of text. Raises ImportRefused for a file that cannot
    be read as a whole: of another encoding, cut off, without the `required` columns."""
    csv.field_size_limit(LONGEST_FIELD)
    with _opened(path) as file:
        lines = _decoded(path, file, encoding)
        reader = csv.reader(lines, strict=True)
        try:
            heading = [each.strip().lower() for each in next(reader, [])]
            if missing := [each for each in required if each not in heading]:
                raise ImportRefused(f"{path.name} has no column {', '.join(missing)}.")
            for row in reader:
                if not row:
                    continue
                if len(row) != len(heading):
                    raise ImportRefused(
                        f"{path.name}, line {reader.line_num}: {len(row)} fields instead of "
                        f"{len(heading)}. Is the file cut off?"
                    )
                yield {
                    name: "" if value in nulls else value
                    for name, value in zip(heading, row, strict=True)
                }
        except csv.Error as error:
            raise ImportRefused(
                f"{path.name}, line {reader.line_num}: {error}. Is the file cut off?"
            ) from error


def json_rows(path: Path, encoding: str):
    """The objects of a JSON file: one a line, or arrays of them one a line, as pages of an API are
    kept, or one array over many lines. Raises ImportRefused for a file that is cut off."""
    with _opened(path) as file:
        lines = _decoded(path, file, encoding)
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as error:
                # Perhaps one value that is written over many lines.
                if number > 1:
                    raise _cut_off(path, number, error) from error
                found = _whole(path, line + "".join(lines))
            yield from _objects(path, number, found)


def _whole(path, text):
    try:
        return json.loads(text)
    except ValueError as error:
        raise _cut_off(path, 1, error) from error


def _cut_off(path, number, error):
    return ImportRefused(f"{path.name}, line {number}: no JSON ({error}). Is the file cut off?")


def _objects(path, number, found):
    for each in found if isinstance(found, list) else [found]:
        if not isinstance(each, dict):
            raise ImportRefused(f"{path.name}, line {number}: no object of JSON.")
        yield each


def text(value):
    """A value of JSON or CSV as the text that a record holds."""
    if value is None or value is False:
        return ""
    return _NO_TEXT.sub("", str(value)).strip() if not isinstance(value, dict | list) else ""


def _opened(path):
    try:
        return path.open("rb")
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read: {error.strerror}.") from error


def _decoded(path, file, encoding):
    """The lines, decoded strictly: what is not of the encoding is not guessed at."""
    head = file.read(4)
    file.seek(0)
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} and encoding == "utf-8-sig":
        encoding = "utf-16"
    try:
        with_ends = io.TextIOWrapper(file, encoding=encoding, newline="")
    except LookupError as error:
        raise ImportRefused(f"{encoding} is no encoding.") from error
    number = 0
    try:
        for line in with_ends:
            number += 1
            yield line
    except UnicodeError as error:
        if getattr(error, "reason", "") in _ENDS_EARLY:
            raise ImportRefused(
                f"{path.name}, line {number + 1}: the file ends in the middle of a letter. "
                "It was cut off: export or copy it again."
            ) from error
        raise ImportRefused(
            f"{path.name}, near line {number + 1}: this is not {encoding.removesuffix('-sig')}. "
            "Name its encoding with --encoding, such as cp1256."
        ) from error
