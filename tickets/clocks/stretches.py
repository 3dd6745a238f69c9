"""When a clock counted, as rows: what each change of its ledger does to its stretches.

Pure and blind: the rows of a clock need not be read to follow a change of it, for the clock knows
where its open stretch begins (`stretch_from`) and where its present sum does (`sum_from`).
"""

from copy import copy

from tickets.models import Clock, ClockChange, ClockStretch

Reason = ClockChange.Reason
ENDS = {Reason.MET, Reason.ANSWERED_LATE, Reason.CLOSED_LATE, Reason.WITHDRAWN, Reason.MERGED}
# What begins another sum at its own instant; the stretch before it stays an earlier one.
PARTS = {Reason.RAISED, Reason.PLAN}


class StretchRecorder:
    """Notes what the changes of clocks do to their stretches.

    `rows` are to be inserted, or to take the place of the row of the same clock and start. The
    rows of `parted` clocks are to be joined (`joined`) once these are among them. A clock that
    lacks rows is left to the worker that fills them.
    """

    def __init__(self, clocks=()):
        self._rows = {}
        self.parted = []
        self._lacking = {id(clock) for clock in clocks if not clock.has_stretches}
        self._calendars = {id(clock): clock.calendar_version_id for clock in clocks}

    @property
    def rows(self):
        return list(self._rows.values())

    def forget_rows(self):
        """What was noted is written."""
        self._rows.clear()
        self.parted.clear()

    def follow(self, change):
        """Take a change of the ledger into account, which its clock shows already."""
        clock = change.clock
        if id(clock) in self._lacking:
            clock.sum_from = None
            return
        begins, moved = clock.counts_from, change.has_moved
        if change.reason == Reason.LOWERED and moved:
            self._count_whole(clock)
        elif clock.stretch_from is not None and begins != clock.stretch_from:
            end = max(change.at, clock.stretch_from)
            calendar = self._calendars[id(clock)]
            self._put(clock, clock.stretch_from, calendar, end, change.reason)
        elif clock.stretch_from is None and change.reason in ENDS:
            self._put(clock, change.at, clock.calendar_version_id, change.at, change.reason)
        if begins is not None and (
            begins != clock.stretch_from
            or clock.calendar_version_id != self._calendars.get(id(clock))
        ):
            self._put(clock, begins, clock.calendar_version_id)
        if change.reason in PARTS and moved:
            clock.sum_from = begins or change.at
        clock.sum_from = clock.sum_from or begins
        clock.stretch_from = begins
        self._calendars[id(clock)] = clock.calendar_version_id

    def _count_whole(self, clock):
        """What was counted since the start is of one sum again, each run of it one stretch."""
        if clock.sum_from and clock.sum_from > clock.started_at:
            self.parted.append(clock)
            if clock.stretch_from is not None:
                self._put(clock, clock.stretch_from, clock.calendar_version_id)
                clock.stretch_from = clock.counts_from
                self._calendars[id(clock)] = clock.calendar_version_id
        clock.sum_from = clock.started_at

    def _put(self, clock, started_at, calendar, ended_at=None, because=""):
        self._rows[id(clock), started_at] = ClockStretch(
            clock=clock,
            started_at=started_at,
            ended_at=ended_at,
            calendar_version_id=calendar,
            ended_because=because,
        )


def joined(rows):
    """The rows of one clock in order, those of one run as one, in the calendar of its last."""
    whole = []
    for row in sorted(rows, key=lambda row: row.started_at):
        last = whole[-1] if whole else None
        if last and last.ended_because in PARTS and row.started_at <= last.ended_at:
            last.ended_at, last.ended_because = row.ended_at, row.ended_because
            last.calendar_version_id = row.calendar_version_id
        else:
            whole.append(row)
    return whole


def replayed(clock, changes):
    """The rows of a clock that has none, from its ledger; sets its `stretch_from` and `sum_from`.

    Where the ledger of an early release does not tell enough, they are one stretch.
    """
    past, recorder, rows = Clock(started_at=clock.started_at), StretchRecorder(), {}
    for change in changes:
        _take_back(past, change)
        seen = copy(change)
        seen.clock = past
        recorder.follow(seen)
        rows |= {row.started_at: row for row in recorder.rows}
        if recorder.parted:
            rows = {row.started_at: row for row in joined(rows.values())}
        recorder.forget_rows()
    if clock.counting_from and changes and changes[-1].reckoned_from is None:
        clock.reckoned_from = past.reckoned_from
    clock.sum_from, clock.stretch_from = past.sum_from or clock.started_at, clock.counts_from
    if not rows or past.stretch_from != clock.stretch_from:
        clock.sum_from = clock.started_at
        rows = {clock.started_at: in_one(clock)}
    for row in rows.values():
        row.clock = clock
    return list(rows.values())


def in_one(clock):
    """The stretch of a clock of which no rows are known."""
    ended_at = (
        None if clock.counts_from else (clock.paused_at or clock.stopped_at or clock.breached_at)
    )
    reason = "" if ended_at is None else Reason.PAUSED if clock.is_paused else Reason.MET
    return ClockStretch(
        clock=clock,
        started_at=clock.counts_from or min(clock.reckoned_from, ended_at),
        ended_at=ended_at,
        calendar_version_id=clock.calendar_version_id,
        ended_because=reason,
    )


def _take_back(past, change):
    """Let the clock be as it was after the change; changes of early releases lack their sum."""
    reason, starts = change.reason, past.reckoned_from is None
    past.calendar_version_id = change.calendar_version_id
    if change.reckoned_from is not None:
        past.reckoned_from = change.reckoned_from
    elif starts or reason == Reason.LOWERED or (reason in PARTS and change.has_moved):
        past.reckoned_from = change.at if reason in PARTS else past.started_at
    if starts:
        past.counting_from = past.started_at
    elif reason == Reason.RESUMED:
        past.counting_from = max(change.at, past.started_at)
    elif reason == Reason.PAUSED or reason in ENDS:
        past.counting_from = None
