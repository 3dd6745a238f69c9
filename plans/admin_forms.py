"""The forms of the admin: a plan as a small matrix of durations, a calendar with hours and days."""

import zoneinfo
from datetime import time
from itertools import pairwise

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ui.forms import ClockTimeField, JalaliDateField, NumberField
from ui.time_zones import known_zone
from ui.wording import digits, format_duration

from .admin_rows import RowForm, RowFormSet
from .definitions import definition_of, state_of
from .durations import DurationField
from .models import (
    Calendar,
    ExtraHours,
    Holiday,
    Plan,
    Priority,
    ResponseTarget,
    WorkingHours,
)
from .working_time import AROUND_THE_CLOCK, MINUTES_A_DAY, NoWorkingTime, WorkingTime

# As an end of working hours it is the midnight that ends the day.
MIDNIGHT = time(0, 0)
WHOLE_DAY = (0, MINUTES_A_DAY)
STALE = _(
    "Somebody else changed this in the meantime, so nothing was saved. Reload the page "
    "to see the change, then make your changes again."
)


class FreshForm(forms.ModelForm):
    """A form that refuses to overwrite what somebody else changed since it was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.is_bound:
            self.fields["seen"].initial = state_of(self.instance)

    def clean(self):
        super().clean()
        if self.instance.pk:
            # Locked, so that the second of two simultaneous saves waits and is then refused.
            locked = type(self.instance).objects.select_for_update().get(pk=self.instance.pk)
            if self.cleaned_data.get("seen") != state_of(locked):
                raise forms.ValidationError(STALE, code="stale")


class PlanForm(FreshForm):
    becomes_default = forms.BooleanField(label=_("Default for new organizations"), required=False)

    class Meta:
        model = Plan
        fields = [
            "name_fa",
            "name_en",
            "key",
            "position",
            "calendar",
            "architecture_guidance_fa",
            "architecture_guidance_en",
        ]
        field_classes = {"position": NumberField}
        widgets = {"position": forms.TextInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["calendar"].empty_label = _("24/7: around the clock, every day")
        for name in ("architecture_guidance_fa", "architecture_guidance_en"):
            self.fields[name].widget.attrs |= {"size": 70, "dir": "auto"}
        if self.instance.is_default:
            field = self.fields["becomes_default"]
            field.initial = field.disabled = True
            field.help_text = _("To change this, make another plan the default.")

    def clean_calendar(self):
        """A calendar whose zone this server does not know could not be counted in."""
        calendar = self.cleaned_data["calendar"]
        if calendar and calendar.time_zone not in zoneinfo.available_timezones():
            sentence = _(
                "The time zone of this calendar, %(zone)s, is not known here. Choose another one "
                "in the calendar first."
            )
            raise forms.ValidationError(sentence, code="zone", params={"zone": calendar.time_zone})
        return calendar


class TargetForm(RowForm):
    target = DurationField(label=_("Response target"))
    aim = DurationField(label=_("Aim"))
    resolution = DurationField(label=_("Resolution target"))

    class Meta:
        model = ResponseTarget
        fields = ["target", "aim", "resolution"]

    @property
    def purpose(self):
        """What the priority of this row is for."""
        return Priority(self.instance.priority).purpose

    def clean(self):
        super().clean()
        aim, target = self.cleaned_data.get("aim"), self.cleaned_data.get("target")
        if aim and "target" not in self.errors:
            if target is None:
                self.add_error("aim", _("An aim needs a response target."))
            elif aim >= target:
                self.add_error("aim", _("The aim must be shorter than the response target."))


class TargetFormSet(RowFormSet):
    """One row a priority, in their order; rows that a plan does not have yet are added."""

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if not form.instance.priority:
            present = {each.priority for each in self.get_queryset()}
            missing = [each for each in Priority if each not in present] or list(Priority)
            form.instance.priority = missing[(i - self.initial_form_count()) % len(missing)]
        return form

    def clean(self):
        super().clean()
        if self.initial_form_count() != len(self.get_queryset()):
            raise forms.ValidationError(STALE, code="stale")
        working_time = working_time_of(self.instance.calendar)
        now = timezone.now()
        for form in self.forms:
            for name in ("target", "resolution"):
                duration = getattr(form, "cleaned_data", {}).get(name)
                if duration and not _comes_due(working_time, now, duration):
                    form.add_error(
                        name, _("The calendar has too little working time for this duration.")
                    )


class CalendarForm(FreshForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(name, name) for name in sorted(zoneinfo.available_timezones())],
    )

    class Meta:
        model = Calendar
        fields = ["name_fa", "name_en", "time_zone"]


class TableRowForm(RowForm):
    """A row of a table, whose column heads name the fields for the eye only."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


