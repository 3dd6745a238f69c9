"""What members fill in on their tickets. Forms check shape; services decide what may be done."""

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.models import Priority
from tickets.choices import Intent
from tickets.conversation.composer import BodyField, WithFiles
from ui.forms import TextField


class CustomerReplyForm(WithFiles):
    """A member's message; on a closed ticket they say which of both it is."""

    body = BodyField()
    intent = forms.ChoiceField(required=False, choices=Intent.choices)


class RaiseForm(forms.Form):
    """A member asks for a higher priority. It says nothing of the row's version, which counts
    what members do not learn of."""

    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        error_messages={"required": _("Choose a priority.")},
    )
    reason = TextField(
        label=_("Reason"),
        error_messages={"required": _("Enter a reason.")},
        max_length=500,
        widget=forms.TextInput(attrs={"dir": "auto", "class": "form-control"}),
    )


class SeenForm(forms.Form):
    """The instant up to which a page showed its reader a ticket."""

    until = forms.DateTimeField()
