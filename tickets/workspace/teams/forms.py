"""What supervisors fill in about teams. Forms check shape; services decide what may be done."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import User
from tickets import services
from tickets.choices import Category
from tickets.workspace.forms import FRESH
from ui.forms import KeyedForm, TextField


class TeamForm(KeyedForm):
    """A team as somebody writes it."""

    name = TextField(
        label=_("Name"),
        max_length=services.LONGEST_TEAM_NAME,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    categories = forms.MultipleChoiceField(
        label=_("Categories"),
        choices=Category.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    members = forms.TypedMultipleChoiceField(
        label=_("Agents"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    assigns_automatically = forms.BooleanField(
        label=_("Assign tickets that nobody has to the agent on duty with the fewest"),
        required=False,
    )
    most_tickets = forms.IntegerField(
        label=_("Most tickets of one agent"),
        min_value=1,
        max_value=services.MOST_TICKETS,
        initial=10,
        help_text=_("Who has so many on which it is our turn is given no more."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs=FRESH))

    def __init__(self, *args, team=None, **kwargs):
        super().__init__(*args, initial=_shown(team) if team else None, **kwargs)
        self.fields["members"].choices = _people(team)

    def draft(self):
        """What the form says, for a service."""
        data = self.cleaned_data
        return services.TeamDraft(
            name=data["name"],
            members=tuple(data["members"]),
            categories=tuple(data["categories"]),
            assigns_automatically=data["assigns_automatically"],
            most_tickets=data["most_tickets"],
        )

    def refuse(self, error):
        """Say what the domain refused, beside the field that it is about.

        What the form already saved is not saved again: with a new key the person can save this too.
        """
        if error.code == "already_sent":
            self.take_new_key()
        self.add_error(error.code if error.code in self.fields else None, error.sentence)

    def rebase_on(self, team):
        """The page shows that the team was changed: saved again, the form is meant for that."""
        self.data = self.data.copy()
        self.data["version"] = str(team.version)


def _shown(team):
    return {
        "name": team.name,
        "categories": [each.category for each in team.categories.all()],
        "members": [each.user_id for each in team.members.all()],
        "assigns_automatically": team.assigns_automatically,
        "most_tickets": team.most_tickets,
        "version": team.version,
    }


def _people(team):
    """The agents by name, and members whose account was deactivated since the page was shown."""
    agents = list(User.objects.agents().order_by("name", "pk").named())
    if team is None:
        return agents
    known = {key for key, _name in agents}
    gone = User.objects.filter(in_teams__team=team).exclude(pk__in=known)
    return [*agents, *gone.order_by("name", "pk").named()]
