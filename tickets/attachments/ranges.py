"""Which bytes of a file a request asks for: RFC 9110, 14."""

import re

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


class UnsatisfiableError(ValueError):
    """The file ends before what is asked for."""


def asked_for(headers, *, etag, size):
    """(start, stop) of the one range asked for, or None where the whole file is to be sent.

    That is also where the request is malformed, or asks for several ranges, or for one of an
    earlier file. Raises UnsatisfiableError.
    """
    found = _ONE_RANGE.fullmatch(headers.get("Range", "").strip())
    if not found or found[0].endswith("=-") or headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    elif last and int(last) < int(first):
        return None
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    if start >= stop:
        raise UnsatisfiableError
    return start, stop