class TableFormSet(RowFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Delete")


class HoursForm(TableRowForm):
    """A row with hours of a day, of which the end comes after the start."""

    starts_at = ClockTimeField(label=_("From"))
    ends_at = ClockTimeField(label=_("To"), help_text=_("24:00 is the end of the day."))

    def clean(self):
        super().clean()
        starts_at, ends_at = (self.cleaned_data.get(name) for name in ("starts_at", "ends_at"))
        complete = starts_at is not None and ends_at is not None
        if complete and ends_at != MIDNIGHT and ends_at <= starts_at:
            self.add_error("ends_at", _("The end must be after the start."))


class WorkingHoursForm(HoursForm):
    class Meta:
        model = WorkingHours
        fields = ["weekday", "starts_at", "ends_at"]


class WorkingHoursFormSet(TableFormSet):
    def clean(self):
        # Not the parent's check of unique rows: overlap includes it, and names the field.
        forms_by_day = self._forms_by_day()
        for forms_of_day in forms_by_day.values():
            for before, after in pairwise(forms_of_day):
                if after.instance.minutes[0] < before.instance.minutes[1]:
                    after.add_error("starts_at", _overlap(before.instance.minutes))
        if not any(self.errors):
            self._check_amount(forms_by_day)

    def _forms_by_day(self):
        by_day = {}
        for form in self.forms:
            complete = form.is_valid() and "starts_at" in form.cleaned_data
            if complete and not self._should_delete_form(form):
                by_day.setdefault(form.cleaned_data["weekday"], []).append(form)
        for forms_of_day in by_day.values():
            forms_of_day.sort(key=lambda form: form.instance.minutes)
        return by_day

    def _check_amount(self, forms_by_day):
        if not forms_by_day:
            raise forms.ValidationError(
                _("A calendar needs working hours on at least one day of the week."),
                code="no_working_time",
            )
        weekly = {
            str(day): [form.instance.minutes for form in forms_of_day]
            for day, forms_of_day in forms_by_day.items()
        }
        definition = {"time_zone": self.instance.time_zone, "weekly": weekly, "holidays": {}}
        self._check_targets(WorkingTime.from_definition(definition))

    def _check_targets(self, working_time):
        now = timezone.now()
        for cell in ResponseTarget.objects.counted_in(self.instance).select_related("plan"):
            for duration in filter(None, (cell.target, cell.resolution)):
                if not _comes_due(working_time, now, duration):
                    raise forms.ValidationError(
                        _("These working hours are too short for %(target)s of the plan %(plan)s."),
                        params={
                            "target": format_duration(duration, parts=None),
                            "plan": cell.plan.name,
                        },
                        code="too_little",
                    )


class HolidayForm(HoursForm):
    held_on = JalaliDateField(label=_("Date"))
    starts_at = ClockTimeField(
        label=_("From"), required=False, help_text=_("Leave both empty for the whole day.")
    )
    ends_at = ClockTimeField(
        label=_("To"), required=False, help_text=_("24:00 is the end of the day.")
    )

    class Meta:
        model = Holiday
        fields = ["held_on", "starts_at", "ends_at", "name_fa", "name_en", "is_estimate"]

    def clean(self):
        super().clean()
        for name, other in (("starts_at", "ends_at"), ("ends_at", "starts_at")):
            is_missing = name not in self.errors and self.cleaned_data.get(name) is None
            if is_missing and self.cleaned_data.get(other) is not None:
                self.add_error(name, _("Enter both times, or neither for the whole day."))


class DatedFormSet(TableFormSet):
    """Rows with hours of dates: those of one date do not overlap, also with what is not shown."""

    date_field: str

    def clean(self):
        # Not the parent's check of unique rows: it does not say which row.
        taken = {}
        for row in self._rows_not_shown():
            taken.setdefault(getattr(row, self.date_field), []).append(row.minutes)
        for form in self.forms:
            day = getattr(form, "cleaned_data", {}).get(self.date_field)
            if day is None or form.errors or self._should_delete_form(form):
                continue
            for minutes in taken.get(day, ()):
                if _overlaps(minutes, form.instance.minutes):
                    self.refuse(form, minutes)
                    break
            taken.setdefault(day, []).append(form.instance.minutes)

    def refuse(self, form, minutes):
        """Say beside the field that the row overlaps with other minutes of its date."""
        form.add_error("starts_at", _overlap(minutes))

    def _rows_not_shown(self):
        """Rows that the page leaves out because they are long past."""
        if not self.instance.pk:
            return []
        shown = [form.instance.pk for form in self.initial_forms]
        rows = self.model._default_manager.filter(**{self.fk.name: self.instance})
        return rows.exclude(pk__in=shown)


class HolidayFormSet(DatedFormSet):
    date_field = "held_on"

    def refuse(self, form, minutes):
        if WHOLE_DAY in {minutes, form.instance.minutes}:
            form.add_error("held_on", _("This date is already a holiday of this calendar."))
        else:
            super().refuse(form, minutes)


class ExtraHoursForm(HoursForm):
    opens_on = JalaliDateField(label=_("Date"))

    class Meta:
        model = ExtraHours
        fields = ["opens_on", "starts_at", "ends_at"]


class ExtraHoursFormSet(DatedFormSet):
    date_field = "opens_on"


def _overlaps(one, other):
    return one[0] < other[1] and other[0] < one[1]


def _overlap(minutes):
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in minutes)
    return _("This overlaps with %(hours)s of the same day.") % {"hours": digits(f"{start}–{end}")}


def working_time_of(calendar):
    """What the calendar says now; 24/7 without one."""
    if calendar is None:
        return AROUND_THE_CLOCK
    definition = definition_of(calendar)
    # An unknown zone is refused beside its field; what else is wrong is found meanwhile.
    zone = known_zone(definition["time_zone"])
    return WorkingTime.from_definition(definition | {"time_zone": str(zone)})


def _comes_due(working_time, now, duration):
    try:
        working_time.add(now, duration)
    except NoWorkingTime:
        return False
    return True
