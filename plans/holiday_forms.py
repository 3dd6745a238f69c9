"""The forms with which an admin looks through a year's official holidays before any is added."""

from datetime import timedelta

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from ui.dates import fold_typed
from ui.forms import JalaliDateField, NameField
from ui.wording import JALALI_YEARS, digits

from .models import Holiday
from .official_holidays import official_holidays, year_bounds

# A date that an admin corrected after the moon was seen lies no farther from its estimate.
CORRECTED = timedelta(days=3)


class YearField(forms.IntegerField):
    """A Persian year in any digits, 1300 to 1499."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a Persian year, such as 1406.")}

    def widget_attrs(self, widget):
        return {"size": 6, "class": "short", "autocomplete": "off", "inputmode": "numeric"}

    def to_python(self, value):
        year = super().to_python(fold_typed(value) if value else value)
        if year is not None and year not in JALALI_YEARS:
            raise forms.ValidationError(
                _("Choose a Persian year from %(first)s to %(last)s."),
                code="no_year",
                params={"first": digits(JALALI_YEARS[0]), "last": digits(JALALI_YEARS[-1])},
            )
        return year

    def prepare_value(self, value):
        return digits(value) if value else value


class YearForm(forms.Form):
    year = YearField(label=_("Persian year"))


class OfficialHolidayForm(forms.Form):
    """One date: taken or not, and as the admin wants it."""

    is_taken = forms.BooleanField(label=_("Add"), required=False)
    held_on = JalaliDateField(label=_("Date"))
    name_fa = NameField(label=_("Persian name"), max_length=80)
    name_en = NameField(label=_("English name"), max_length=80)
    is_estimate = forms.BooleanField(label=_("Estimate"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        for name in ("name_fa", "name_en"):
            self.fields[name].widget.attrs["dir"] = "auto"

    def full_clean(self):
        """What is not taken need not be right."""
        super().full_clean()
        if self.is_bound and not self.cleaned_data.get("is_taken"):
            self._errors.clear()

    @property
    def weekday_of(self):
        """The date that was proposed, to name its day of the week."""
        return self.initial.get("held_on")

    @property
    def note(self):
        """Why it is not ticked."""
        return self.initial.get("note", "")


class OfficialHolidayFormSet(BaseFormSet):
    """The dates of a year; no date twice, none that the calendar has already."""

    def __init__(self, *args, calendar, year, **kwargs):
        super().__init__(*args, **kwargs)
        self.calendar, self.year = calendar, year

    def clean(self):
        taken = [form for form in self.forms if form.cleaned_data.get("is_taken")]
        dates = [form.cleaned_data.get("held_on") for form in taken]
        known = self.calendar.holidays.filter(held_on__in=filter(None, dates))
        seen = set(known.values_list("held_on", flat=True))
        first, last = year_bounds(self.year)
        for form, day in zip(taken, dates, strict=True):
            if day in seen:
                form.add_error("held_on", _("This date is already a holiday of this calendar."))
            elif day and not first <= day <= last:
                sentence = _("This date is not in the year %(year)s.")
                form.add_error("held_on", sentence % {"year": digits(self.year)})
            elif day:
                seen.add(day)
        if not taken:
            raise forms.ValidationError(_("Choose at least one date."), code="none")

    @property
    def holidays(self):
        """What was chosen, as unsaved rows."""
        names = ("held_on", "name_fa", "name_en", "is_estimate")
        return [
            Holiday(**{name: form.cleaned_data[name] for name in names})
            for form in self.forms
            if form.cleaned_data["is_taken"]
        ]


OfficialHolidays = formset_factory(
    OfficialHolidayForm, formset=OfficialHolidayFormSet, extra=0, max_num=100, absolute_max=100
)


def proposed_rows(calendar, year):
    """The rows to choose from, and the number of those that the calendar has already.

    A holiday that the calendar has under the same name a few days off was corrected: not ticked.
    """
    known = list(calendar.holidays.all())
    rows, present = [], 0
    for each in official_holidays(year):
        if any(holiday.held_on == each.held_on for holiday in known):
            present += 1
            continue
        moved = any(
            holiday.name_fa == each.name_fa and abs(holiday.held_on - each.held_on) <= CORRECTED
            for holiday in known
        )
        rows.append(
            {
                "is_taken": not moved,
                "held_on": each.held_on,
                "name_fa": each.name_fa,
                "name_en": each.name_en,
                "is_estimate": each.is_estimate,
                "note": _("The calendar already has this holiday on a nearby day.")
                if moved
                else "",
            }
        )
    return rows, present
