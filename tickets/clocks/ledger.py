"""The clocks of a ticket: when one starts, moves, pauses, is met, breached or withdrawn.

In memory and pure given the ticket, the promise and `now`; the services write what was touched.
"""

from datetime import timedelta

from plans.promises import promise_of
from tickets.choices import Status
from tickets.models import Clock, ClockChange

from .merging import MergedClocks
from .stretches import StretchRecorder
from .terms import edited_terms, renewed, targets_for, unmoved, working_time_of

Kind, State, Reason = Clock.Kind, Clock.State, ClockChange.Reason
DUE_SOON_SHARE, ESCALATE_SHARE = 0.75, 0.375
# The moments at which the scan dealt with a clock, in the order in which these fall.
ANNOUNCED_AT = ("escalation_notified_at", "due_soon_notified_at", "breach_notified_at")
RECOUNTED = {Reason.RECALCULATED, Reason.CLOSURE}
NOTHING = timedelta(0)


class TicketClocks(MergedClocks):
    """The clocks of one locked ticket, settled to `now` before anything else happens.

    Raises nothing: what a rule does not allow to move stays where it is. `clocks` are those that
    something can still happen to (`ClockQuerySet.alive`); without them they are read.
    """

    def __init__(self, ticket, *, now, clocks=None):
        self.ticket, self.now = ticket, now
        if clocks is None:
            clocks = ticket.clocks.alive().select_related("plan_version", "calendar_version")
        self.clocks = list(clocks)
        self.touched = []
        self.changes = []
        self.stretches = StretchRecorder(self.clocks)
        for clock in self.clocks:
            self._settle(clock)

    @property
    def response(self):
        """The running response clock, or None; there is never more than one."""
        return self._running(Clock.RESPONSE_KINDS)

    @property
    def resolution(self):
        """The running resolution clock, or None; it may be paused."""
        return self._running([Kind.RESOLUTION])

    def start(self, promise, *, kind, at):
        """Start a clock at `at` if the plan promises anything of the kind for the priority."""
        target, aim = targets_for(promise, self.ticket.priority, kind)
        if target is None:
            return
        clock = Clock(
            ticket=self.ticket,
            kind=kind,
            priority=self.ticket.priority,
            plan_version=promise.plan_version,
            calendar_version=promise.calendar_version,
            started_at=at,
            counting_from=at,
            target=target,
            aim=aim,
        )
        self._reckon(clock, at, target, promise.working_time)
        self.clocks.append(clock)
        self._touch(clock, Reason.STARTED, at=at, new_due_at=clock.due_at)
        self._settle(clock)

    def answer(self, message):
        """Only a public agent message meets a response clock; at the due instant it is late."""
        clock = self.response
        if clock is not None:
            clock.answer = message
            self._stop(clock, State.MET, agent_id=message.author_id)
            self._touch(clock, _ended(clock, Reason.MET, Reason.ANSWERED_LATE))

    def withdraw_response(self):
        """End without an answer what a close settles; a breach stays one."""
        self._withdraw(self.response)

    def withdraw_all(self):
        """End what is promised no more, as to a suspended organization."""
        self._withdraw(self.response)
        self._withdraw(self.resolution)

    def raise_priority(self, promise, *, kind):
        """The earlier of the present due and (now + the new target).

        `kind` is that of a response clock which starts because nothing was promised before.
        """
        self._for_each(promise, kind, self._hasten, Reason.RAISED)

    def change_plan(self, promise, *, kind):
        """As a raise, with the new plan's target and calendar."""
        self._for_each(promise, kind, self._hasten, Reason.PLAN)

    def lower_priority(self, promise, *, kind):
        """The later of the present due and (start + the new target); without target, withdrawn."""
        self._for_each(promise, kind, self._postpone, Reason.LOWERED)

    def recalculate(self, promise, *, kind, only_helping):
        """Recalculate clocks that were computed from another version of the same plan.

        The sum behind the present due is done again with the new target. Of what would have fallen
        before now, the breach falls now: the past was promised otherwise. With `only_helping` a
        clock moves only to an earlier due, and none is withdrawn.
        """
        for each, clock in ((kind, self.response), (Kind.RESOLUTION, self.resolution)):
            if clock is None:
                self._start_if_owed(promise, each)
            elif clock.state == State.RUNNING and (terms := edited_terms(clock, promise)):
                self._recount(clock, terms, Reason.RECALCULATED, only_helping)

    def start_owed(self, promise, *, kind, at):
        """Start at `at`, or at what waits since later, what is promised and has no clock."""
        since = max(at, self.ticket.waiting_since or at)
        for each, running in ((kind, self.response), (Kind.RESOLUTION, self.resolution)):
            if running is None:
                self._start_if_owed(promise, each, at=at if each == Kind.RESOLUTION else since)

    def move_into(self, version_of, *, reason, only_helping=False):
        """Do the sums of the running clocks again in the calendar version that `version_of` gives
        for theirs; None leaves a clock as it is."""
        for clock in self.clocks:
            if clock.is_running and clock.state == State.RUNNING:
                version = version_of(clock.calendar_version)
                if version is not None and version.pk != clock.calendar_version_id:
                    terms = promise_of(clock.plan_version, version)
                    self._recount(clock, terms, reason, only_helping)

    def follow_status(self, *, actor=None):
        """Let the resolution clock count except while awaiting customer or closed.

        A close before the due meets it, for the agent who closed or else the assignee; a
        reopening makes the closed time a pause. A breach is final.
        """
        if self.ticket.is_closed:
            self._resolve(self.resolution, actor)
            return
        if self.resolution is None:
            self._go_on_after_close()
        clock = self.resolution
        if clock is None:
            return
        if self.ticket.status == Status.AWAITING_CUSTOMER:
            self._pause(clock)  # reopened and answered in one act, it goes on to pause at once
        elif clock.counting_from is None:
            self._go_on(clock)

    def mark_announced(self, clocks, moment):
        """Remember that the scan has dealt with a moment of ANNOUNCED_AT, and with those before."""
        for clock in clocks:
            for name in ANNOUNCED_AT[: ANNOUNCED_AT.index(moment) + 1]:
                if getattr(clock, name) is None:
                    setattr(clock, name, self.now)
            if clock not in self.touched:
                self.touched.append(clock)

    def place_due(self):
        """The ticket carries the earliest due of its running clocks.

        While awaiting customer a breached resolution is nobody's next move, so it is not the due.
        """
        running = [clock for clock in self.clocks if clock.is_running and clock.due_at]
        if self.ticket.status == Status.AWAITING_CUSTOMER:
            running = [clock for clock in running if clock.kind != Kind.RESOLUTION]
        first = min(running, key=lambda clock: clock.due_at, default=None)
        self.ticket.due_at = first.due_at if first else None
        self.ticket.due_soon_at = first.due_soon_at if first else None

    # --- Which clocks -----------------------------------------------------------------------------

    def _running(self, kinds):
        return next((each for each in self.clocks if each.is_running and each.kind in kinds), None)

    def _met_resolution(self):
        """The resolution clock that an earlier close met, if that was the last of the ticket."""
        ended = [each for each in self.clocks if each.kind == Kind.RESOLUTION]
        last = max(ended, key=lambda clock: (clock.started_at, clock.pk or 0), default=None)
        return last if last and last.state == State.MET else None

    def _for_each(self, promise, response_kind, move, reason):
        """Move the clock of each kind, or start it: from none to a target it starts now."""
        for kind, clock in ((response_kind, self.response), (Kind.RESOLUTION, self.resolution)):
            if clock is None:
                self._start_if_owed(promise, kind)
            elif clock.state == State.RUNNING:
                target, _aim = targets_for(promise, self.ticket.priority, kind)
                move(clock, promise, target, reason)

    def _start_if_owed(self, promise, kind, at=None):
        if self._is_owed(kind):
            self.start(promise, kind=kind, at=at or self.now)

    def _is_owed(self, kind):
        """Whether a promise of the kind, if there is one, has something to be kept on."""
        if kind != Kind.RESOLUTION:
            return self.ticket.waits_for_answer
        ended = [each for each in self.clocks if each.kind == Kind.RESOLUTION]
        return not self.ticket.is_closed and all(each.state == State.WITHDRAWN for each in ended)

    # --- Moving a due -----------------------------------------------------------------------------

    def _hasten(self, clock, promise, target, reason):
        """To the earlier; without a target nothing further is promised and the due stays."""
        if target is None:
            self._touch(clock, reason, **unmoved(clock))
        elif clock.is_paused:
            self._change_remainder(clock, promise, min(clock.remaining, target), reason)
        else:
            # A computer clock that was set back must not make a due before the start.
            start = max(self.now, clock.started_at)
            due = promise.working_time.add(start, target)
            self._move(clock, promise, min(due, clock.due_at), reason, (start, target))

    def _postpone(self, clock, promise, target, reason):
        """To the later, counting what has been used since the start; withdrawn without target."""
        if target is None:
            self._withdraw(clock)
            return
        left = max(target - clock.counted, NOTHING)
        if clock.is_paused:
            self._change_remainder(clock, promise, max(clock.remaining, left), reason)
        else:
            due = promise.working_time.add(clock.counting_from, left)
            sum_behind = (clock.counting_from, left)
            self._move(clock, promise, max(due, clock.due_at), reason, sum_behind)

    def _recount(self, clock, promise, reason, only_helping):
        target, _aim = targets_for(promise, clock.priority, clock.kind)
        if target is None:
            if not only_helping:
                self._withdraw(clock)
            return
        before = clock.remaining if clock.is_paused else clock.due_at
        after, sum_behind = self._recounted(clock, promise, target)
        if only_helping and after >= before:
            return
        if clock.is_paused:
            self._change_remainder(clock, promise, after, reason)
        else:
            self._move(clock, promise, after, reason, sum_behind)

    def _recounted(self, clock, promise, target):
        """What the new terms give: the due and the sum behind it, or the remainder in a pause."""
        if clock.is_paused:
            return renewed(clock.remaining, clock, target), None
        duration = renewed(clock.reckoned_for, clock, target)
        due = promise.working_time.add(clock.reckoned_from, duration)
        return max(due, self.now, clock.started_at), (clock.reckoned_from, duration)

    def _move(self, clock, promise, due, reason, sum_behind):
        """Give the clock another due, and the versions and the sum that it comes from.

        Where a rule left the due where it is, so do the versions that it was computed from.
        """
        old = clock.due_at
        if due != old or reason in RECOUNTED:
            self._take_terms(clock, promise, reason)
            clock.reckoned_from, clock.reckoned_for = sum_behind
            clock.due_at = due
            self._set_due_soon(clock, promise.working_time)
        self._touch(clock, reason, old_due_at=old, new_due_at=clock.due_at)
        self._settle(clock)

    def _change_remainder(self, clock, promise, remaining, reason):
        old = clock.remaining
        if remaining != old or reason in RECOUNTED:
            self._take_terms(clock, promise, reason)
            clock.remaining = remaining
        self._touch(clock, reason, old_remaining=old, new_remaining=clock.remaining)

    def _take_terms(self, clock, promise, reason):
        """Point to what the due is computed from now. An edit recalculates for the priority that
        the clock has; after a raise that left the due, this is not the ticket's."""
        if reason not in RECOUNTED:
            clock.priority = self.ticket.priority
        clock.target, clock.aim = targets_for(promise, clock.priority, clock.kind)
        clock.plan_version = promise.plan_version
        clock.calendar_version = promise.calendar_version

    # --- Counting ---------------------------------------------------------------------------------

    def _reckon(self, clock, start, duration, working_time):
        clock.reckoned_from, clock.reckoned_for = start, duration
        clock.due_at = working_time.add(start, duration)
        self._set_due_soon(clock, working_time)

    def _set_due_soon(self, clock, working_time):
        """When three quarters of the counted time from start to the present due have passed."""
        start = clock.counting_from or clock.reckoned_from
        whole = clock.counted + working_time.measure(start, clock.due_at)
        left = max(whole * DUE_SOON_SHARE - clock.counted, NOTHING)
        clock.due_soon_at = min(clock.due_at, working_time.add(start, left))
        if clock.kind == Kind.FIRST_RESPONSE:
            clock.escalate_at = working_time.add(start, whole * ESCALATE_SHARE)

    def _settle(self, clock):
        """Stamp what has fallen with its own instant, whether or not the scan came by."""
        if clock.state != State.RUNNING or clock.is_paused:
            return
        if clock.due_soon_fell_at is None and clock.due_soon_at <= self.now:
            # After a due moved, the new instant may lie before the move: it is due soon now.
            moved = max(
                (change.at for change in self.changes if change.clock is clock),
                default=clock.due_soon_at,
            )
            clock.due_soon_fell_at = max(clock.due_soon_at, min(moved, self.now))
            self._touch(clock, Reason.DUE_SOON, at=clock.due_soon_fell_at)
        if clock.due_at <= self.now:
            clock.state, clock.breached_at = State.BREACHED, clock.due_at
            clock.assignee_at_breach_id = clock.agent_id = self.ticket.assignee_id
            self._touch(clock, Reason.BREACHED, at=clock.due_at)

    def _stop_counting(self, clock):
        if clock.counting_from is not None:
            clock.counted += working_time_of(clock).measure(clock.counting_from, self.now)
            clock.counting_from = None

    def _pause(self, clock):
        if clock.counting_from is None:
            return
        self._stop_counting(clock)
        old = clock.due_at
        if clock.state == State.RUNNING:
            clock.remaining = working_time_of(clock).measure(self.now, clock.due_at)
            clock.paused_at, clock.due_at, clock.due_soon_at = self.now, None, None
        self._touch(clock, Reason.PAUSED, old_due_at=old, new_remaining=clock.remaining)

    def _go_on(self, clock):
        """Count again after a pause, or after the close that met the clock."""
        working_time, left, old = working_time_of(clock), clock.remaining, clock.due_at
        if clock.state == State.MET:
            left = working_time.measure(clock.stopped_at, clock.due_at)
            clock.state, clock.stopped_at, clock.agent_id = State.RUNNING, None, None
        # A computer clock that was set back must not count from before the start.
        clock.counting_from = max(self.now, clock.started_at)
        if clock.state == State.RUNNING:
            clock.paused_at = clock.remaining = None
            self._reckon(clock, clock.counting_from, left, working_time)
        moved = {"old_due_at": old, "old_remaining": left, "new_due_at": clock.due_at}
        self._touch(clock, Reason.RESUMED, **moved)
        self._settle(clock)

    def _go_on_after_close(self):
        clock = self._met_resolution()
        # To a suspended organization nothing is promised until the suspension ends.
        if clock is not None and not self.ticket.organization.is_suspended:
            self._go_on(clock)

    def _resolve(self, clock, actor):
        if clock is None:
            return
        agent_id = actor.pk if actor and actor.staff_role else self.ticket.assignee_id
        self._stop(clock, State.MET, agent_id=agent_id)
        self._touch(clock, _ended(clock, Reason.MET, Reason.CLOSED_LATE))

    def _withdraw(self, clock):
        if clock is not None:
            self._stop(clock, State.WITHDRAWN, agent_id=None)
            self._touch(clock, Reason.WITHDRAWN)

    def _stop(self, clock, state, *, agent_id):
        """End a clock. A breach stays one, and stays whose it is unless somebody else answers."""
        self._stop_counting(clock)
        if clock.is_paused:
            # The due that it would have had: reports put each clock into the month of its due.
            self._reckon(clock, self.now, clock.remaining, working_time_of(clock))
            clock.paused_at = clock.remaining = None
        if clock.state == State.RUNNING:
            clock.state, clock.agent_id = state, agent_id
        elif state == State.MET:
            clock.agent_id = agent_id or clock.agent_id
        clock.stopped_at = self.now

    def _touch(self, clock, reason, *, at=None, **moved):
        if clock not in self.touched:
            self.touched.append(clock)
        change = ClockChange.new(
            clock=clock,
            reason=reason,
            at=at or self.now,
            priority=self.ticket.priority,
            target=clock.target,
            plan_version_id=clock.plan_version_id,
            calendar_version_id=clock.calendar_version_id,
            reckoned_from=clock.reckoned_from,
            reckoned_for=clock.reckoned_for,
            **moved,
        )
        self.changes.append(change)
        self.stretches.follow(change)


def _ended(clock, kept, late):
    return kept if clock.state == State.MET else late
