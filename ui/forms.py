"""Form fields for texts, dates and times as Persian and English readers type them."""

from datetime import date, datetime, time

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from .wording import GREGORIAN_YEARS, digits, format_date_input, jalali_parse, latin_digits, number


class TextField(forms.CharField):
    """A text with a limit, which is told in the reader's digits when it is passed."""

    def __init__(self, *, max_length, **kwargs):
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages["max_length"] = lazy(_too_long, str)(max_length)


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

    def prepare_value(self, value):
        return digits(value) if isinstance(value, int) else value


class JalaliDateField(forms.DateField):
    """A date: Jalali for a Persian reader, Gregorian for an English one, in any digits.

    The years of the two calendars lie so far apart that a Persian reader may type either.
    """

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a date as year, month and day.")}

    def widget_attrs(self, widget):
        return {"size": 10, "class": "short", "autocomplete": "off"}

    def to_python(self, value):
        if isinstance(value, str):
            value = latin_digits(value).strip()
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        if get_language() == "fa":
            try:
                return jalali_parse(value)
            except ValueError:
                pass  # then it is a Gregorian date, or none
        found = super().to_python(value.replace("/", "-"))
        if found.year not in GREGORIAN_YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found

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
        if isinstance(value, str):
            value = latin_digits(value).strip()
            if value == "24:00":
                return time(0, 0)
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
