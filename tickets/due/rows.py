"""The sum behind a due as a table: what counted, what was skipped and why, and what changed it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ui.wording import number

from . import sentences
from .reckoning import COUNTED, PAUSED
from .times import by_day, clock_length, days, exact_moment, stretch, upper_first

DAY = timedelta(days=1)
NOTHING = timedelta(0)
# Of a long run of rows the first and the last are shown, the rest is one row.
MOST_IN_A_RUN, SHOWN_OF_A_RUN = 30, 10


@dataclass(frozen=True)
class Row:
    """`tone` is one of counted, ahead, earlier, skip, change and end.

    `length` is what the row adds to the sum, `sum_after` what that makes; of an earlier sum the
    latter is None.
    """

    tone: str
    at: object
    when: str
    why: str
    length: timedelta | None = None
    sum_after: timedelta | None = None

    @property
    def when_text(self):
        return upper_first(self.when)

    @property
    def why_text(self):
        return upper_first(self.why)

    @property
    def length_text(self):
        """Rounded so that what is shown adds up to the second."""
        if self.length is None:
            return ""
        if self.sum_after is None:
            return clock_length(self.length)
        before = self.sum_after - self.length
        return clock_length(_whole(self.sum_after) - _whole(before))

    @property
    def total_text(self):
        return "" if self.sum_after is None else clock_length(self.sum_after)


def _whole(length):
    return length - length % timedelta(seconds=1)


def table(clock, reckoning, changes, *, now):
    """The rows in order of time; the last one is the due, or what is left of a paused clock."""
    rows = _Rows(clock, reckoning, now)
    events = [*rows.of_pieces(), *rows.of_changes(changes)]
    events.sort(key=lambda row: (row.at, row.tone != "change"))
    return [*_folded(_summed(events)), rows.of_end()]


class _Rows:
    def __init__(self, clock, reckoning, now):
        self.clock, self.reckoning, self.now = clock, reckoning, now
        pauses = [each for each in reckoning.pieces if each.kind == PAUSED]
        self.pauses_start = {each.starts_at for each in pauses}
        self.pauses_end = {each.ends_at for each in pauses}
        self.pieces = self._split()

    def _split(self):
        """The pieces parted at the reader's midnights and at now; pauses stay whole."""
        parts = []
        for piece in self.reckoning.pieces:
            also = [self.reckoning.at] if piece.kind == COUNTED else []
            bounds = (
                [(piece.starts_at, piece.ends_at)]
                if piece.kind == PAUSED
                else by_day(piece.starts_at, piece.ends_at, also=also)
            )
            parts += [replace(piece, starts_at=start, ends_at=end) for start, end in bounds]
        return parts

    def of_pieces(self):
        """A row for each counted stretch and each reason to skip; nights have none."""
        rows, closed = [], []
        for _day, found in groupby(self.pieces, key=_day_and_pause):
            pieces = list(found)
            shown = [each for each in pieces if each.kind != "closed"]
            if shown:
                rows += [*self._of_closed(closed), *self._of_day(shown)]
                closed = []
            else:
                closed.append(pieces)
        return self._joined([*rows, *self._of_closed(closed)])

    def _joined(self, rows):
        """Days one after the other that are skipped for the same reason, as one row."""
        joined = []
        for (tone, why), found in groupby(rows, key=lambda row: (row.tone, row.why)):
            same = list(found)
            if tone == "skip" and len(same) > 1:
                first, last = (timezone.localdate(row.at) for row in (same[0], same[-1]))
                same = [Row("skip", same[0].at, days(first, last, self.now), why)]
            joined += same
        return joined

    def _of_day(self, pieces):
        rows = []
        for piece in pieces:
            if piece.kind == COUNTED:
                rows.append(self._counted(piece, pieces))
            else:
                when = stretch(piece.starts_at, piece.ends_at, self.now)
                rows.append(Row("skip", piece.starts_at, when, sentences.why_skipped(piece)))
        return rows

    def _of_closed(self, closed):
        """Days on which nobody works, in one row."""
        if not closed:
            return []
        start, end = closed[0][0].starts_at, closed[-1][-1].ends_at
        if end - start < DAY - timedelta(hours=2):
            why = _("Outside working hours")
            return [Row("skip", start, stretch(start, end, self.now), why)]
        first, last = timezone.localdate(start), timezone.localdate(end - timedelta.resolution)
        why = sentences.names_of_closed_days(first, last)
        return [Row("skip", start, days(first, last, self.now), why)]

    def _counted(self, piece, of_day):
        when = stretch(piece.starts_at, piece.ends_at, self.now)
        if not piece.is_present:
            return Row(
                "earlier",
                piece.starts_at,
                when,
                _("Counted for the earlier due time"),
                piece.length,
            )
        tone = "ahead" if piece.starts_at >= self.reckoning.at else "counted"
        why = self._why(piece, of_day)
        return Row(tone, piece.starts_at, when, why, piece.length, NOTHING)

    def _why(self, piece, of_day):
        """From which instant or to which it counts; where neither says anything, what it is."""
        if piece.starts_at >= self.reckoning.at and not self.clock.is_running:
            return _("No longer needed")
        bounds = [self._from(piece.starts_at), self._until(piece.ends_at)]
        reasons = [each for each in bounds if each]
        if reasons:
            return pgettext("why it counts", ", ").join(reasons)
        if self.clock.calendar_version_id is None:
            return _("Around the clock")
        return _("Whole working day") if len(of_day) == 1 else _("Working hours")

    def _from(self, at):
        if at == self.clock.started_at:
            return _("From the start")
        if at == self.reckoning.at:
            return _("from now on")
        if at in self.pauses_end:
            return _("After the pause")
        return _("From the change on") if at == self.clock.reckoned_from else ""

    def _until(self, at):
        if at == self.clock.due_at:
            return _("until %(total)s have been counted") % {
                "total": clock_length(self.reckoning.total)
            }
        if at == self.reckoning.at:
            return _("until now") if self.clock.is_running else _("until it ended")
        return _("until the pause") if at in self.pauses_start else ""

    def of_changes(self, changes):
        """What gave the clock another due, or left it as it was."""
        rows = []
        for change in changes:
            sentence = sentences.of_change(change, self.clock, self.now)
            if sentence:
                moment = exact_moment(change.at, self.now)
                rows.append(Row("change", change.at, moment, sentence))
        return rows

    def of_end(self):
        reckoning, clock = self.reckoning, self.clock
        if clock.is_paused:
            left = clock_length(clock.remaining)
            why = _("Paused; %(left)s left") % {"left": left}
            return Row("end", self.now, _("No due time now"), why, None, reckoning.total)
        why = exact_moment(clock.due_at, self.now)
        if reckoning.summed_at:
            moment = exact_moment(reckoning.summed_at, self.now)
            why = sentences.clamped(moment, why)
        return Row("end", clock.due_at, _("Due time"), why, None, reckoning.total)


