"""Which topics people want by which channel: stored choices, else the default of the channel."""

from organizations.models import User

from . import channels
from .models import Preference
from .topics import is_on_by_default, topic_of, topic_of_row


def wanted_among(notifications):
    """The keys of those that their one recipient still wants by their one channel, in use."""
    first = notifications[0]
    channel = channels.channel_named(first.channel)
    stored = Preference.objects.of(first.recipient).by_channels([channel.name])
    choices = dict(stored.values_list("topic", "is_wanted"))
    return {each.pk for each in notifications if _wants(channel, topic_of_row(each), choices)}


class Choices:
    """What people have chosen of the channels that are asked for when a row is written: those that
    are off by default, and the bell, of which a row that is unwanted would be seen."""

    def __init__(self):
        self._channels, self._persons, self._choices = channels.registered(), {}, {}
        self.early_channels = [each.name for each in self._channels if _is_asked_early(each)]

    def take(self, candidate):
        """Take up a person's choice as it was read, if they made one."""
        if candidate.topic is None:
            return
        person = candidate.person
        self._persons[person] = User(pk=person, staff_role=candidate.staff_role)
        chosen = self._choices.setdefault((person, candidate.channel), {})
        chosen[candidate.topic] = candidate.is_wanted

    def channels_for(self, event, person):
        """The channels by which a person (id) may be notified of an event, as far as known now.

        The choice is checked again at the moment of sending.
        """
        return [each for each in self._channels if self._is_chosen(each, event, person)]

    def _is_chosen(self, channel, event, person):
        choices = self._choices.get((person, channel.name))
        if not (choices and _is_asked_early(channel)):
            return channel.is_on_by_default
        return _wants(channel, topic_of(event, self._persons[person]), choices)


def _is_asked_early(channel):
    return channel.is_internal or not channel.is_on_by_default


def _wants(channel, topic, choices):
    """By the choices {topic: is wanted} for one channel.

    What has no topic reaches everybody who uses the channel for anything.
    """
    if topic is None:
        return channel.is_on_by_default or any(choices.values())
    return channel.serves(topic) and choices.get(topic, is_on_by_default(topic, channel))
