"""What supervisors fill in about teams. Forms check shape; services decide what may be done."""

from datetime import time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations import services as people
from organizations.availability import LONGEST_AWAY_REASON
from organizations.models import User
from plans.models import Calendar
from tickets import services
from tickets.choices import Category
from tickets.models import Ticket
from tickets.workspace.forms import FRESH, PersonField
from ui.dates import at_time
from ui.forms import ClockTimeField, JalaliDateField, KeyedForm, NumberField, TextField


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
        label=_("Assign tickets without an assignee to the agent on duty who has the fewest"),
        required=False,
    )
    most_tickets = NumberField(
        label=_("Maximum tickets per agent"),
        min_value=1,
        max_value=services.MOST_TICKETS,
        initial=10,
        help_text=_("An agent who has this many tickets on which it is our turn gets no more."),
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


class AvailabilityForm(forms.Form):
    """Whether an agent is on duty; away, why and until when. Supervisors set working hours too."""

    presence = forms.ChoiceField(
        label=_("Availability"),
        choices=[("present", _("On duty")), ("away", _("Away"))],
        widget=forms.RadioSelect,
    )
    reason = TextField(
        label=_("Reason"),
        max_length=LONGEST_AWAY_REASON,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Other agents see it."),
    )
    back_on = JalaliDateField(label=_("Back on"), required=False)
    back_at = ClockTimeField(label=_("Back at"), required=False)
    working_hours = forms.ModelChoiceField(
        label=_("Working hours"),
        queryset=Calendar.objects.filter(versions__isnull=False).distinct(),
        required=False,
        empty_label=_("At all times"),
        help_text=_("Outside these hours new tickets do not reach the agent."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput(attrs=FRESH))

    def __init__(self, *args, person, reader, **kwargs):
        back = person.back_at and timezone.localtime(person.back_at)
        initial = {
            "presence": "present" if person.is_present else "away",
            "reason": person.away_reason,
            "back_on": back and back.date(),
            "back_at": back and back.time().replace(second=0, microsecond=0),
            "working_hours": person.working_hours_id,
            "seen": person.availability_mark,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.sets_hours = reader.is_supervisor
        if not self.sets_hours:
            del self.fields["working_hours"]

    def clean(self):
        """A day without a time, or a time without a day, is the day's beginning, or today."""
        data = super().clean()
        day, clock = data.get("back_on"), data.get("back_at")
        if data.get("presence") == "away" and (day or clock) and not self.errors:
            day = day or timezone.localdate()
            data["back"] = timezone.make_aware(at_time(day, clock or time(8)))
        return data

    def wanted(self):
        """What the form says, for a service."""
        data = self.cleaned_data
        return people.Wanted(
            is_present=data["presence"] == "present",
            reason=data["reason"],
            back_at=data.get("back"),
            sets_hours=self.sets_hours,
            working_hours=data.get("working_hours"),
        )

    def rebase_on(self, person):
        """The page shows what it is now: saved again, the form is meant for that."""
        self.data = self.data.copy()
        self.data["seen"] = person.availability_mark


class ReassignForm(forms.Form):
    """Who gets the tickets of `person`; each goes to its team where nobody is chosen."""

    to = PersonField(
        label=_("Hand over to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("The team of each ticket"),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput(attrs=FRESH))

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, initial={"seen": Ticket.objects.marked_of(person)}, **kwargs)
        self.fields["to"].queryset = User.objects.agents().exclude(pk=person.pk)

    def rebase_on(self, person):
        """The page shows the tickets as they are now: sent again, the form is meant for these."""
        self.data = self.data.copy()
        self.data["seen"] = Ticket.objects.marked_of(person)


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