def _day_and_pause(piece):
    return timezone.localdate(piece.starts_at), piece.kind == PAUSED and piece.starts_at


def _summed(rows):
    """The rows with the running total of the present sum."""
    total, summed = NOTHING, []
    for row in rows:
        total += NOTHING if row.sum_after is None else row.length
        summed.append(row if row.sum_after is None else replace(row, sum_after=total))
    return summed


def _folded(rows):
    """The rows, the middle of a very long run of one tone as one."""
    shown = []
    for is_run, found in groupby(rows, key=lambda row: row.tone != "change"):
        run = list(found)
        if is_run and len(run) > MOST_IN_A_RUN:
            middle = run[SHOWN_OF_A_RUN:-SHOWN_OF_A_RUN]
            run = [*run[:SHOWN_OF_A_RUN], *_fold(middle), *run[-SHOWN_OF_A_RUN:]]
        shown += run
    return shown


def _fold(rows):
    """One row for each tone that counts among them."""
    folded = []
    for tone, found in groupby(
        (row for row in rows if row.length is not None), key=lambda row: row.tone
    ):
        same = list(found)
        length = sum((row.length for row in same), NOTHING)
        count = len({timezone.localdate(row.at) for row in same})
        why = ngettext("%(count)s more similar day", "%(count)s more similar days", count)
        when = days(timezone.localdate(same[0].at), timezone.localdate(same[-1].at), same[0].at)
        folded.append(
            Row(tone, same[0].at, when, why % {"count": number(count)}, length, same[-1].sum_after)
        )
    return folded
