"""What people fill in for an endpoint."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organizations.member_forms import OwnOrganizationForm
from ui.forms import KeyedForm, TextField

from .addresses import LONGEST_URL
from .errors import WebhookError
from .kinds import choices_for
from .services import EndpointDraft, check_url


class EndpointForm(KeyedForm):
    """Where something is sent, and what."""

    name = TextField(
        label=_("Name"),
        max_length=80,
        help_text=_("What receives it, such as a chat or a monitoring system."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        error_messages={"required": _("Enter a name.")},
    )
    url = TextField(
        label=_("Address"),
        max_length=LONGEST_URL,
        help_text=_("It begins with https:// and is reachable from the internet."),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url", "autocomplete": "off"}),
        error_messages={"required": _("Enter an address.")},
    )
    events = forms.MultipleChoiceField(
        label=_("What is sent"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args, provider, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = choices_for(provider=provider)

    def clean_url(self):
        try:
            check_url(self.cleaned_data["url"])
        except WebhookError as refused:
            raise ValidationError(refused.sentence, code=refused.code) from refused
        return self.cleaned_data["url"]

    def draft(self):
        """What the form holds, for the service."""
        data = self.cleaned_data
        return EndpointDraft(data["name"], data["url"], tuple(data["events"]))

    def refuse(self, error):
        """Put the sentence beside the field that it is about. Another act needs another key."""
        if error.code == "already_sent":
            self.take_new_key()
        field = error.code if error.code in self.fields else None
        self.add_error(field, ValidationError(error.sentence, code=error.code))

    def rebase_on(self, endpoint):
        """Saved once more, it is meant: the reader has seen that somebody else changed it."""
        self.data = self.data.copy()
        self.data["version"] = str(endpoint.version)


class OrganizationEndpointForm(OwnOrganizationForm, EndpointForm):
    """An endpoint of the organization that the form was shown for."""


def form_of(keeper, data=None):
    """The form of a new endpoint, on the keeper's side."""
    if keeper.is_provider:
        return EndpointForm(data, provider=True)
    return OrganizationEndpointForm(data, provider=False, reader=keeper.membership)


def edit_form_of(endpoint, data=None):
    initial = {name: getattr(endpoint, name) for name in ("name", "url", "events", "version")}
    return EndpointForm(data, provider=endpoint.is_of_provider, initial=initial)
