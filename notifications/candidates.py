"""Who may be notified of the events of some tickets, with their choices, read in one statement."""

from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    Q,
    Value,
)

from organizations.models import Membership, Role, User
from tickets.models import Follower, Ticket, Watcher
from tickets.rows import AnyOf

# The keys [0], [-1] and [-2] as `AnyOf` gives them to the database: of what customers are notified
# of, of what a team is, and of what agents who follow a ticket are.
PLACEHOLDER, TEAM_PLACEHOLDER, FOLLOWED_PLACEHOLDER = "{0}", "{-1}", "{-2}"


class Candidate(NamedTuple):
    """A person who may be notified, with one of their stored choices or None for each part of it.

    `place` is the ticket that a customer follows, the organization of an owner, 0 for staff; of a
    member of a ticket's team it is that ticket below zero, and who they are is read with the staff;
    so it is of an agent who follows the ticket, who is watching.
    """

    place: int
    person: int
    is_watching: bool
    staff_role: str
    is_available: bool
    topic: str | None
    channel: str | None
    is_wanted: bool | None


def followers_and_staff(tickets, *, with_staff, routed, followed, channels):
    """Candidates: the requester and the watchers of each ticket as far as they can sign in and
    still belong to its organization and, with `with_staff`, all agents and the members of the teams
    of the tickets `routed`; the agents who follow the tickets `followed`.

    Their choices are those for `channels`, names.
    """
    keys, channels = [ticket.pk for ticket in tickets], tuple(channels)
    routed = [ticket.pk for ticket in routed]
    followed = [ticket.pk for ticket in followed]
    if not (keys or with_staff or followed):
        return []
    if connection.vendor != "postgresql":
        return [Candidate(*row) for row in _query(keys, with_staff, routed, followed, channels)]
    sql, params = _compiled(with_staff, bool(routed), bool(followed), channels)
    arrays = {
        PLACEHOLDER: _array(keys),
        TEAM_PLACEHOLDER: _array(routed),
        FOLLOWED_PLACEHOLDER: _array(followed),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, [arrays.get(each, each) for each in params])
        return [Candidate(*row) for row in cursor.fetchall()]


def _array(keys):
    return f"{{{','.join(map(str, keys))}}}"


@lru_cache(maxsize=16)
def _compiled(with_staff, is_routed, is_followed, channels):
    """The statement and its parameters, with placeholders for the keys of the tickets: Django needs
    longer to put it together than the database to answer it."""
    keys = [0], with_staff, [-1] if is_routed else [], [-2] if is_followed else []
    return _query(*keys, channels).query.sql_with_params()


def _query(keys, with_staff, routed, followed, channels):
    parts = [_requesters(keys, channels), _watchers(keys, channels)]
    if with_staff:
        parts.append(_with_choices(User.objects.agents(), "", channels, place=Value(0)))
    if routed:
        parts.append(_team_members(routed))
    if followed:
        parts.append(_following_agents(followed, channels))
    return parts[0].union(*parts[1:], all=True)


def _team_members(routed):
    """The members of the teams of the tickets, without what is known of them as staff."""
    nothing = Value(None, CharField())
    return Ticket.objects.with_team_members(AnyOf("pk", routed)).values_list(
        F("pk") * -1,
        F("team__members__user"),
        Value(0, IntegerField()),
        Value("", CharField()),
        Value(True, BooleanField()),
        nothing,
        nothing,
        Value(None, BooleanField()),
    )


def _following_agents(followed, channels):
    following = Follower.objects.filter(AnyOf("ticket", followed), user__in=User.objects.agents())
    place = F("ticket") * -1
    return _with_choices(following, "user__", channels, place=place, is_watching=True)


def owners(organizations, *, channels):
    """Candidates: the owners who can sign in of each of the organizations, which are keys."""
    found = Membership.objects.filter(
        AnyOf("organization", organizations), role=Role.OWNER, user__is_active=True
    )
    found = _with_choices(found, "user__", channels, place=F("organization"))
    return [Candidate(*row) for row in found]


def _requesters(keys, channels):
    belonging = Ticket.objects.of_requesters_who_belong(AnyOf("pk", keys))
    return _with_choices(belonging, "requester__", channels, place=F("pk"))


def _watchers(keys, channels):
    belonging = Watcher.objects.filter(
        AnyOf("ticket", keys),
        ticket__organization__memberships__user=F("user"),
        user__is_active=True,
    )
    return _with_choices(belonging, "user__", channels, place=F("ticket"), is_watching=True)


def _is_available(person):
    return Q(**{f"{person}is_present": True, f"{person}absent_since": None})


def _with_choices(rows, person, channels, *, place, is_watching=False):
    """The rows as values of a Candidate; `person` is the way to them, as a prefix of fields."""
    chosen = f"{person}preferences"
    # A condition that nothing meets would empty the whole query.
    condition = Q(**{f"{chosen}__channel__in": channels or [""]})
    return (
        rows.order_by()
        .annotate(choice=FilteredRelation(chosen, condition=condition))
        .values_list(
            place,
            F(f"{person}pk"),
            Value(int(is_watching), IntegerField()),
            f"{person}staff_role",
            ExpressionWrapper(_is_available(person), BooleanField()),
            "choice__topic",
            "choice__channel",
            "choice__is_wanted",
        )
    )
