"""What was read of the bell, and what people choose to be notified of by each channel."""

from typing import NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from ui import wording

from . import channels
from .models import Preference, Timing
from .topics import Topic, always_sent, is_on_by_default, topics_for

# Of what has no topic of its own: it comes with whatever else was chosen of the channel.
IN_USE = _("If in use")
LARGEST_KEY = 2**63 - 1


class ReadForm(forms.Form):
    """Up to which row of the bell was read, and of which ticket alone."""

    until = forms.IntegerField(min_value=0, max_value=LARGEST_KEY)
    ticket = forms.IntegerField(min_value=0, max_value=LARGEST_KEY, required=False)


class TopicsForm(forms.Form):
    """A box for each topic that concerns the person, ticked where the channel is wanted for it.

    Only what was changed on the page is saved: two open pages do not undo each other.
    """

    def __init__(self, *args, person, channel, **kwargs):
        super().__init__(*args, prefix=channel.name, **kwargs)
        self.channel = channel
        stored = Preference.objects.of(person).by_channels([channel.name])
        choices = dict(stored.values_list("topic", "is_wanted"))
        for topic in filter(channel.serves, topics_for(person)):
            # Named by the heads of its row and its column.
            heads = f"topic-{topic.value} channel-{channel.name}"
            shown = {"aria-labelledby": heads, "aria-describedby": f"occasion-{topic.value}"}
            self.fields[topic.value] = forms.BooleanField(
                required=False,
                initial=choices.get(topic.value, is_on_by_default(topic, channel)),
                show_hidden_initial=True,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input", **shown}),
            )


def _full_hours():
    return [(str(hour), wording.digits(f"{hour:02}:00")) for hour in range(24)]


class TimingForm(forms.Form):
    """When the person is sent what can wait; what must not wait is sent at once."""

    digest = forms.ChoiceField(
        label=_("E-mails that can wait"), choices=Timing.Digest.choices, required=False
    )
    digest_hour = forms.TypedChoiceField(
        label=_("Once a day, at"), coerce=int, empty_value=9, required=False
    )
    quiet_from = forms.TimeField(
        label=_("Quiet hours from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet hours until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def __init__(self, sent, *, person):
        stored = getattr(person, "notification_timing", None) or Timing()
        names = ("digest", "digest_hour", "quiet_from", "quiet_until")
        initial = {name: getattr(stored, name) for name in names}
        # A page that was opened before there were these fields sends none of them.
        self.was_sent = sent is not None and "timing-digest" in sent
        super().__init__(sent if self.was_sent else None, prefix="timing", initial=initial)
        self.fields["digest_hour"].choices = _full_hours()

    def clean(self):
        answers = super().clean()
        start, end = answers.get("quiet_from"), answers.get("quiet_until")
        if self.errors:
            return answers
        half = _("Enter when the quiet hours begin and when they end, or neither.")
        if start is None and end is not None:
            self.add_error("quiet_from", half)
        elif start is not None and (end is None or end == start):
            self.add_error("quiet_until", half)
        return answers


class Section:
    """A channel on the preferences page: a column of topics, and its own form where it has one."""

    def __init__(self, channel, sent, *, person):
        self.channel = channel
        self.topics = TopicsForm(sent, person=person, channel=channel)
        self.settings = channel.form_class and channel.form_class(
            sent, person=person, prefix=f"{channel.name}-settings"
        )

    def box(self, topic):
        """The box of a topic; None where the channel does not serve it."""
        return self.topics[topic.value] if topic.value in self.topics.fields else None

    def is_valid(self):
        return all(form.is_valid() for form in (self.topics, self.settings) if form)

    def choices(self):
        """What was changed, as `services.save_preferences` takes it."""
        answers = self.topics.cleaned_data
        changed = self.topics.changed_data
        return {
            "channel": self.channel,
            "wanted": [topic for topic in changed if answers[topic]],
            "unwanted": [topic for topic in changed if not answers[topic]],
            "settings": self.settings.cleaned_data if self.settings else None,
        }


def sections_for(person, sent=None):
    """The sections of a person's preferences page, filled with what was sent, if anything was."""
    return [Section(channel, sent, person=person) for channel in channels.registered()]


class Row(NamedTuple):
    """One topic on the preferences page, and the box of each channel for it, or None."""

    topic: Topic
    occasion: str
    boxes: list


def rows_for(person, sections):
    """What the person chooses among, a row for each topic."""
    topics = topics_for(person).items()
    return [Row(topic, when, [each.box(topic) for each in sections]) for topic, when in topics]


class AlwaysRow(NamedTuple):
    """What nobody chooses, and for each channel whether it is always sent by it; `by_all` where it
    is sent by every channel that is in use."""

    label: str
    occasion: str
    channels: list
    by_all: bool


def always_rows_for(person, sections):
    """What is sent whatever the person chooses, with (channel, whether by it) in words."""
    used = [section.channel for section in sections]
    return [
        AlwaysRow(label, occasion, [(each, _word(each, names)) for each in used], not names)
        for label, occasion, names in always_sent(person)
    ]


def _word(channel, names):
    """Whether something is always sent by the channel; where no channels are named it is sent by
    every channel that the person uses."""
    if names:
        return _("Always") if channel.name in names else ""
    return _("Always") if channel.is_on_by_default else IN_USE
