"""What people choose to be told of."""

from django import forms

from .models import Notification, Preference
from .topics import topics_for


class PreferencesForm(forms.Form):
    """A box for each topic that concerns the person, ticked where mail is wanted.

    Only what was changed on the page is written: two open pages do not undo each other.
    """

    channel = Notification.Channel.EMAIL

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = Preference.objects.of(person).filter(channel=self.channel)
        chosen = dict(chosen.values_list("topic", "is_wanted"))
        for topic, when in topics_for(person).items():
            self.fields[topic.value] = forms.BooleanField(
                label=topic.label,
                help_text=when,
                required=False,
                initial=chosen.get(topic.value, True),
                show_hidden_initial=True,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )

    def changes(self):
        """(topics that are wanted from now on, topics that are not any more)."""
        chosen = {True: [], False: []}
        for topic in self.changed_data:
            chosen[self.cleaned_data[topic]].append(topic)
        return {"wanted": chosen[True], "unwanted": chosen[False]}
