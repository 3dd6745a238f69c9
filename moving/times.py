"""Times as other systems write them."""

from datetime import UTC, datetime

# A year before this is no time at which a ticket was written: a date of another calendar, or none.
FIRST_YEAR = 1990


def read_time(text, zone):
    """The instant that `text` says, in UTC; None where it says none. Without an offset it is of
    `zone`; an hour that clocks skipped or repeated is the earlier one."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = _in_seconds(text)
    if at is None or not FIRST_YEAR <= at.year < 9999:
        return None
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)


def _in_seconds(text):
    """Seconds since 1970, as some exports have."""
    if not (text.isascii() and text.isdigit() and len(text) == 10):
        return None
    return datetime.fromtimestamp(int(text), UTC)
