"""Agents who follow a ticket: a mark of their own, like that of a reader, and no event."""

from django.utils import timezone

from plans.transactions import in_transaction
from tickets import permissions
from tickets.models import Follower

from . import base


@in_transaction
def follow(ticket, *, actor, now=None):
    """Notify an agent of what happens on a ticket from now on, in any status; once is enough.

    Raises TicketMerged: on a merged one nothing happens any more, and who followed it by then
    follows its target.
    """
    base.allow(permissions.may_work(ticket, actor))
    ticket = base.locked(ticket)
    follower = Follower(ticket=ticket, user=actor, followed_at=now or timezone.now())
    Follower.objects.bulk_create([follower], ignore_conflicts=True)


@in_transaction
def unfollow(ticket, *, actor):
    """End that; who does not follow it is left as they are. Raises TicketMerged."""
    base.allow(permissions.may_work(ticket, actor))
    ticket = base.locked(ticket)
    Follower.objects.filter(ticket=ticket, user=actor).delete()


def follow_merge(source, target, *, now):
    """Who follows a ticket that is merged follows its target too."""
    people = source.followers.order_by("user").values_list("user", flat=True)
    Follower.objects.bulk_create(
        [Follower(ticket=target, user_id=each, followed_at=now) for each in people],
        ignore_conflicts=True,
    )
