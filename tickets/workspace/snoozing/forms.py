"""Until when a ticket is put away: the ready-made times, and a time that somebody types."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.promises import current_calendar_version, working_time_by_key
from tickets.workspace.forms import VersionedForm
from ui.dates import at_time
from ui.forms import ClockTimeField, JalaliDateField
from ui.wording import GREGORIAN_YEARS, format_moment, format_weekday_datetime, start_of_day

HOUR, MESSAGE, CHOSEN = "hour", "message", "chosen"
AN_HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Where an agent has no working hours of their own.
MORNING, AFTERNOON = time(9), time(14)
STAMP = "%Y%m%dT%H%MZ"


@dataclass(frozen=True)
class Preset:
    """A ready-made time: what the button sends, its name, and the moment in words."""

    value: str
    label: str
    moment: str


def presets(agent, now):
    """The ready-made times of an agent, in their working hours and zone."""
    hours = _hours_of(agent)
    found = [Preset(HOUR, _("In an hour"), format_moment(now + AN_HOUR, now))]
    afternoon = _at(now, AFTERNOON)
    if now + AN_HOUR < afternoon and (hours is None or hours.is_open(afternoon)):
        found.append(_preset(_("This afternoon"), afternoon, now))
    tomorrow = start_of_day(now, days=1)
    opening = _at(tomorrow, MORNING) if hours is None else hours.next_opening(tomorrow)
    if opening is not None:
        is_tomorrow = timezone.localdate(opening) == timezone.localdate(tomorrow)
        label = _("Tomorrow morning") if is_tomorrow else _("Next working day")
        found.append(_preset(label, opening, now))
    return [*found, Preset(MESSAGE, _("Until the next message"), "")]


def _hours_of(agent):
    if agent.working_hours_id is None:
        return None
    return working_time_by_key(current_calendar_version(agent.working_hours_id).pk)


def _at(moment, clock):
    return timezone.make_aware(datetime.combine(timezone.localdate(moment), clock))


def _preset(label, moment, now):
    return Preset(f"{moment.astimezone(UTC):{STAMP}}", label, format_moment(moment, now))


class SnoozeForm(VersionedForm):
    """Until when: a ready-made time, or a day and a time that somebody typed."""

    when = forms.CharField(max_length=20)
    on = JalaliDateField(label=gettext_lazy("Day"), required=False)
    at = ClockTimeField(label=gettext_lazy("Time"), required=False)

    def clean(self):
        """The instant that is meant, as `until`; None is the next message."""
        data = super().clean()
        when = data.get("when")
        if when == HOUR:
            # A whole minute, as people read it, and never earlier than an hour.
            data["until"] = (timezone.now() + AN_HOUR + MINUTE).replace(second=0, microsecond=0)
        elif when == MESSAGE:
            data["until"] = None
        elif when == CHOSEN:
            self._clean_chosen(data)
        elif when:
            data["until"] = self._clean_preset(when)
        return data

    def _clean_chosen(self, data):
        if {"on", "at"} & self.errors.keys():
            return
        day, clock = data.get("on"), data.get("at")
        if not (day or clock):
            self.add_error("on", _("Enter a day or a time."))
            return
        wall = at_time(day or timezone.localdate(), clock or MORNING)
        moment = timezone.make_aware(wall)
        # In spring a clock skips an hour: no such time is on it that day.
        if timezone.localtime(moment.astimezone(UTC)).replace(tzinfo=None) != wall:
            self.add_error("at", _("There is no such time on this day: the clocks change."))
        data["until"] = moment

    def _clean_preset(self, text):
        try:
            moment = datetime.strptime(text, STAMP).replace(tzinfo=UTC)
        except ValueError:
            moment = None
        if moment is None or moment.year not in GREGORIAN_YEARS:
            self.add_error("when", ValidationError(_("Choose from the list."), code="unknown"))
        return moment


def early_return(ticket):
    """That the ticket comes back before, when its due is near; "" where none is to come."""
    if ticket.due_at is None:
        return ""
    sentence = _("It returns earlier when its answer is due soon or overdue: due %(moment)s.")
    return sentence % {"moment": format_weekday_datetime(ticket.due_at)}
