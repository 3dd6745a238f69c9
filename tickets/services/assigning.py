"""Automatic assignment: tickets that nobody has, to the agent of their team with the fewest.

Off unless a team asks for it. All teams that do are locked first: two runs at once come one after
the other, so that nobody is given more than their team allows, also where teams share an agent.
"""

from django.db.models import Count
from django.utils import timezone

from organizations.models import User
from plans.transactions import in_transaction
from tickets.choices import Status
from tickets.models import Event, Team, Ticket
from tickets.signals import run_finished

from .catching_up import catch_up
from .changing import changes_of, write

# So many tickets of a team in one run; the others follow a minute later.
MOST_OF_TEAM = 100


def assign_automatically(now=None):
    """Give the tickets that nobody has of each team that asks for it to its agents on duty.

    The most urgent ticket comes first, and each goes to whoever has the fewest on which it is our
    turn, up to the team's most. Returns how many were given.
    """
    now = now or timezone.now()
    keys = Team.objects.assigning().order_by("pk").values_list("pk", flat=True)
    given = sum(_assign_of(key, now) for key in list(keys))
    run_finished.send(sender=None, now=now)
    return given


@in_transaction
def _assign_of(key, now):
    """One team's: a team that fails stops only itself."""
    held = Team.objects.assigning().order_by("pk").select_for_update(no_key=True)
    teams = {team.pk: team for team in held}
    team = teams.get(key)
    people = _available(team) if team else {}
    loads = _loads(people)
    if not any(load < team.most_tickets for load in loads.values()):
        return 0
    tickets = _free(team)
    given_up_by = Event.objects.last_to_give_up(tickets)
    given = []
    for change in changes_of(tickets, actor=None, now=now):
        chosen = _choose(loads, team.most_tickets, but=given_up_by.get(change.ticket.pk))
        if chosen is not None:
            change.ticket.assignee = people[chosen]
            change.record(Event.Kind.ASSIGNED, automatically=_reasons(team, loads, chosen))
            loads[chosen] += 1
            given.append(change)
    write(given)
    return len(given)


def _available(team):
    """The members on duty by key, locked: who is deactivated meanwhile is not given a ticket."""
    members = User.objects.available().filter(in_teams__team=team).order_by("pk")
    return {person.pk: person for person in members.select_for_update(of=("self",), no_key=True)}


def _loads(people):
    """How many open tickets each has on which it is our turn."""
    held = Ticket.objects.open().exclude(status=Status.AWAITING_CUSTOMER)
    held = held.filter(assignee__in=people).order_by().values("assignee").annotate(n=Count("pk"))
    return dict.fromkeys(people, 0) | {row["assignee"]: row["n"] for row in held}


def _free(team):
    """The most urgent tickets of the team that wait for somebody and that nobody holds."""
    waiting = Ticket.objects.routed_to(team).with_status(Status.AWAITING_RESPONSE)
    waiting = waiting.awake().unassigned()
    held = waiting.in_queue_order().select_for_update(of=("self",), skip_locked=True, no_key=True)
    tickets = list(held[:MOST_OF_TEAM])
    catch_up(tickets)
    return [each for each in tickets if not each.is_closed]


def _choose(loads, most, *, but):
    """Who has the fewest and may have one more, but for the one who gave the ticket up; of several
    the one whose account is the oldest."""
    able = [key for key in loads if loads[key] < most and key != but]
    return min(able, key=lambda key: (loads[key], key), default=None)


def _reasons(team, loads, chosen):
    """What the event says of the choice: of how many on duty, with how many tickets, of at most."""
    return {
        "team": team.name,
        "on_duty": len(loads),
        "has": loads[chosen],
        "most": team.most_tickets,
    }
