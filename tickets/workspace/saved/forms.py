"""What agents fill in about saved views. Forms check shape; services decide what may be done."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tickets import services
from tickets.models import LONGEST_VIEW_NAME, Team
from tickets.workspace.forms import FRESH
from tickets.workspace.query import QueueQuery
from ui.forms import KeyedForm, TextField
from ui.names import clean_name


class ViewForm(KeyedForm):
    """A saved view: its name, and who sees it beside their queue. The list itself goes along as an
    address."""

    name = TextField(
        label=_("Name"),
        max_length=LONGEST_VIEW_NAME,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    team = forms.ModelChoiceField(
        label=_("Who sees it"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("Only me"),
        error_messages={"invalid_choice": _("Choose a team that you belong to.")},
    )
    list = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs=FRESH))

    def __init__(self, *args, user, view=None, **kwargs):
        initial = kwargs.pop("initial", {})
        if view:
            initial |= {
                "name": view.name,
                "team": view.team_id,
                "list": view.query,
                "version": view.version,
            }
        super().__init__(*args, initial=initial, **kwargs)
        teams = Team.objects.joined_by(user)
        if view and view.is_shared:
            # What it is now may be kept, by who left the team too.
            teams = Team.objects.living().filter(
                pk__in=[*teams.values_list("pk", flat=True), view.team_id]
            )
        self.fields["team"].queryset = teams.by_name()
        if not (view or self.is_bound):
            self.fields["name"].widget.attrs["autofocus"] = True

    def clean_name(self):
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Enter a name."), code="required")
        return name

    def draft(self):
        """What the form says, for a service."""
        team = self.cleaned_data["team"]
        return draft_of(
            self.cleaned_data["list"], name=self.cleaned_data["name"], team_id=team and team.pk
        )

    def refuse(self, error):
        """Say what the domain refused, beside the field that it is about.

        What the form already saved is not saved again: with a new key the person can save this too.
        """
        if error.code == "already_sent":
            self.take_new_key()
        self.add_error(error.code if error.code in self.fields else None, error.sentence)

    def rebase_on(self, view):
        """The page shows that the view was changed: saved again, the form is meant for that."""
        self.data = self.data.copy()
        self.data["version"] = str(view.version)


def draft_of(address, *, name, team_id, labels=()):
    """The draft of a view of the list at an address: what it refers to in vain is left out, what
    it refers to is named, so that it can be named once it is gone."""
    wanted = QueueQuery.from_address(address).without("view")
    names = [
        (each.kind, one.key, one.name)
        for attribute, each in QueueQuery.references().items()
        for one in getattr(wanted, attribute)
        if one.pk is not None
    ]
    return services.ViewDraft(
        name=name, team_id=team_id, query=wanted.query, labels=tuple(map(list, names))
    )
