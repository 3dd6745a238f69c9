"""The values of the environment, of which settings are made."""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

SYSTEM_ZONES = Path("/usr/share/zoneinfo")
# Days: who looks into a quarter must still find it, and there are no older dates than a century.
SHORTEST_RETENTION, LONGEST_RETENTION = 90, 36_500


class ValuesAndFiles(FileAwareMapping):
    """The environment, where NAME_FILE names a file with the value of NAME, as secrets of a
    container are given; editors end a file with a line break."""

    def __getitem__(self, key):
        return super().__getitem__(key).rstrip("\n")


class Environment(environ.Env):
    ENVIRON = ValuesAndFiles()


env = Environment()


def flag(name, *, default):
    """A yes or no of the environment. Raises ImproperlyConfigured for anything else."""
    value = env.str(name, default="").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")
    return default


def token(name):
    """A secret that programs send, or "". Raises ImproperlyConfigured where it can be guessed."""
    value = env.str(name, default="").strip()
    if value and len(value) < 32:
        raise ImproperlyConfigured(f"{name} must be at least 32 random characters")
    return value


def address(name):
    """A (host, port) to listen at, given as `host:port`, or None. Raises ImproperlyConfigured."""
    value = env.str(name, default="").strip()
    host, _colon, port = value.rpartition(":")
    if value and not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ImproperlyConfigured(f"{name} must be of the form 127.0.0.1:9101")
    return (host.strip("[]"), int(port)) if value else None


def server(name):
    """The http address of a server, or "". Raises ImproperlyConfigured for anything else."""
    value = env.str(name, default="").strip()
    if value and not (urlsplit(value).scheme in {"http", "https"} and urlsplit(value).hostname):
        raise ImproperlyConfigured(f"{name} must be an address that begins with https://")
    return value


def retention(name, *, longer_than):
    """After how many days something is removed, 0 for never. Raises ImproperlyConfigured for what
    is no number, for less than SHORTEST_RETENTION, and for no more than `longer_than`."""
    value = env.str(name, default="0").strip() or "0"
    if not (value.isascii() and value.isdigit()) or int(value) > LONGEST_RETENTION:
        raise ImproperlyConfigured(f"{name} must be a number of days, or 0 to keep everything")
    days = int(value)
    if days and days < SHORTEST_RETENTION:
        raise ImproperlyConfigured(f"{name} must be at least {SHORTEST_RETENTION} days, or 0")
    if days and days <= longer_than:
        raise ImproperlyConfigured(
            f"{name} must be more than REOPEN_WITHIN_DAYS ({longer_than}): what can still be "
            "reopened is kept"
        )
    return days


def time_zone(name, *, default):
    """The name of a time zone. Raises ImproperlyConfigured for one that this machine cannot tell,
    and where it cannot tell the default, which calendars and people are in whatever is set."""
    value = env.str(name, default=default)
    for zone in (value, default):
        if not _is_known(zone):
            raise ImproperlyConfigured(
                f"{name}: this machine knows no time zone {zone}; is its package tzdata whole?"
            )
    return value


def _is_known(zone):
    """The package tzdata stands in for a system without time zones, but Django asks the system
    first."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return not SYSTEM_ZONES.exists() or SYSTEM_ZONES.joinpath(zone).exists()
