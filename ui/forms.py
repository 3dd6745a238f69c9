"""Form fields for texts, dates and times as Persian and English readers type them."""

import re
import uuid
from datetime import date, datetime, time

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .calendars import GREGORIAN, JALALI, readers_calendar
from .dates import fold_typed, parse_date, parse_time
from .names import clean_name
from .wording import digits, format_date_input, number

# A sign between a digit and exactly three more: 1,000 or ۱٬۰۰۰.
_THOUSANDS = re.compile(r"(?<=[0-9])[,٬،](?=[0-9]{3}(?![0-9]))")


class TextField(forms.CharField):
    """A text with a limit; the error of a longer one has the limit in the reader's digits."""

    def __init__(self, *, max_length, **kwargs):
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages["max_length"] = lazy(_too_long, str)(max_length)


class NameField(TextField):
    """One line without what could imitate other text; empty where nothing of it can be seen."""

    def to_python(self, value):
        return clean_name(super().to_python(value))


def _too_long(limit):
    sentence = ngettext(
        "Enter at most %(limit)s character.", "Enter at most %(limit)s characters.", limit
    )
    return sentence % {"limit": number(limit)}


class NumberField(forms.IntegerField):
    """A whole number in the digits of the reader; any digits may be typed."""

    widget = forms.TextInput

    def widget_attrs(self, widget):
        return {"inputmode": "numeric", "size": 6, "class": "short"}

    def to_python(self, value):
        """Read digits of any script with thousands separators, and without direction marks."""
        if isinstance(value, str):
            value = _THOUSANDS.sub("", fold_typed(value).replace("−", "-"))
        return super().to_python(value)

    def prepare_value(self, value):
        return digits(value) if isinstance(value, int) else value


class JalaliDateField(forms.DateField):
    """A date: Jalali for a Persian reader, Gregorian for an English one; see `parse_date`.

    The years of the two calendars lie so far apart that a Persian reader may type either.
    """

    widget = forms.TextInput

    def widget_attrs(self, widget):
        return {"size": 10, "class": "short", "autocomplete": "off"}

    def to_python(self, value):
        if not isinstance(value, str) or not fold_typed(value):
            return super().to_python(value.strip() if isinstance(value, str) else value)
        calendars = (JALALI, GREGORIAN) if readers_calendar() == JALALI else (GREGORIAN,)
        return parse_date(value, calendars)

    def prepare_value(self, value):
        if isinstance(value, datetime) or not isinstance(value, date):
            return value
        return format_date_input(value)

    def has_changed(self, initial, data):
        try:
            return initial != self.to_python(data)
        except forms.ValidationError:
            return True


class ClockTimeField(forms.TimeField):
    """A time of day such as 9:00 or ۱۷:۳۰; 24:00 is the midnight that ends a day."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a time such as 17:30.")}

    def widget_attrs(self, widget):
        return {"size": 6, "class": "short", "autocomplete": "off"}

    def to_python(self, value):
        if isinstance(value, str) and (typed := parse_time(value)) is not None:
            return typed
        found = super().to_python(value)
        if found and (found.second or found.microsecond):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value):
        return digits(f"{value:%H:%M}") if isinstance(value, time) else value

    def has_changed(self, initial, data):
        try:
            return initial != self.to_python(data)
        except forms.ValidationError:
            return True


class FormKeyInput(forms.HiddenInput):
    """A hidden field that a browser fills in again together with the text of its page.

    Browsers fill in what differs from the page: never a field of type hidden without script, but a
    text field whose value loses a line break on arrival.
    """

    input_type = "text"
    is_hidden = True

    def __init__(self):
        super().__init__({"hidden": True})

    def format_value(self, value):
        return f"{value or ''}\n"


class FormKeyField(forms.UUIDField):
    """The key of one form shown; what is no key counts as none and refuses nothing."""

    def __init__(self):
        super().__init__(widget=FormKeyInput, required=False, initial=uuid.uuid4)

    def bound_data(self, data, initial):
        return data or initial

    def clean(self, value):
        try:
            return super().clean((value or "").strip())
        except forms.ValidationError:
            return None


class KeyedForm(forms.Form):
    """A form that does one act, however often it is sent: see docs/sending.md."""

    form_key = FormKeyField()

    def take_new_key(self):
        """Shown again with what was not sent: sent once more, it is meant as another act."""
        self.data = self.data.copy()
        self.data[self.add_prefix("form_key")] = str(uuid.uuid4())
