"""What a merge of tickets does to their clocks, and how that is undone."""

from tickets.models import Clock, ClockChange

Reason = ClockChange.Reason
# What an end changes of a clock, and an undo gives back.
ENDING = (
    *("state", "counted", "counting_from", "stopped_at", "agent_id"),
    *("due_at", "due_soon_at", "escalate_at"),
    *("paused_at", "remaining", "reckoned_from", "reckoned_for"),
)


class MergedClocks:
    """Of `TicketClocks`: clocks that end with a merge, move to another ticket, and come back."""

    def end_by_merge(self, clock):
        """End a clock without a result; a breach stays one."""
        old = clock.due_at
        self._stop(clock, Clock.State.WITHDRAWN, agent_id=None)
        self._touch(clock, Reason.MERGED, old_due_at=old, new_due_at=clock.due_at)

    def hand_over(self, clock, other):
        """Give a running clock to the clocks of the `other` ticket, as it is."""
        self.clocks.remove(clock)
        other.clocks.append(clock)
        clock.ticket = other.ticket
        self._touch(clock, Reason.HANDED_OVER, old_due_at=clock.due_at, new_due_at=clock.due_at)

    def take_back(self, clock):
        """Have a clock of one's own again that was handed over."""
        clock.ticket = self.ticket
        self._touch(clock, Reason.HANDED_OVER, old_due_at=clock.due_at, new_due_at=clock.due_at)

    def revive(self, clock, before):
        """Let a clock that a merge ended run as before, as if it had never stopped; `before` holds
        its ENDING columns."""
        ended_at = clock.due_at
        for name, value in before.items():
            setattr(clock, name, value)
        self._touch(clock, Reason.UNMERGED, old_due_at=ended_at, new_due_at=clock.due_at)
        self._settle(clock)
