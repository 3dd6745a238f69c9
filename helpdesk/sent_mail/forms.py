"""The answer to a mail as it is typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms import TextField

LONGEST_ANSWER = 20_000


class AnswerForm(forms.Form):
    """A text, and what makes one mail of a form that is sent twice: a key and a time in seconds."""

    text = TextField(
        label=_("Answer as the recipient"),
        max_length=LONGEST_ANSWER,
        error_messages={"required": _("Write the answer.")},
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    # The button that was pressed: of a mail with a link for just thanks there are two.
    is_just_thanks = forms.BooleanField(required=False, widget=forms.HiddenInput)
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    written_at = forms.IntegerField(min_value=0, max_value=2**33, widget=forms.HiddenInput)
