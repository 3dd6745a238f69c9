"""What an agent fills in for each bulk action. Forms check shape; the service decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import User
from plans.models import Priority
from tickets import services
from tickets.choices import BulkAction, Category
from tickets.models import CannedReply, Tag
from tickets.workspace.forms import AgentField
from ui.forms import KeyedForm, TextField

# So many macros are offered.
MOST_MACROS = 300
UNCHOSEN = ("", "")


class BulkForm(KeyedForm):
    """The form of one action; on its own that of one that needs nothing further."""

    action = BulkAction.CLOSE
    # The fields that are shown one under the other.
    shown_fields = ()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if self.shown_fields and not self.is_bound:
            self.fields[self.shown_fields[0]].widget.attrs["autofocus"] = True

    def change(self):
        """What the form asks for, for the service."""
        return services.BulkChange(self.action, **self.facts())

    def facts(self):
        return {}

    @staticmethod
    def initial_of(facts):
        """What the form shows for an action like that of a run with these facts."""
        return {}

    def refuse(self, error):
        """Say what the domain refused, beside the field that it is about.

        What the form has already started is not started again: with a new key this may be.
        """
        if error.code == "already_sent":
            self.take_new_key()
        self.add_error(error.code if error.code in self.fields else None, error.sentence)

    @property
    def shown(self):
        return [self[name] for name in self.shown_fields]


class BulkAssignForm(BulkForm):
    """Whose the tickets become; nobody's when left empty."""

    action, shown_fields = BulkAction.ASSIGN, ("assignee",)
    assignee = AgentField(
        label=_("Assignee"),
        queryset=User.objects.agents(),
        required=False,
        empty_label=_("No assignee"),
    )

    def facts(self):
        person = self.cleaned_data["assignee"]
        return {"assignee_id": person and person.pk}

    @staticmethod
    def initial_of(facts):
        return {"assignee": facts["assignee"]}


class BulkPriorityForm(BulkForm):
    """Another priority, and why: it may be lower than that of some of the tickets."""

    action, shown_fields = BulkAction.PRIORITY, ("priority", "reason")
    priority = forms.ChoiceField(label=_("Priority"), choices=[UNCHOSEN, *Priority.choices])
    reason = TextField(
        label=_("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Customers whose ticket's priority is lowered will see it."),
    )

    def facts(self):
        return {name: self.cleaned_data[name] for name in self.shown_fields}

    @staticmethod
    def initial_of(facts):
        return facts


class BulkCategoryForm(BulkForm):
    """Another category."""

    action, shown_fields = BulkAction.CATEGORY, ("category",)
    category = forms.ChoiceField(label=_("Category"), choices=[UNCHOSEN, *Category.choices])

    def facts(self):
        return {"category": self.cleaned_data["category"]}

    @staticmethod
    def initial_of(facts):
        return facts


class BulkTagsForm(BulkForm):
    """Tags to add and tags to take away."""

    action = BulkAction.TAGS
    add = forms.TypedMultipleChoiceField(label=_("Add"), coerce=int, required=False)
    remove = forms.TypedMultipleChoiceField(label=_("Remove"), coerce=int, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tags = list(Tag.objects.known())
        self.fields["add"].choices = [(t.pk, t.name) for t in self.tags if not t.is_retired]
        self.fields["remove"].choices = [(t.pk, t.name) for t in self.tags]

    def facts(self):
        return {name: tuple(self.cleaned_data[name]) for name in ("add", "remove")}

    @staticmethod
    def initial_of(facts):
        return facts

    @property
    def boxes(self):
        """(field, [(tag, whether it is chosen)]) of both fields."""
        found = []
        for name in ("add", "remove"):
            offered = {key for key, _name in self.fields[name].choices}
            chosen = set(map(str, self[name].value() or ()))
            tags = [tag for tag in self.tags if tag.pk in offered]
            found.append((self[name], [(tag, str(tag.pk) in chosen) for tag in tags]))
        return found


class BulkMacroForm(BulkForm):
    """The macro that is sent on each ticket, filled in for its customer."""

    action, shown_fields = BulkAction.MACRO, ("macro",)
    macro = forms.TypedChoiceField(
        label=_("Macro"),
        coerce=int,
        help_text=_(
            "Each customer is sent the text of the macro in their language, with the values of "
            "their ticket, and the ticket is changed as the macro says."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        macros = CannedReply.objects.usable_by(self.user).macros().order_by("title_key", "pk")
        named = macros.values_list("pk", "title")[:MOST_MACROS]
        self.fields["macro"].choices = [UNCHOSEN, *named]

    def facts(self):
        return {"macro_id": self.cleaned_data["macro"]}

    @staticmethod
    def initial_of(facts):
        return {"macro": facts["macro"]["id"]}


class BulkCloseForm(BulkForm):
    """Close as resolved: nothing further to choose."""


FORMS = {
    each.action: each
    for each in (
        *(BulkAssignForm, BulkPriorityForm, BulkCategoryForm),
        *(BulkTagsForm, BulkMacroForm, BulkCloseForm),
    )
}
