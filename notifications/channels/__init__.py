"""How a person is reached: one package per channel, and what every channel has to have.

`NOTIFICATION_CHANNELS` in the settings lists the packages. Each has a module `channel` with one
instance of a subclass of `Channel`, named `channel`. The outbox knows channels only by this class.
"""

from abc import ABC, abstractmethod
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LONGEST_NAME = 10
# The channel of the site's own pages.
BELL = "bell"
# After each failed attempt so long a wait; after the attempt that follows the last wait the
# notification has finally failed.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)


class Refused(Exception):
    """The address or the message will never be accepted: trying again is useless."""


class AddressRefused(Refused):
    """The server knows no such address, or takes nothing for it."""


class Unavailable(Exception):
    """The message was not accepted now; a later attempt may succeed."""


class Down(Unavailable):
    """The server does not answer at all: other messages need not be tried for a while either."""


class Channel(ABC):
    """One way to reach a person."""

    # Stored in notifications and preferences; never changed. At most LONGEST_NAME characters.
    name = ""
    # Its name, translated.
    label = ""
    # Whether it reaches people who have chosen nothing. E-mail does; others wait to be chosen.
    is_on_by_default = False
    # Whether its rows are delivered by being written: nothing leaves the site, nothing is sent.
    is_internal = False
    # Whether it can tell of several events in one message (`compose_many`).
    can_bundle = False
    # The topics it can be chosen for; None for all.
    topics = None
    # The waits between the attempts to send one notification.
    waits = WAITS
    # A form of what else a person has to enter, called with (data, person=…, prefix=…); or None.
    form_class = None

    @abstractmethod
    def address_of(self, person):
        """Where the person is reached, or "" while they may not be written to there."""

    def is_undeliverable(self, person):
        """Whether messages to the person's address came back for good, so that it has none now."""
        return False

    @abstractmethod
    def compose(self, notification, *, now):
        """What `send` is to send for a notification, in its recipient's language, as of `now`."""

    def compose_many(self, notifications, *, now):
        """As `compose`, one message for several notifications of one person, or for one that
        tells of `more` tickets than its own."""
        raise NotImplementedError

    @abstractmethod
    def send(self, message, address):
        """Hand one message over to the channel's server, with a time-out of at most 15 seconds.

        Called outside of any transaction. Raises Refused, Unavailable or Down.
        """

    def serves(self, topic):
        """Whether people can choose the topic; what has none (None) is sent by every channel."""
        return topic is None or self.topics is None or topic in self.topics

    def save_settings(self, person, answers):
        """Save what the person entered into a form of `form_class`."""
        raise NotImplementedError


def registered():
    """Every channel in use, in the order of the settings."""
    return [_channel_in(package) for package in settings.NOTIFICATION_CHANNELS]


def channel_named(name):
    """The channel of a stored name; None when it is not in use any more."""
    return next((channel for channel in registered() if channel.name == name), None)


def internal_names():
    """The channels by which nothing leaves the site."""
    return [channel.name for channel in registered() if channel.is_internal]


def choices():
    """(name, label) of every channel in use, for fields of models."""
    return [(channel.name, channel.label) for channel in registered()]


def _channel_in(package):
    channel = import_module(f"{package}.channel").channel
    if not 0 < len(channel.name) <= LONGEST_NAME:
        raise ImproperlyConfigured(f"{package}: a name has 1 to {LONGEST_NAME} characters")
    return channel
