"""Which topics people want by which channel: stored choices, else the default of the channel."""

from . import channels
from .models import Preference
from .topics import topic_of


def wanted_among(notifications):
    """The keys of those that their one recipient still wants by their one channel, in use."""
    first = notifications[0]
    channel = channels.channel_named(first.channel)
    stored = Preference.objects.of(first.recipient).by_channels([channel.name])
    choices = dict(stored.values_list("topic", "is_wanted"))
    return {
        each.pk
        for each in notifications
        if _wants(channel, topic_of(each.event, first.recipient), choices)
    }


class Choices:
    """What people have chosen of the channels that are asked for when a row is written: those that
    are off by default, and the bell, of which a row that is unwanted would be seen."""

    def __init__(self, people):
        """Read the choices of these people (ids) in one query, or in none without such channels."""
        self._channels, self._persons, self._choices = channels.registered(), {}, {}
        names = [each.name for each in self._channels if _is_asked_early(each)]
        if not names:
            return
        stored = Preference.objects.by_channels(names).filter(user__in=people)
        for row in stored.select_related("user"):
            self._persons[row.user_id] = row.user
            self._choices.setdefault((row.user_id, row.channel), {})[row.topic] = row.is_wanted

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
    return channel.serves(topic) and choices.get(topic, channel.is_on_by_default)
