"""What agents fill in about canned replies. Forms check shape; services decide what may be done."""

from dataclasses import replace

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organizations.models import User
from plans.models import Priority
from tickets import services
from tickets.canned.placeholders import fault_in
from tickets.choices import AfterReply, CannedScope, Category
from tickets.models import Team
from tickets.workspace.forms import FRESH, PersonField
from tickets.workspace.tags.boxes import boxes_for
from tickets.workspace.tags.forms import KeysField
from ui.forms import KeyedForm, TextField
from ui.keys import key_in
from ui.names import clean_name

ANY = _("Any category")
UNCHANGED = pgettext_lazy("macro", "Unchanged")


class CannedBodyField(TextField):
    """A text in one language; empty where it has nothing to read."""

    def __init__(self, *, language, **kwargs):
        direction = "rtl" if language == "fa" else "ltr"
        attrs = {"rows": 8, "lang": language, "dir": direction, "class": "form-control"}
        widget = forms.Textarea(attrs)
        limit = services.LONGEST_CANNED_BODY
        super().__init__(max_length=limit, required=False, widget=widget, **kwargs)

    def clean(self, value):
        body = super().clean(value).replace("\r\n", "\n")
        if fault := fault_in(body):
            raise ValidationError(fault, code="placeholder")
        return body if clean_name(body) else ""


class CannedFields(forms.Form):
    """All of a canned reply but the person it is assigned to, who is chosen or named otherwise."""

    title = TextField(
        label=_("Title"),
        max_length=services.LONGEST_CANNED_TITLE,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    scope = forms.ChoiceField(label=_("Who sees it"), choices=CannedScope.choices)
    category = forms.ChoiceField(
        label=_("For tickets about"), choices=[("", ANY), *Category.choices], required=False
    )
    body_fa = CannedBodyField(label=_("Persian text"), language="fa")
    body_en = CannedBodyField(label=_("English text"), language="en")
    then = forms.ChoiceField(
        label=_("What happens next"),
        choices=[("", _("The agent chooses when sending")), *AfterReply.choices],
        required=False,
    )
    priority = forms.ChoiceField(
        label=_("Priority"), choices=[("", UNCHANGED), *Priority.choices], required=False
    )
    reason = TextField(
        label=_("Reason for the priority"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Required for lowering it. The customer sees it."),
    )
    new_category = forms.ChoiceField(
        label=_("Category"), choices=[("", UNCHANGED), *Category.choices], required=False
    )

    def clean_title(self):
        title = clean_name(self.cleaned_data["title"])
        if not title:
            raise ValidationError(_("Enter a title."), code="required")
        return title

    def clean(self):
        cleaned = super().clean()
        has_fault = {"body_fa", "body_en"} & self.errors.keys()
        if not has_fault and not cleaned["body_fa"] and not cleaned["body_en"]:
            self.add_error("body_fa", _("Enter the text in at least one language."))
        return cleaned

    def draft(self, **more):
        """What the form says, for a service."""
        names = [name for name in CannedFields.base_fields if name in self.cleaned_data]
        return services.CannedDraft(**{name: self.cleaned_data[name] for name in names}, **more)


class CannedForm(CannedFields, KeyedForm):
    """A canned reply as somebody writes it. Who sees it is chosen by who belongs to a team, and by
    supervisors; a team is chosen by its key."""

    assignee = PersonField(
        label=_("Assignee"), queryset=User.objects.agents(), required=False, empty_label=UNCHANGED
    )
    tags = KeysField(
        label=_("Tags to add"), error_messages={"invalid_choice": _("Choose from the list.")}
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs=FRESH))

    def __init__(self, *args, user, **kwargs):
        initial = {"scope": CannedScope.OWN} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        teams = [(str(team.pk), team.name) for team in Team.objects.joined_by(user).by_name()]
        shared = [_choice(CannedScope.SHARED)] if user.is_supervisor else []
        if teams or shared:
            self.fields["scope"].choices = [_choice(CannedScope.OWN), *teams, *shared]
        else:
            del self.fields["scope"]

    @classmethod
    def of(cls, reply, user):
        """The form that shows a reply as it is."""
        names = [*CannedFields.base_fields, "assignee", "version"]
        initial = {name: getattr(reply, name) for name in names} | {"tags": reply.tag_ids}
        initial["scope"] = str(reply.team_id or reply.scope)
        return cls(user=user, initial=initial)

    @property
    def tag_boxes(self):
        """A box for each tag that is in use or chosen; read when the page is shown."""
        return boxes_for({key_in(str(key)) for key in self["tags"].value() or ()})

    def draft(self):
        assignee = self.cleaned_data["assignee"]
        tags = tuple(self.cleaned_data["tags"])
        draft = super().draft(assignee_id=assignee and assignee.pk, tag_ids=tags)
        if draft.scope in CannedScope.values:
            return draft
        return replace(draft, scope=CannedScope.TEAM, team_id=int(draft.scope))

    def refuse(self, error):
        """Say what the domain refused, beside the field that it is about.

        What the form already saved is not saved again: with a new key the person can save this too.
        """
        if error.code == "already_sent":
            self.take_new_key()
        self.add_error(error.code if error.code in self.fields else None, error.sentence)

    def rebase_on(self, reply):
        """The page shows the reply as it is now: saved again, the text is meant for that."""
        self.data = self.data.copy()
        self.data["version"] = str(reply.version)

    @property
    def does_more(self):
        """Whether something is chosen that makes it a macro, or is wrong with it."""
        names = ["then", "priority", "reason", "new_category", "assignee", "tags"]
        return any(self[name].value() or self[name].errors for name in names)


def _choice(scope):
    return scope.value, scope.label


class ImportForm(forms.Form):
    """The file of an import."""

    file = forms.FileField(
        label=_("CSV file"),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
