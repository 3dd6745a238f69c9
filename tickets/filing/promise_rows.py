"""What a plan promises for each priority, in words, beside the form of a new ticket."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from plans.models import Priority
from ui.wording import about_days, format_moment, format_target

# A day so long that no target is written in days.
LONG = timedelta.max


@dataclass(frozen=True)
class Words:
    """How the rows speak to one kind of reader."""

    promise: str
    absent: str
    no_promise: str


FOR_CUSTOMER = Words(
    _("If created now, you get an answer before %(due)s: in less than %(target)s."),
    _("Not in your plan"),
    _(
        "Your plan promises no response time for this priority. Support still "
        "answers, without a due time."
    ),
)
FOR_STAFF = Words(
    _("If created now, it must be answered before %(due)s: in less than %(target)s."),
    _("Not in the customer's plan"),
    _("The customer's plan promises no response time for this priority; it has no due time."),
)


@dataclass(frozen=True)
class PriorityRow:
    """One priority: what it is for, what is promised, and until when, if filed now."""

    value: str
    label: str
    purpose: str
    promise: str
    until: str
    sentence: str
    checked: bool = False
    promised: bool = True

    @property
    def priority(self):
        """By which the row is marked, as a ticket is."""
        return self.value


def priority_rows(promise, *, chosen, now, above=None, for_staff=False):
    """The rows from critical to low; `above` leaves out that priority and all below it.

    They speak to the customer, or `for_staff` to the agent who files for one.
    """
    least = Priority(above).rank if above else -1
    kept = [each for each in reversed(Priority) if each.rank > least]
    words = FOR_STAFF if for_staff else FOR_CUSTOMER
    return [_row(each, promise, each == chosen, now, words) for each in kept]


def _row(priority, promise, checked, now, words):
    cell = promise.cell(priority)
    target = _promised(cell, promise, now, words) if cell.target else _not_promised(words)
    return PriorityRow(
        value=str(priority),
        label=str(priority.label),
        purpose=str(priority.purpose),
        checked=checked,
        promised=cell.target is not None,
        **target,
    )


def _not_promised(words):
    return {
        "promise": gettext("No commitment"),
        "until": str(words.absent),
        "sentence": str(words.no_promise),
    }


def _promised(cell, promise, now, words):
    working_time = promise.working_time
    working = not promise.is_around_the_clock
    due = format_moment(working_time.add(now, cell.target), now)
    day = working_time.typical_day
    target = format_target(cell.target, working, day=day)
    sentence = words.promise % {"due": due, "target": target}
    if not working_time.is_open(now):
        opening = format_moment(working_time.next_opening(now), now)
        sentence += " " + gettext("Counting starts %(moment)s.") % {"moment": opening}
    facts = [pgettext("promise", "until %(due)s") % {"due": due}]
    if cell.aim:
        aim = format_target(cell.aim, working, day=cell.aim)
        facts.append(pgettext("promise", "aim %(aim)s") % {"aim": aim})
    if working and cell.target > day:
        facts.insert(0, about_days(cell.target, day))
    # The days are in the note below; the row itself has hours alone.
    hours = format_target(cell.target, working, day=max(day, cell.target))
    return {
        "promise": pgettext("promise", "less than %(target)s") % {"target": hours},
        "until": " · ".join(facts),
        "sentence": sentence,
    }


def promise_line(promise):
    """The response times of all priorities in one line; those without a commitment last."""
    cells = {priority: promise.cell(priority) for priority in reversed(Priority)}
    working = not promise.is_around_the_clock
    facts = [
        pgettext("promise", "%(priority)s %(target)s")
        % {"priority": priority.label, "target": format_target(cell.target, working, day=LONG)}
        for priority, cell in cells.items()
        if cell.target
    ]
    without = [str(priority.label) for priority, cell in cells.items() if not cell.target]
    if without:
        words = {"priorities": _(", ").join(without)}
        facts.append(pgettext("promise", "no commitment: %(priorities)s") % words)
    return " · ".join(facts)
