"""The bands of the queue: its ready-made lists, its groups, and what is snoozed."""

from django.db.models import Exists, OuterRef

from tickets.choices import Band, Status

from .board import BoardQuerySet

# The names of what `views_counted` counts, in its order.
COUNTED_VIEWS = (
    *("over", "soon", "unassigned", "awaiting_customer", "open"),
    *("snoozed", "closed"),
)


class QueueBands(BoardQuerySet):
    """Of the tickets that an agent sees."""

    def snoozed(self):
        """Those that are put away; the first to return first, in the order of the queue."""
        return self.filter(queue_band=Band.SNOOZED)

    def awake(self):
        """Without those that are put away, and without closed ones."""
        return self.filter(queue_band__lt=Band.SNOOZED)

    def followed_by(self, agent):
        """Those that the agent follows."""
        follower = self.model.followers.rel.related_model
        return self.filter(pk__in=follower.objects.filter(user=agent).values("ticket"))

    def with_followed(self, agent):
        """Whether the agent follows each, as `is_followed`."""
        follower = self.model.followers.rel.related_model
        mine = follower.objects.filter(ticket=OuterRef("pk"), user=agent)
        return self.annotate(is_followed=Exists(mine))

    def breached_since(self, at):
        """Those whose clock ran out at `at` or later, for good."""
        clock = self.model.clocks.rel.related_model
        late = clock.objects.breached_since(at).filter(ticket=OuterRef("pk"))
        return self.filter(Exists(late))

    def rated_since(self, at):
        return self.filter(rating__rated_at__gte=at)

    def returning_by(self, at):
        """Those whose time away is over at `at`."""
        return self.filter(snoozed_until__lte=at).order_by("snoozed_until")

    def views_counted(self, at):
        """How many tickets each ready-made list holds that is the same for every agent, for
        `counted`."""
        everything = self.order_by()
        rows = everything.open().awake()
        return {
            # Only what runs has a due, so nothing closed is among these two.
            "over": everything.overdue_at(at),
            "soon": everything.filter(due_soon_at__lte=at),
            "unassigned": rows.unassigned(),
            "awaiting_customer": everything.with_status(Status.AWAITING_CUSTOMER),
            "open": rows,
            "snoozed": everything.snoozed(),
            # By their index: most tickets are closed, and the table would be read from its start.
            "closed": everything.closed().order_by("-closed_at", "-id"),
        }

    def mine_counted(self, agent):
        """How many open tickets the agent has, for `counted`."""
        return {"mine": self.order_by().open().awake().assigned_to(agent)}

    def next_dues(self, at):
        """The moments after `at` at which the next tickets become due soon and overdue."""
        return [
            self.filter(**{f"{name}__gt": at}).order_by(name).values(name)[:1]
            for name in ("due_soon_at", "due_at")
        ]

    def groups_counted(self, keys, at, *, hour_later, day_end):
        """Count the tickets in each of some groups of the queue, for `counted`.

        In the band of dues the place in the queue is the due.
        """
        due = {"queue_band": Band.DUE}
        groups = {
            "over": {**due, "queue_at__lte": at},
            "hour": {**due, "queue_at__gt": at, "queue_at__lte": hour_later},
            "today": {**due, "queue_at__gt": hour_later, "queue_at__lt": day_end},
            "later": {**due, "queue_at__gt": hour_later, "queue_at__gte": day_end},
            "waiting": {"queue_band": Band.WAITING},
            "our_move": {"queue_band": Band.OUR_MOVE},
            "awaiting_customer": {"queue_band": Band.AWAITING_CUSTOMER},
            "returned": {"queue_band": Band.RETURNED},
            "snoozed": {"queue_band": Band.SNOOZED},
        }
        everything = self.order_by()
        return {key: everything.filter(**groups[key]) for key in keys}
