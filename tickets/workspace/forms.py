"""What agents fill in on tickets. Forms check shape; services decide what may be done."""

from dataclasses import replace

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organizations.models import User
from plans.models import Priority
from tickets import services
from tickets.choices import AfterReply, Category, Intent, Relation
from tickets.conversation.composer import BodyField, WithFiles
from tickets.filing.forms import NewTicketForm, TitleField
from tickets.models import Team
from tickets.prepared import Prepared
from tickets.search.ticket_numbers import typed_number
from ui.forms import KeyedForm, TextField
from ui.keys import LARGEST_KEY, key_in
from ui.names import clean_name

# In place of what happens after a reply: the reply opens another ticket.
FOLLOW_UP = Intent.FOLLOW_UP.value
# Browsers keep what stood in hidden fields when a page is loaded again; these record what was seen.
FRESH = {"autocomplete": "off"}


class WithoutVersion:
    """Of a form that is meant for the ticket whatever happened to it meanwhile."""

    def rebase_on(self, ticket):
        """Whether the form has no record of what was seen."""

    def match_button(self, ticket):
        """Its button is the same in every status."""


class NoteForm(WithoutVersion, WithFiles):
    """An internal note."""

    body = BodyField(label=_("Internal note"))


# A page keeps so many canned replies of one message; more count as well as these.
MOST_CANNED = 20
# Which field of a reply a refused further change is about, by the code of the refusal.
FURTHER_FIELDS = {
    "reason": "also_reason",
    "category": "also_category",
    "assignee": "also_assignee",
    "tags": "also_tags",
}


class FurtherFields(forms.Form):
    """What a macro has a reply change besides the status, and the priority that it was read from.

    Shape only: what may be changed, the service decides.
    """

    also_priority = forms.CharField(required=False, max_length=20)
    also_reason = TextField(label=_("Reason"), max_length=500, required=False)
    also_category = forms.CharField(required=False, max_length=20)
    also_assignee = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    also_tags = forms.CharField(required=False, max_length=200)
    also_seen = forms.CharField(required=False, max_length=20)

    def further(self):
        """The further changes, for the service; false where there are none."""
        data = self.cleaned_data
        return services.FurtherChanges(
            priority=data["also_priority"],
            reason=data["also_reason"],
            category=data["also_category"],
            assignee_id=data["also_assignee"],
            seen_priority=data["also_seen"],
            tags=self.tag_keys,
        )

    @property
    def tag_keys(self):
        """The keys of the tags that are to be added; what is none is ignored."""
        keys = (self.data.get("also_tags") or "").split(",") if self.is_bound else ()
        return tuple(filter(None, map(key_in, keys)))

    def drop_further(self, *names):
        """Take further changes away from what was sent, all without `names`; whether there was
        one."""
        names = names or ("priority", "category", "assignee", "tags")
        fields = [f"also_{name}" for name in names]
        had_one = any(self.data.get(field) for field in fields)
        self.data = self.data.copy()
        for field in fields:
            self.data.pop(field, None)
        return had_one


class AgentReplyForm(FurtherFields, WithFiles):
    """A public reply, with what happens after it and what the agent had in front of them."""

    body = BodyField(label=_("Reply"))
    then = forms.ChoiceField(
        choices=[*AfterReply.choices, (FOLLOW_UP, Intent.FOLLOW_UP.label)],
        error_messages={"required": _("Choose what happens after the reply.")},
    )
    go_on = forms.BooleanField(label=_("Then the next ticket"), required=False)
    reopening = forms.BooleanField(required=False, widget=forms.HiddenInput(attrs=FRESH))
    seen_assignee = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs=FRESH))
    seen_message = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs=FRESH))

    @classmethod
    def empty(cls, ticket, agent):
        """The form as a page of `ticket` shows it first."""
        return cls(user=agent, initial=_seen(ticket) | {"go_on": agent.goes_on_after_reply})

    def seen(self):
        """What was in front of the agent, for the service; None where the form did not say."""
        if "seen_message" not in self.data:
            return None
        data = self.cleaned_data
        return services.Seen(data.get("seen_assignee"), data.get("seen_message"))

    def content(self):
        return replace(super().content(), canned=self.canned)

    @property
    def canned(self):
        """The ids of the canned replies that the text was made with; others are ignored."""
        keys = self.data.getlist("canned") if self.is_bound else []
        found = (key_in(key) for key in keys[:MOST_CANNED])
        return tuple(key for key in found if key is not None)

    @property
    def assignee_key(self):
        """The id of the person whom the ticket is to be handed to; None for nobody."""
        return key_in(self.data.get("also_assignee"))

    def insert(self, offer, ticket):
        """Add a canned reply to what is being written, and what else it does."""
        self.data = self.data.copy()
        body = self.data.get("body", "").rstrip()
        self.data["body"] = f"{body}\n\n{offer.text}" if body else offer.text
        self.data.appendlist("canned", str(offer.reply.pk))
        for part in offer.parts:
            self.data[f"also_{part.name}"] = part.value
            if part.reason is not None:
                self.data["also_reason"] = part.reason
        self.data["also_seen"] = ticket.priority

    def keep_unsent(self):
        """Keep the files, and show what was typed again without complaint: nothing is sent yet."""
        self.is_valid()
        for name in {*self.errors} - {"attachments"}:
            del self.errors[name]

    def field_of(self, error):
        return FURTHER_FIELDS.get(error.code)

    def rebase_on(self, ticket):
        """The page shows the ticket as it is now: sent again, the reply is meant for that."""
        self._renew({**_seen(ticket), "also_seen": ticket.priority})
        if ticket.is_closed and self.drop_further():
            self.add_error(
                None, _("On a closed ticket only the text is sent; nothing else changes.")
            )

    def match_button(self, ticket):
        """The button beside the form says whether it reopens: the form must say the same."""
        self._renew({"reopening": ticket.is_closed})

    def _renew(self, values):
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = "" if value is None else str(value)


