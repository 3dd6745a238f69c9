"""The form of a note on an organization or a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models.customer_notes import LONGEST_CUSTOMER_NOTE
from tickets.workspace.forms import FRESH
from ui.forms import TextField


class CustomerNoteForm(forms.Form):
    """The text, and the version of the note that it was written from."""

    body = TextField(
        label=_("Note"),
        max_length=LONGEST_CUSTOMER_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto", "maxlength": LONGEST_CUSTOMER_NOTE}),
        help_text=_("Agents see it beside each of the tickets. Customers never see it."),
    )
    version = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput(attrs=FRESH)
    )

    def rebase_on(self, note):
        """The page shows the note as it is now: saved again, the text is meant for that."""
        self.data = self.data.copy()
        self.data["version"] = str(note.version if note else 0)
