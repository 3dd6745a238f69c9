"""What people fill in for a new ticket. Forms check shape; services decide what may be done."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from plans.models import Priority
from tickets import services
from tickets.choices import Category
from tickets.conversation.composer import BodyField, WithFiles
from ui.forms import NameField
from ui.keys import key_in


class TitleField(NameField):
    """What a ticket is called."""

    default_error_messages = {"required": _("Enter a title.")}

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Title"))
        widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
        super().__init__(max_length=200, widget=widget, **kwargs)


class NewTicketForm(WithFiles):
    """A new ticket, as a member files it."""

    title = TitleField()
    category = forms.ChoiceField(
        label=_("Category"),
        choices=Category.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a category.")},
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a priority.")},
    )
    description = BodyField(
        label=_("Description"), error_messages={"required": _("Describe your request.")}
    )

    def draft(self):
        """What the form holds, for the service."""
        data = self.cleaned_data
        return services.Draft(
            title=data["title"],
            description=data["description"],
            category=data["category"],
            priority=data["priority"],
            files=tuple(self.pending),
        )


class MemberTicketForm(NewTicketForm):
    """A member's own new ticket: `organizations` are those in whose name they may file.

    `shown` is the organization whose promises the page showed; another choice is asked about
    once, so that nobody sends on the strength of another plan.
    """

    organization = forms.TypedChoiceField(
        label=_("On behalf of"),
        coerce=int,
        required=False,
        error_messages={
            "invalid_choice": _(
                "You can no longer open tickets on behalf of the one that you chose. "
                "Check the name and the priorities in the form, then send."
            )
        },
    )

    def __init__(self, *args, organizations, working_in, **kwargs):
        super().__init__(*args, **kwargs)
        self.organizations = {each.pk: each for each in organizations}
        self.fallback = working_in if working_in in self.organizations else None
        self.fields["organization"].choices = [(each.pk, str(each)) for each in organizations]
        self.fields["organization"].initial = self.chosen_organization.pk

    @property
    def chosen_organization(self):
        """The organization chosen in the form, else the one the person works in."""
        typed = self.data.get("organization", "") if self.is_bound else ""
        key = key_in(typed)
        first = next(iter(self.organizations.values()))
        return self.organizations.get(key) or self.organizations.get(self.fallback) or first

    def clean(self):
        cleaned = super().clean()
        shown = self.data.get("shown")
        if shown and shown != str(self.chosen_organization.pk) and "organization" in cleaned:
            sentence = _(
                "The priorities now show what the plan of %(name)s promises. Check them, then send."
            )
            raise ValidationError(sentence % {"name": self.chosen_organization}, code="other_plan")
        return cleaned

    def only_typed(self):
        """The same form with what was typed and uploaded, before anything is found missing."""
        form = MemberTicketForm(
            user=self.user,
            organizations=list(self.organizations.values()),
            working_in=self.chosen_organization.pk,
            initial={
                name: self.data.get(name, "")
                for name in ("title", "category", "priority", "description", "form_key")
            },
        )
        form.pending, form.is_returned = self.pending, True
        return form


class TitleForm(forms.Form):
    """A title that is still being typed, and in whose name."""

    title = TitleField()
    organization = forms.IntegerField(required=False)

    def organization_for(self, user):
        """The key of the organization to look for the like in; None if there is nothing to do."""
        if not self.is_valid():
            return None
        chosen = self.cleaned_data["organization"]
        if user.is_agent:
            return chosen
        membership = user.membership_by_organization.get(chosen) or user.current_membership
        return membership and membership.organization_id
