"""Time zones as people look for them: by the name of a place, with the time that it is there."""

import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

from django.utils import timezone

from ui.wording import format_time

# Areas of the database that are no places: aliases of old systems.
_NO_PLACES = {"Etc", "SystemV", "US", "posix", "right"}
# Names that the database does not have, as Persian readers type them.
_ALIASES = {"تهران": "Asia/Tehran", "ایران": "Asia/Tehran", "iran": "Asia/Tehran"}


@dataclass(frozen=True)
class Zone:
    """A zone of the list: its name, and the time there in the reader's digits."""

    name: str
    time: str


def zones_at(at):
    """The zones that are offered, with the time that it is there at `at`."""
    found = []
    for name in zone_names():
        with timezone.override(name):
            found.append(Zone(name, format_time(at)))
    return found


def zone_choices():
    """The zones as the choices of a field."""
    return [(name, name.replace("_", " ")) for name in zone_names()]


@lru_cache(maxsize=1)
def zone_names():
    """Those named after a place, and UTC."""
    places = sorted(name for name in zoneinfo.available_timezones() if _is_place(name))
    return ("UTC", *places)


def zone_named(text):
    """The zone of a name typed in any case, with spaces, or by its place alone; "" for none."""
    key = " ".join(text.replace("_", " ").casefold().split())
    return _ALIASES.get(key) or _by_name().get(key, "")


def _by_name():
    """Whole names and those places that only one zone is named after."""
    names = {name.replace("_", " ").casefold(): name for name in zone_names()}
    places = {}
    for name in zone_names():
        place = name.rpartition("/")[2].replace("_", " ").casefold()
        places.setdefault(place, []).append(name)
    return {place: of[0] for place, of in places.items() if len(of) == 1} | names


def _is_place(name):
    area, slash, _place = name.partition("/")
    return bool(slash) and area not in _NO_PLACES
