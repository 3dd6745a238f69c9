"""The form with which an admin closes a calendar from now on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.dates import at_time
from ui.forms import ClockTimeField, JalaliDateField, NameField
from ui.time_zones import known_zone

from .durations import DurationField
from .services import LONGEST_CLOSURE


class ClosureForm(forms.Form):
    """For how long, or until when, and why; `cleaned_data["until"]` is the instant."""

    lasts = DurationField(label=_("For how long"), help_text=_("For example 2 h or 1 h 30 min."))
    until_on = JalaliDateField(
        label=_("Or until: date"), required=False, help_text=_("Leave empty for today.")
    )
    until_at = ClockTimeField(label=_("Or until: time"), required=False)
    reason_fa = NameField(label=_("Reason in Persian"), max_length=200, required=False)
    reason_en = NameField(
        label=_("Reason in English"),
        max_length=200,
        required=False,
        help_text=_("Shown to customers. One language is enough; it is then used for both."),
    )

    def __init__(self, *args, calendar, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone, self.now = known_zone(calendar.time_zone), now
        self.fields["until_at"].help_text = _("In the time zone %(zone)s.") % {
            "zone": calendar.time_zone
        }
        for name, language in (("reason_fa", "fa"), ("reason_en", "en")):
            self.fields[name].widget.attrs |= {"size": 60, "dir": "auto", "lang": language}

    def clean(self):
        super().clean()
        self._check_reason()
        lasts, until_at = self.cleaned_data.get("lasts"), self.cleaned_data.get("until_at")
        if self.errors.keys() & {"lasts", "until_on", "until_at"}:
            return
        if lasts and (until_at or self.cleaned_data.get("until_on")):
            self.add_error("lasts", _("Enter either a duration or an end, not both."))
        elif not lasts and until_at is None:
            name = "until_at" if self.cleaned_data.get("until_on") else "lasts"
            self.add_error(name, _("Enter a duration or an end time."))
        else:
            self._set_until(self.now + lasts if lasts else self._until(), bool(lasts))

    def _check_reason(self):
        missing = not (self.cleaned_data.get("reason_fa") or self.cleaned_data.get("reason_en"))
        if missing and not self.errors.keys() & {"reason_fa", "reason_en"}:
            self.add_error("reason_fa", _("Enter the reason in at least one language."))

    def _until(self):
        day = self.cleaned_data.get("until_on") or self.now.astimezone(self.zone).date()
        return at_time(day, self.cleaned_data["until_at"]).replace(tzinfo=self.zone)

    def _set_until(self, until, is_duration):
        name = "lasts" if is_duration else "until_at"
        if until <= self.now:
            self.add_error(name, _("The end of a closure must be in the future."))
        elif until - self.now > LONGEST_CLOSURE:
            self.add_error(
                name, _("A closure can last at most 30 days. For a longer time, enter holidays.")
            )
        self.cleaned_data["until"] = until
