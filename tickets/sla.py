"""Response clocks: when one starts, moves, is met, breached or withdrawn.

Everything here is in memory and pure given the ticket, the promise and `now`; `Ledger.save` is
the one place that writes.
"""

from datetime import timedelta

from plans.promises import promise_of

from .models import Clock, ClockChange

DUE_SOON_SHARE = 0.75


class Ledger:
    """The running clocks of one locked ticket, settled to `now` before anything else happens.

    Raises nothing: what a rule does not allow to move stays where it is.
    """

    def __init__(self, ticket, *, now, clocks=None):
        self.ticket, self.now = ticket, now
        if clocks is None:
            clocks = ticket.clocks.running().select_related("plan_version", "calendar_version")
        self.clocks = list(clocks)
        self.touched = []
        self.lines = []
        for clock in self.clocks:
            self._settle(clock)

    @property
    def response(self):
        """The running response clock, or None; there is never more than one."""
        running = (clock for clock in self.clocks if clock.kind in Clock.RESPONSE_KINDS)
        return next((clock for clock in running if clock.is_running), None)

    def start(self, promise, *, kind, at):
        """Start a clock at `at` if the plan promises an answer for the ticket's priority."""
        cell = promise.cell(self.ticket.priority)
        if cell.target is None:
            return
        clock = Clock(
            ticket=self.ticket,
            kind=kind,
            priority=self.ticket.priority,
            plan_version=promise.plan_version,
            calendar_version=promise.calendar_version,
            started_at=at,
            target=cell.target,
            aim=cell.aim,
        )
        self._set_due(clock, promise.working_time.add(at, cell.target), promise.working_time)
        self.clocks.append(clock)
        self._touch(clock, ClockChange.Reason.STARTED, at=at, new_due_at=clock.due_at)
        self._settle(clock)

    def answer(self, message):
        """Only a public agent message meets a response clock; at the due instant it is late."""
        clock = self.response
        if clock is None:
            return
        reason = ClockChange.Reason.ANSWERED_LATE
        if clock.state == Clock.State.RUNNING:
            clock.state, reason = Clock.State.MET, ClockChange.Reason.MET
        clock.stopped_at, clock.answer = self.now, message
        self._touch(clock, reason)

    def withdraw(self):
        """End what runs without an answer: a close, a suspension, a priority without commitment."""
        clock = self.response
        if clock is None:
            return
        if clock.state == Clock.State.RUNNING:
            clock.state = Clock.State.WITHDRAWN
        clock.stopped_at = self.now
        self._touch(clock, ClockChange.Reason.WITHDRAWN)

    def raise_priority(self, promise, *, kind):
        """The earlier of the present due and (now + the new target)."""
        self._hasten(promise, kind=kind, reason=ClockChange.Reason.RAISED)

    def change_plan(self, promise, *, kind):
        """As a raise, with the new plan's target and calendar."""
        self._hasten(promise, kind=kind, reason=ClockChange.Reason.PLAN)

    def lower_priority(self, promise, *, kind):
        """The later of the present due and (start + the new target); without target, withdrawn."""
        clock, cell = self.response, promise.cell(self.ticket.priority)
        if clock is None:
            self._start_at_change(promise, kind=kind)
        elif clock.state == Clock.State.BREACHED:
            return
        elif cell.target is None:
            self.withdraw()
        else:
            due = promise.working_time.add(clock.started_at, cell.target)
            self._retarget(clock, promise, due, ClockChange.Reason.LOWERED, max)

    def save(self):
        """Write the touched clocks and their lines, and the ticket's due (in memory)."""
        for clock in self.touched:
            clock.save()
        ClockChange.objects.bulk_create(self.lines)
        self.place_due()

    def place_due(self):
        """The ticket carries the earliest due of its running clocks."""
        running = [clock for clock in self.clocks if clock.is_running]
        first = min(running, key=lambda clock: clock.due_at, default=None)
        self.ticket.due_at = first.due_at if first else None
        self.ticket.due_soon_at = first.due_soon_at if first else None

    def _hasten(self, promise, *, kind, reason):
        clock, cell = self.response, promise.cell(self.ticket.priority)
        if clock is None:
            self._start_at_change(promise, kind=kind)
        elif clock.state == Clock.State.RUNNING and cell.target is not None:
            # A clock that was set back must not make a due before the start.
            start = max(self.now, clock.started_at)
            due = promise.working_time.add(start, cell.target)
            self._retarget(clock, promise, due, reason, min)

    def _start_at_change(self, promise, *, kind):
        """From none to a target while something waits: the clock starts at the change."""
        if self.ticket.waits_for_answer:
            self.start(promise, kind=kind, at=self.now)

    def _retarget(self, clock, promise, due, reason, choose):
        old = clock.due_at
        if choose(old, due) != old:
            cell = promise.cell(self.ticket.priority)
            clock.priority, clock.target, clock.aim = self.ticket.priority, cell.target, cell.aim
            clock.plan_version = promise.plan_version
            clock.calendar_version = promise.calendar_version
            self._set_due(clock, due, promise.working_time)
        self._touch(clock, reason, old_due_at=old, new_due_at=clock.due_at)
        self._settle(clock)

    def _set_due(self, clock, due, working_time):
        counted = working_time.measure(clock.started_at, due)
        clock.due_at = due
        clock.due_soon_at = min(due, working_time.add(clock.started_at, counted * DUE_SOON_SHARE))

    def _settle(self, clock):
        """Stamp what has fallen with its own instant, whether or not the scan came by."""
        if clock.state != Clock.State.RUNNING:
            return
        if clock.due_soon_fell_at is None and clock.due_soon_at <= self.now:
            # After a due moved, the new instant may lie before the move: it is due soon now.
            moved = max(
                (line.at for line in self.lines if line.clock is clock), default=clock.due_soon_at
            )
            clock.due_soon_fell_at = max(clock.due_soon_at, min(moved, self.now))
            self._touch(clock, ClockChange.Reason.DUE_SOON, at=clock.due_soon_fell_at)
        if clock.due_at <= self.now:
            clock.state, clock.breached_at = Clock.State.BREACHED, clock.due_at
            clock.assignee_at_breach_id = self.ticket.assignee_id
            self._touch(clock, ClockChange.Reason.BREACHED, at=clock.due_at)

    def _touch(self, clock, reason, *, at=None, old_due_at=None, new_due_at=None):
        if clock not in self.touched:
            self.touched.append(clock)
        self.lines.append(
            ClockChange(
                clock=clock,
                reason=reason,
                at=at or self.now,
                priority=self.ticket.priority,
                plan_version_id=clock.plan_version_id,
                calendar_version_id=clock.calendar_version_id,
                old_due_at=old_due_at,
                new_due_at=new_due_at,
            )
        )


def working_time_of(clock):
    """The calendar that a clock counts in, as it was when the clock was computed."""
    return promise_of(clock.plan_version, clock.calendar_version).working_time


def left(clock, now):
    """Counted time until the due; zero once it has fallen."""
    if clock.due_at <= now:
        return timedelta(0)
    return working_time_of(clock).measure(now, clock.due_at)
