"""What every message is written with: text, files, the key of a form, and a preview."""

import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets import services
from tickets.errors import AlreadySent, TicketError
from ui.forms import KeyedForm, TextField
from ui.names import clean_name
from ui.wording import format_size, listed, number


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; each is checked and kept as a pending upload by the form."""

    def __init__(self, **kwargs):
        # No `accept`: the content decides, and many text files have an ending of their own.
        kwargs.setdefault("widget", FilesInput())
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
        }

    def clean(self, data, initial=None):
        # Emptiness and size are the service's to refuse, with the name of the file.
        return [file for file in data or [] if file]


class BodyField(TextField):
    """A message as typed, up to a length that a page can show."""

    default_error_messages = {"required": _("Enter a message.")}

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


class WithFiles(KeyedForm):
    """A form with attachments: valid files of a refused form are kept and shown again beside it.

    `user` uploads. After `is_valid`, `pending` are the uploads to send with the message.
    """

    attachments = FilesField()

    def __init__(self, *args, user, **kwargs):
        self.user = user
        self.sent_before = None
        # The kind of message that it writes, and what is kept of it for all devices.
        self.draft_kind, self.saved_draft = "", None
        kwargs.setdefault("initial", {}).setdefault("form_key", uuid.uuid4)
        super().__init__(*args, **kwargs)
        # Whether it holds what somebody sent, so that no draft takes its place.
        self.is_returned = self.is_bound
        self.has_lost, self.pending = False, []
        if self.is_bound:
            self._take_kept()

    def _take_kept(self):
        keys = []
        for raw in self.data.getlist("kept")[: settings.PENDING_UPLOADS_PER_PERSON]:
            try:
                keys.append(uuid.UUID(raw))
            except ValueError:
                continue
        self.pending = services.pending_of(self.user, keys)
        # What is sent already is no loss: the form comes a second time.
        self.has_lost = len(self.pending) < len(set(keys)) and services.is_lost(self.user, keys)

    def take_draft(self, kind, draft):
        """Be filled in with the draft of this kind, or None; not over what somebody sent."""
        self.draft_kind, self.saved_draft = kind, draft
        if draft and not self.is_returned:
            self.initial |= {"body": draft.body, "form_key": draft.form_key or uuid.uuid4()}

    @property
    def is_untouched(self):
        """Whether it holds nothing that somebody wrote, chose or was refused."""
        return not (self.is_returned or self.saved_draft or self.sent_before or self.pending)

    def clean_attachments(self):
        """Keep each valid file at once; say of each other one why it is refused."""
        gone = ValidationError(services.file_gone(), code="file_gone")
        refused = [gone] if self.has_lost else []
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
        """Take up what the domain refused; files that are gone are no longer shown as kept.

        Where the form sent something else before, that is shown, and a new key lets the person send
        this as well.
        """
        if isinstance(error, AlreadySent):
            self.sent_before = error.message
            self.take_new_key()
        self.add_error(self.field_of(error), ValidationError(error.sentence, code=error.code))
        self.pending = services.pending_of(self.user, [file.pk for file in self.pending])

    def field_of(self, error):
        """The name of the field that a refusal is about, None for the whole form."""
        return

    @property
    def sent_tag(self):
        """For the message that confirms the sending: by it the page forgets the draft."""
        return str(self.cleaned_data.get("form_key") or "")

    def drop_unsent(self):
        """Of a form that was sent before, remove the files that came with it a second time."""
        if self.pending:
            services.discard(self.user, [file.pk for file in self.pending])

    def content(self):
        """What the form says, for a service."""
        return services.NewMessage(
            body=self.cleaned_data["body"],
            files=tuple(self.pending),
            form_key=self.cleaned_data.get("form_key"),
        )


class PreviewForm(forms.Form):
    """A message that is still being written."""

    body = BodyField()


# What people call the kinds of the endings in the setting.
FAMILIES = [
    ({"png", "jpg", "jpeg", "gif", "webp", "heic"}, _("pictures")),
    ({"pdf"}, _("PDF")),
    ({"txt", "log", "csv", "json", "yaml", "yml", "har", "conf"}, _("text and logs")),
    ({"xlsx", "docx"}, _("Excel and Word files")),
    ({"zip", "gz"}, _("archives")),
    ({"mp4"}, _("MP4 videos")),
]


def files_hint():
    """Which files may be sent, in words."""
    allowed = set(settings.ATTACHMENT_EXTENSIONS)
    return gettext(
        "%(kinds)s; at most %(most)s files, each up to %(size)s. "
        "Photos keep their location and camera details."
    ) % {
        "kinds": capfirst(listed(label for endings, label in FAMILIES if endings & allowed)),
        "most": number(settings.ATTACHMENTS_PER_MESSAGE),
        "size": format_size(settings.ATTACHMENT_MAX_BYTES),
    }
