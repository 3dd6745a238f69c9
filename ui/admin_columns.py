"""Columns and read-only fields of the admin that show a field as its reader writes it."""

from django.contrib import admin
from django.utils.html import format_html

from .markup import reading_direction
from .wording import format_datetime, number


def moment_column(field, label):
    """A moment in the reader's calendar and zone, sorted by its field; a dash for none."""

    @admin.display(description=label, ordering=field)
    def column(_self, row):
        moment = getattr(row, field)
        return format_datetime(moment) if moment else "–"

    return column


def number_column(field, label):
    """A number in the reader's digits, sorted by its field."""

    @admin.display(description=label, ordering=field)
    def column(_self, row):
        return number(getattr(row, field))

    return column


def text_column(field, label):
    """A text as it is, sorted by its field."""

    @admin.display(description=label, ordering=field)
    def column(_self, row):
        return getattr(row, field)

    return column


def typed_column(field, label):
    """What a person typed, laid out as it is read: an English title ends with its question mark."""

    @admin.display(description=label, ordering=field)
    def column(_self, row):
        text = getattr(row, field)
        return format_html('<bdi dir="{}">{}</bdi>', reading_direction(text), text) if text else "–"

    return column


def choice_column(field, label):
    """The words of a field with choices, sorted by it."""

    @admin.display(description=label, ordering=field)
    def column(_self, row):
        return getattr(row, f"get_{field}_display")()

    return column


def choice_filter(label):
    """A filter by a field with choices, under a title of its own: as an element of `list_filter`,
    beside the field."""

    class ChoiceFilter(admin.ChoicesFieldListFilter):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.title = label

    return ChoiceFilter
