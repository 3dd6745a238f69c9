"""What people fill in on tickets. Forms check shape; services decide what may be done."""

import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from plans.models import Priority
from ui.forms import TextField
from ui.names import clean_name
from ui.wording import format_size

from . import services
from .choices import Category
from .errors import TicketError


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; each is checked and kept as a pending upload by the form."""

    def __init__(self, **kwargs):
        accept = ",".join(f".{ending}" for ending in settings.ATTACHMENT_EXTENSIONS)
        kwargs.setdefault("widget", FilesInput(attrs={"accept": accept}))
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", _("Attachments"))
        super().__init__(**kwargs)

    def limits(self):
        """What the page says and checks before anything is sent; the service checks again."""
        return {
            "max_bytes": settings.ATTACHMENT_MAX_BYTES,
            "max_size": format_size(settings.ATTACHMENT_MAX_BYTES),
            "most": settings.ATTACHMENTS_PER_MESSAGE,
            "too_many": services.too_many_files(),
            "kinds": ",".join(settings.ATTACHMENT_EXTENSIONS),
            "kinds_shown": ", ".join(kind.upper() for kind in settings.ATTACHMENT_EXTENSIONS),
        }

    def clean(self, data, initial=None):
        # Emptiness and size are the service's to refuse, with the name of the file.
        return [file for file in data or [] if file]


class BodyField(TextField):
    """A message as typed, up to a length that a page can show."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Message"))
        kwargs.setdefault("strip", False)
        widget = forms.Textarea(attrs={"rows": 5, "dir": "auto", "class": "form-control"})
        super().__init__(max_length=services.LONGEST_BODY, widget=widget, **kwargs)

    def clean(self, value):
        body = super().clean(value).replace("\r\n", "\n")
        if not clean_name(body):
            raise ValidationError(self.error_messages["required"], code="required")
        return body


class FormKeyField(forms.UUIDField):
    """The key of one form shown; what is no key counts as none and refuses nothing."""

    def clean(self, value):
        try:
            return super().clean(value)
        except ValidationError:
            return None


class WithFiles(forms.Form):
    """A form with attachments: valid files of a refused form are kept and shown again beside it.

    `user` uploads. After `is_valid`, `pending` are the uploads to send with the message.
    """

    # No browser fills an old key into a page that it shows again.
    form_key = FormKeyField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False)
    attachments = FilesField()

    def __init__(self, *args, user, **kwargs):
        self.user = user
        kwargs.setdefault("initial", {}).setdefault("form_key", uuid.uuid4)
        super().__init__(*args, **kwargs)
        self.pending = self._kept() if self.is_bound else []

    def _kept(self):
        keys = []
        for raw in self.data.getlist("kept")[: settings.PENDING_UPLOADS_PER_PERSON]:
            try:
                keys.append(uuid.UUID(raw))
            except ValueError:
                continue
        return services.pending_of(self.user, keys)

    def clean_attachments(self):
        """Keep each valid file at once; say of each other one why it is refused."""
        refused = []
        for file in self.cleaned_data["attachments"]:
            try:
                self.pending.append(services.store_upload(self.user, file))
            except TicketError as error:
                refused.append(ValidationError(error.sentence, code=error.code))
        if len(self.pending) > settings.ATTACHMENTS_PER_MESSAGE:
            refused.append(ValidationError(services.too_many_files(), code="too_many_files"))
        if refused:
            raise ValidationError(refused)
        return self.pending

    def refuse(self, error):
        """Take up what the domain refused; files that are gone are no longer shown as kept."""
        self.add_error(None, ValidationError(error.sentence, code=error.code))
        self.pending = services.pending_of(self.user, [file.pk for file in self.pending])

    def drop_unsent(self):
        """Of a form that was sent before, remove the files that came with it a second time."""
        if self.pending:
            services.discard(self.user, [file.pk for file in self.pending])

    def words(self):
        """What the form says, for a service."""
        return services.Words(
            body=self.cleaned_data["body"],
            files=tuple(self.pending),
            form_key=self.cleaned_data.get("form_key"),
        )


class TitleField(TextField):
    """One line without what could imitate other text; not of half-spaces alone."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Title"))
        widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
        super().__init__(max_length=200, widget=widget, **kwargs)

    def to_python(self, value):
        return clean_name(super().to_python(value))


class NewTicketForm(WithFiles):
    """A new ticket, as a member files it."""

    title = TitleField()
    category = forms.ChoiceField(
        label=_("Category"), choices=Category.choices, widget=forms.RadioSelect
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
    )
    description = BodyField(label=_("Description"))

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
        label=_("In the name of"),
        coerce=int,
        required=False,
        error_messages={
            "invalid_choice": _(
                "You may no longer file in the name that you chose. Look at the name and the "
                "priorities of the form as it is now, then send."
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
        key = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None
        first = next(iter(self.organizations.values()))
        return self.organizations.get(key) or self.organizations.get(self.fallback) or first

    def clean(self):
        cleaned = super().clean()
        shown = self.data.get("shown")
        if shown and shown != str(self.chosen_organization.pk) and "organization" in cleaned:
            sentence = _(
                "The priorities now say what the plan of %(name)s promises. Look, then send."
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
        form.pending = self.pending
        return form


class TitleForm(forms.Form):
    """A title that is still being typed, and in whose name."""

    title = TitleField()
    organization = forms.IntegerField(required=False)

    def membership_of(self, user):
        """In which organization to look for the like; None where there is nothing to look for."""
        if not self.is_valid():
            return None
        chosen = self.cleaned_data["organization"]
        return user.membership_by_organization.get(chosen) or user.current_membership


class PreviewForm(forms.Form):
    """A message that is still being written."""

    body = BodyField()


class CustomerReplyForm(WithFiles):
    """A member's message; on a closed ticket they say which of both it is."""

    body = BodyField()
    intent = forms.ChoiceField(
        required=False, choices=[("problem", _("Still a problem")), ("thanks", _("Just thanks"))]
    )


class RaiseForm(forms.Form):
    """A member asks for a higher priority. It says nothing of the row's version, which counts
    what members do not learn of."""

    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    reason = TextField(
        label=_("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"dir": "auto", "class": "form-control"}),
    )


class SeenForm(forms.Form):
    """Up to when a page told its reader of a ticket."""

    until = forms.DateTimeField()
