"""The tags that are offered for choice: a box each."""

from typing import NamedTuple

from tickets.models import Tag
from tickets.prepared import Prepared


class TagBox(NamedTuple):
    """One tag to choose, and whether it is chosen."""

    key: int
    name: str
    colour: str
    is_chosen: bool
    is_retired: bool


@Prepared
def _tags():
    return Tag.objects.known().values_list("pk", "name", "colour", "retired_at")


def boxes_for(keys):
    """A box for each tag that is in use or chosen (by key), by name. One statement."""
    return [
        TagBox(key, name, colour, key in keys, retired_at is not None)
        for key, name, colour, retired_at in _tags.rows()
        if retired_at is None or key in keys
    ]


def tags_of_keys(keys):
    """(key, name) of the known tags of these keys, by name; of merged ones, what they went into."""
    return Tag.objects.standing_for(keys).values_list("pk", "name")
