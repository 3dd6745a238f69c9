"""Rows below a form of the admin, checked and saved without a statement for each."""

from django import forms
from django.forms.models import BaseInlineFormSet


class RowForm(forms.ModelForm):
    """A row of which `clean`, and that of its formset, check all that the constraints hold.

    Django would ask the database about each constraint of each row.
    """

    def _post_clean(self):
        row = self.instance
        row.validate_constraints = _leave_to_clean
        try:
            super()._post_clean()
        finally:
            del row.validate_constraints


def _leave_to_clean(exclude=None):
    """What `validate_constraints` of a row does while its form is cleaned."""


class RowKeyField(forms.ModelChoiceField):
    """The key of one of the rows that the formset has read; Django would read each row again."""

    def __init__(self, queryset, *, find, **kwargs):
        super().__init__(queryset, **kwargs)
        self.find = find

    def to_python(self, value):
        if value in self.empty_values:
            return None
        row = self.find(str(value))
        if row is None:
            raise self.unknown(value)
        return row

    def unknown(self, value):
        return forms.ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )


class RowFormSet(BaseInlineFormSet):
    """Rows that were read once, by the statement that found them."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        name = self._pk_field.name
        given = form.fields[name]
        form.fields[name] = RowKeyField(
            given.queryset,
            find=self._row_with_key,
            initial=given.initial,
            required=False,
            widget=given.widget,
        )

    def _row_with_key(self, key):
        return next((row for row in self.get_queryset() if str(row.pk) == key), None)
