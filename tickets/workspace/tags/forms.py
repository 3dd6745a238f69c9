"""What people fill in about tags. Forms check shape; services decide what may be done."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.choices import TagColour
from tickets.models import Tag
from tickets.models.tags import LONGEST_TAG
from tickets.workspace.forms import FRESH
from ui.forms import KeyedForm, TextField
from ui.keys import key_in


class KeysField(forms.TypedMultipleChoiceField):
    """Keys of rows, whichever they are: what there is, the service knows."""

    def __init__(self, **kwargs):
        super().__init__(coerce=int, required=False, **kwargs)

    def valid_value(self, value):
        return key_in(value) is not None


class TicketTagsForm(forms.Form):
    """The tags that are chosen for a ticket, and those that it had when the page was shown: what
    others changed in the meantime stays."""

    tags = KeysField(error_messages={"invalid_choice": _("Choose from the list.")})
    seen = KeysField(error_messages={"invalid_choice": _("Choose from the list.")})

    def changes(self):
        """What to add and what to remove, for the service."""
        chosen, seen = set(self.cleaned_data["tags"]), set(self.cleaned_data["seen"])
        return {"add": chosen - seen, "remove": seen - chosen}


class TagForm(KeyedForm):
    """The name and the colour of a tag."""

    name = TextField(
        label=_("Name"),
        max_length=LONGEST_TAG,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    colour = forms.ChoiceField(
        label=_("Colour"), choices=TagColour.choices, widget=forms.RadioSelect
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs=FRESH))

    @classmethod
    def empty(cls):
        """The form for a new tag."""
        return cls(initial={"colour": TagColour.BLUE})

    @classmethod
    def of(cls, tag):
        """The form that shows a tag as it is."""
        return cls(initial={name: getattr(tag, name) for name in ("name", "colour", "version")})

    def refuse(self, error):
        """Say what the domain refused, beside the field that it is about."""
        if error.code == "already_sent":
            self.take_new_key()
        self.add_error(error.code if error.code in self.fields else None, error.sentence)

    def rebase_on(self, tag):
        """The page shows the tag as it is now: saved again, the change is meant for that."""
        self.data = self.data.copy()
        self.data["version"] = str(tag.version)


class MergeForm(forms.Form):
    """The tag that another becomes part of."""

    into = forms.ModelChoiceField(
        label=_("Merge into"),
        queryset=Tag.objects.none(),
        empty_label=_("Choose a tag"),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )

    def __init__(self, *args, tag, **kwargs):
        super().__init__(*args, **kwargs)
        # With the tag itself: what cannot be, the service says.
        self.fields["into"].queryset = Tag.objects.known().exclude(pk=tag.pk)
