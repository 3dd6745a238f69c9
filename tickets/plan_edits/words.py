"""What an edit of a plan or a calendar would do to running clocks, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.models import Recalculation
from ui.wording import format_duration, format_moment, number

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
    """One of the three things an admin can choose; `moves` says how many clocks it touches."""

    value: str
    label: str
    consequence: str
    moves: str
    checked: bool = False


@dataclass(frozen=True)
class ToldMove:
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


def told_counts(preview):
    """(effect, words, number) of what would happen, without what would not."""
    return [
        (effect, EFFECTS[effect], number(count))
        for effect, count in preview.counts.items()
        if count
    ]


def told_moves(moves, now):
    return [
        ToldMove(
            number=move.ticket.number,
            url=move.ticket.get_queue_url(),
            title=move.ticket.title,
            organization=str(move.ticket.organization),
            kind=move.kind,
            before=_standing(move.before, now),
            after=_standing(move.after, now),
            effect=move.effect,
            effect_text=str(EFFECTS[move.effect]),
        )
        for move in moves
    ]


def _standing(value, now):
    """A due as a moment, what is left of a paused clock as a duration."""
    if value is None:
        return _("No commitment")
    if isinstance(value, datetime):
        return format_moment(value, now)
    return _("%(time)s left") % {"time": format_duration(value)}


def scope_choices(preview):
    scope = Recalculation.Scope
    return [
        Choice(
            NEW_ONLY,
            _("New clocks only"),
            _("Running SLA clocks keep their current due time."),
            _clocks(0),
            checked=True,
        ),
        Choice(
            scope.HELPING,
            str(scope.HELPING.label),
            _("A running SLA clock moves only where it falls due earlier, or starts."),
            _clocks(preview.helping),
        ),
        Choice(
            scope.ALL,
            str(scope.ALL.label),
            _(
                "Every running SLA clock is recalculated with the new version, even where "
                "it falls due later."
            ),
            _clocks(preview.all),
        ),
    ]


def _clocks(count):
    sentence = ngettext("%(count)s SLA clock moves", "%(count)s SLA clocks move", count)
    return sentence % {"count": number(count)}
