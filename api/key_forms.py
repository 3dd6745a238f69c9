"""What people fill in for a new key."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organizations.member_forms import OwnOrganizationForm
from ui.forms import KeyedForm, TextField

from .scopes import Scope, scopes_for
from .services import KeyDraft

DAYS = [
    (30, _("30 days")),
    (90, _("90 days")),
    (365, _("one year")),
]


class KeyForm(KeyedForm):
    """A key's name, what it may be used for, and for how long."""

    name = TextField(
        label=_("Name"),
        max_length=80,
        help_text=_("What uses the key. The history shows it beside your name."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        error_messages={"required": _("Enter a name.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may be used for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    days = forms.TypedChoiceField(label=_("Valid for"), coerce=int, choices=DAYS, initial=90)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(each.value, each.label) for each in scopes_for(user)]

    def draft(self):
        """What the form holds, for the service."""
        data = self.cleaned_data
        return KeyDraft(
            name=data["name"],
            scopes=tuple(Scope(each) for each in data["scopes"]),
            days=data["days"],
            form_key=data["form_key"],
        )

    def refuse(self, error):
        """Put the sentence beside the field that it is about. Another act needs another key."""
        if error.code == "already_sent":
            self.take_new_key()
        field = error.code if error.code in self.fields else None
        self.add_error(field, ValidationError(error.sentence, code=error.code))


class OrganizationKeyForm(OwnOrganizationForm, KeyForm):
    """A key of the organization that the form was shown for."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _(
            "What uses the key. Colleagues and the support team see it by this name."
        )