def _seen(ticket):
    return {
        "reopening": ticket.is_closed,
        "seen_assignee": ticket.assignee_id,
        "seen_message": ticket.last_public_message_id,
    }


class VersionedForm(forms.Form):
    """A change of the ticket as the agent saw it: made from an older row it is refused."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs=FRESH))

    def rebase_on(self, ticket):
        """The page shows the ticket as it is now: sent again, the change is meant for that."""
        self.data = self.data.copy()
        self.data["version"] = str(ticket.version)

    @property
    def seen_version(self):
        return self.cleaned_data.get("version")


class PriorityForm(VersionedForm):
    """Another priority, and why."""

    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    reason = TextField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class CategoryForm(VersionedForm):
    """Another category."""

    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)


@Prepared
def _agents():
    return User.objects.agents().named()


class PeopleIterator(forms.models.ModelChoiceIterator):
    """People by key and name, in one statement: a cursor of the server takes three for a few."""

    def __iter__(self):
        yield "", self.field.empty_label
        yield from self.queryset.named()


class PersonField(forms.ModelChoiceField):
    iterator = PeopleIterator


class AgentsIterator(PeopleIterator):
    def __iter__(self):
        yield "", self.field.empty_label
        yield from _agents.rows()


class AgentField(PersonField):
    """One of the agents."""

    iterator = AgentsIterator


class AssignForm(VersionedForm):
    """Whose the ticket becomes; nobody's when left empty."""

    assignee = AgentField(
        label=_("Assignee"),
        queryset=User.objects.agents(),
        required=False,
        empty_label=_("No assignee"),
    )


class TransferForm(KeyedForm, VersionedForm):
    """Which team or agent gets the ticket, and a note for them."""

    to = forms.ChoiceField(label=_("Transfer to"))
    body = TextField(
        label=_("Internal note"),
        max_length=services.LONGEST_BODY,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = choices

    def target(self):
        """The team or the person; None for one that is gone."""
        kind, _sign, key = self.cleaned_data["to"].partition("-")
        rows = Team.objects.all() if kind == "team" else User.objects.all()
        return rows.filter(pk=key).first()

    def note(self):
        """What was written, for the service; None without a text."""
        data = self.cleaned_data
        body = data["body"].replace("\r\n", "\n")
        return services.NewMessage(body, form_key=data["form_key"]) if clean_name(body) else None

    def rebase_on(self, ticket):
        """As others; nothing was sent, or something else was: this is meant as new."""
        super().rebase_on(ticket)
        self.take_new_key()


class NumberForm(forms.Form):
    """Another ticket, by its number."""

    number = TextField(
        label=_("Ticket number"),
        max_length=30,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def clean_number(self):
        """The number as an integer, in whatever digits and with or without its prefix."""
        number = typed_number(self.cleaned_data["number"])
        if number is None:
            raise ValidationError(_("Enter the number of a ticket."), code="number")
        return number


class LinkForm(WithoutVersion, NumberForm):
    """Another ticket, and what it is to this one."""

    relation = forms.ChoiceField(
        label=_("Relation"),
        choices=[(each.value, each.label) for each in map(Relation, services.CHOSEN)],
    )


class MergeForm(VersionedForm, NumberForm):
    """The ticket that this one is merged into.

    `shown_to` is asked for where people come to see more by the merge: a box that holds the other
    ticket's number and these people, so that it stands for nothing else.
    """

    shown_to = forms.Field(required=False)
    # What the box holds; without it there is none.
    to_agree = ""

    def agreed(self):
        """The ids of the people whom the agent agreed to show the tickets to."""
        number, *people = map(key_in, (self.cleaned_data["shown_to"] or "").split("-"))
        return [key for key in people if key] if number == self.cleaned_data["number"] else []

    def ask_to_agree(self, people):
        """Show the box."""
        self.to_agree = "-".join(map(str, (self.cleaned_data["number"], *people)))


class SplitForm(VersionedForm):
    """A message that becomes a ticket of its own, and the title of that."""

    message = forms.IntegerField(min_value=1, max_value=LARGEST_KEY, widget=forms.HiddenInput)
    title = TitleField(label=_("Title of the new ticket"))


class TakeOverForm(forms.Form):
    """Whom the agent means to take the ticket from; nobody when they merely accept it."""

    take_over_from = forms.ModelChoiceField(
        queryset=User.objects.exclude(staff_role=""), required=False, widget=forms.HiddenInput
    )


class HoldForm(WithoutVersion, forms.Form):
    """Why the automatic close is stopped."""

    reason = TextField(
        label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )


class OpenForMemberForm(NewTicketForm):
    """A ticket that an agent opens for a member of `organization`."""

    requester = forms.ModelChoiceField(
        label=_("Requester"), queryset=User.objects.none(), empty_label=None
    )

    def __init__(self, *args, organization, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["requester"].queryset = User.objects.members_of(organization)
