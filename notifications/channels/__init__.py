"""The ways out: one small module a transport, all with the interface written here.

A channel is a module with two functions:

`address_of(person)`: where the person is reached, or "" while they may not be written to there.
`send(letter, address)`: hands one letter over; raises `Refused` when trying again is useless,
`Unavailable` when it is not. It is called outside of any transaction and has a time-out.
"""

from dataclasses import dataclass
from importlib import import_module


class Refused(Exception):
    """The address or the letter will never be taken."""


class Unavailable(Exception):
    """It was not taken now; a later try may do better."""


@dataclass(frozen=True)
class Letter:
    """What is sent to one person. `message_id` is the same at every try."""

    subject: str
    text: str
    html: str
    language: str
    message_id: str
    # What the letter belongs to: letters with the same thread are shown together.
    thread: str = ""


def channel_of(name):
    """The channel of a `Notification.Channel` value."""
    return import_module(f"{__name__}.{name}.transport")
