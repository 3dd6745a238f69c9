"""What an edit of a plan or a calendar would do to running clocks, in sentences."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.choices import ClockKind
from tickets.models import Recalculation
from ui.wording import format_moment, format_target, number

NEW_ONLY = "new"
EFFECTS = {
    "earlier": gettext_lazy("due earlier"),
    "overdue": gettext_lazy("overdue at once"),
    "later": gettext_lazy("due later"),
    "started": gettext_lazy("an SLA clock starts"),
    "withdrawn": gettext_lazy("no longer promised"),
}


@dataclass(frozen=True)
class Choice:
    """One of the three things an admin can choose; `button` says what saving does then."""

    value: str
    label: str
    consequence: str
    button: str


@dataclass(frozen=True)
class ShownMove:
    """A row of the preview: which ticket, which clock, and its due before and after."""

    number: str
    url: str
    title: str
    organization: str
    kind: str
    before: str
    after: str
    effect: str
    effect_text: str


def shown_counts(preview):
    """(effect, label, number) of what would happen, without what would not."""
    return [
        (effect, EFFECTS[effect], number(count))
        for effect, count in preview.counts.items()
        if count
    ]


def shown_moves(moves, now):
    return [
        ShownMove(
            number=move.ticket.number,
            url=move.ticket.get_queue_url(),
            title=move.ticket.title,
            organization=str(move.ticket.organization),
            kind=str(ClockKind(move.kind).label),
            before=_due_text(move.before, move, now),
            after=_due_text(move.after, move, now),
            effect=move.effect,
            effect_text=str(EFFECTS[move.effect]),
        )
        for move in moves
    ]


def _due_text(value, move, now):
    """A due as a moment, what is left of a paused clock as a duration."""
    if value is None:
        return _("No commitment")
    if isinstance(value, datetime):
        return format_moment(value, now)
    return _("%(time)s left") % {"time": format_target(value, move.is_working, day=value)}


def scope_choices(preview):
    scope = Recalculation.Scope
    return [
        Choice(
            NEW_ONLY,
            _("New clocks only"),
            _("Running SLA clocks keep their current due time; new commitments start."),
            _save_and_start(preview.counts["started"]),
        ),
        Choice(
            scope.HELPING,
            str(scope.HELPING.label),
            _("A running SLA clock moves only where it falls due earlier, or starts."),
            _save_and_move(preview.helping),
        ),
        Choice(
            scope.ALL,
            str(scope.ALL.label),
            _(
                "Every running SLA clock is recalculated with the new version, even where "
                "it falls due later."
            ),
            _save_and_move(preview.all),
        ),
    ]


def unreached_sentence(preview):
    """How many clocks the edit does not reach, since they count by the organization's earlier
    plan; nothing where there is none."""
    if not preview.unreached:
        return ""
    sentence = ngettext(
        "%(count)s running SLA clock still counts by the organization's earlier plan and does "
        "not follow this change.",
        "%(count)s running SLA clocks still count by the organization's earlier plan and do "
        "not follow this change.",
        preview.unreached,
    )
    return sentence % {"count": number(preview.unreached)}


def _save_and_start(count):
    if not count:
        return _("Save, no SLA clock moves")
    sentence = ngettext(
        "Save and start %(count)s SLA clock", "Save and start %(count)s SLA clocks", count
    )
    return sentence % {"count": number(count)}


def _save_and_move(count):
    if not count:
        return _("Save, no SLA clock moves")
    sentence = ngettext(
        "Save and move %(count)s SLA clock", "Save and move %(count)s SLA clocks", count
    )
    return sentence % {"count": number(count)}


def progress_sentence(row):
    """How far a worker has come with a preview."""
    return _("%(done)s of %(total)s tickets checked") % {
        "done": number(min(row.looked_at, row.total)),
        "total": number(row.total),
    }
