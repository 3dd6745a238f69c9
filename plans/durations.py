"""Durations as people type and read them: "30 min", "12 h", "1 h 30 min", «۱ ساعت و ۳۰ دقیقه»."""

import re
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ui.dates import fold_typed
from ui.wording import format_duration

from .models import LONGEST_TARGET

UNITS = {
    timedelta(hours=1): ("h", "hr", "hrs", "hour", "hours", "ساعت"),
    timedelta(minutes=1): ("m", "min", "mins", "minute", "minutes", "دقیقه"),
    timedelta(seconds=1): ("s", "sec", "secs", "second", "seconds", "ثانیه"),
}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}
DAY_WORDS = {"d", "day", "days", "روز"}
NO_COMMITMENT = {"", "-", "–", "—"}
LONGEST_TEXT = 40
_PART = re.compile(r"(\d+(?:[.٫]\d+)?)\s*([^\W\d_]+)\.?")
_JOINERS = re.compile(r"(?:\band\b|(?<!\S)و(?!\S)|,|،)")


def parse_duration(text: str | None) -> timedelta | None:
    """Read a duration; None for an empty text or a dash, which promise nothing.

    Raises ValidationError with a sentence for zero, negative, absurd and unreadable texts.
    """
    text = fold_typed(text or "")
    if text in NO_COMMITMENT:
        return None
    if text[0] in "-−":
        raise ValidationError(_("A duration cannot be negative."), code="negative")
    duration = _sum_of(text) if text.strip("0") else timedelta(0)
    if not duration:
        raise ValidationError(
            _("A duration cannot be zero. Leave the field empty for no commitment."),
            code="zero",
        )
    if duration > LONGEST_TARGET:
        raise ValidationError(
            _("This is too long: the maximum is %(longest)s."),
            code="too_long",
            params={"longest": format_duration(LONGEST_TARGET)},
        )
    return duration


def _sum_of(text):
    """The sum of "number unit" pairs, each unit at most once."""
    counts = {}
    for count, word in _PART.findall(text[:LONGEST_TEXT]):
        if word in DAY_WORDS:
            raise ValidationError(
                _("Enter days as hours, such as 48 h: a working day is not 24 hours."), code="days"
            )
        unit = UNIT_OF.get(word)
        if unit is None or unit in counts:
            raise _unreadable()
        counts[unit] = Decimal(count.replace("٫", "."))
    rest = _JOINERS.sub(" ", _PART.sub(" ", text))
    if not counts or rest.strip() or len(text) > LONGEST_TEXT:
        raise _unreadable()
    seconds = sum(count * int(unit.total_seconds()) for unit, count in counts.items())
    if seconds != int(seconds):
        raise _unreadable()
    # More seconds than a timedelta holds are too long all the same.
    return timedelta(seconds=min(int(seconds), int(LONGEST_TARGET.total_seconds()) + 1))


def _unreadable():
    return ValidationError(
        _("Enter a number and a unit, such as 30 min, 12 h or 1 h 30 min."), code="unreadable"
    )


class DurationField(forms.CharField):
    """A text field that reads and shows durations; empty is None."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 200, "required": False, **kwargs})

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"dir": "auto", "autocomplete": "off"}

    def to_python(self, value):
        if isinstance(value, timedelta):
            return value
        return parse_duration(super().to_python(value))

    def run_validators(self, value):
        """The checks of a text do not apply to the duration that was read from it."""

    def prepare_value(self, value):
        return format_duration(value, parts=None) if isinstance(value, timedelta) else value

    def has_changed(self, initial, data):
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True
