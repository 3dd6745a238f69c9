"""Rating: what customers say of a closed ticket, once, and for a week otherwise."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from plans.transactions import in_transaction
from tickets import events, permissions
from tickets.errors import StaleTicket, TicketError
from tickets.models import BEST, WORST, Event, Rating

from . import base
from .changing import check_seen

CHANGEABLE_FOR = timedelta(days=7)
LONGEST_WORDS = 1000


@dataclass(frozen=True)
class Verdict:
    """What the form of a rating holds."""

    is_solved: bool
    score: int
    words: str = ""


@in_transaction
def rate(ticket, *, actor, verdict, seen_version=None, now=None):
    """Say how it went, or say it otherwise. By any member who may write on the ticket; first
    while it is closed, later for a week from the first time, reopened or not.

    Neither status nor clocks move by it. `seen_version` is the version of the rating that the form
    was made from, 0 for none. Raises TicketError.
    """
    ticket = base.locked_in_organization(ticket, actor)
    check_seen(ticket)
    now = now or timezone.now()
    base.allow(permissions.may_rate(ticket, actor))
    rating = Rating.objects.of(ticket)
    if rating and rating.rated_by_id == actor.pk and _facts(rating) == _wanted(verdict):
        return rating
    _check(ticket, rating, verdict, seen_version, now)
    before = _facts(rating)
    rating = rating or _first(ticket, now)
    rating.is_solved, rating.score = verdict.is_solved, verdict.score
    rating.words = verdict.words.strip()
    after = _facts(rating)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changes:
        return rating
    rating.rated_by, rating.changed_at = actor, now
    rating.version += 1
    rating.save()
    events.record(events.prepare(ticket, Event.Kind.RATED, actor=actor, now=now, **changes))
    return rating


def changeable_until(rating):
    """When the week from the first rating is over."""
    return rating.rated_at + CHANGEABLE_FOR


def may_still_change(rating, now):
    """Whether the week from the first rating is not over."""
    return now < changeable_until(rating)


def _check(ticket, rating, verdict, seen_version, now):
    if rating is None and not ticket.is_closed:
        raise TicketError(_("A ticket can be rated only after it is closed."), code="open")
    if rating is not None and not may_still_change(rating, now):
        raise TicketError(_("A rating can be changed for one week only."), code="over")
    if seen_version is not None and seen_version != (rating.version if rating else 0):
        raise StaleTicket(
            _(
                "Somebody in your organization has rated the ticket in the meantime. Check "
                "the rating, then send."
            )
        )
    if verdict.score not in range(WORST, BEST + 1):
        raise TicketError(_("Choose from the list."), code="score")
    if len(verdict.words) > LONGEST_WORDS:
        raise TicketError(_("Shorten the text."), code="words")


def _first(ticket, now):
    """An unsaved rating that counts for who has the ticket, and for its category."""
    return Rating(
        ticket=ticket,
        agent_id=ticket.assignee_id,
        category=ticket.category,
        rated_at=now,
        version=0,
    )


def _facts(rating):
    """The fields of a rating whose changes events record as from–to."""
    if rating is None:
        return {"solved": None, "score": None, "words": ""}
    return {"solved": rating.is_solved, "score": rating.score, "words": rating.words}


def _wanted(verdict):
    """The same fields as a form asks for them."""
    return {"solved": verdict.is_solved, "score": verdict.score, "words": verdict.words.strip()}
