"""To which team a ticket belongs: by its category, from its opening on."""

from django.db.models import Subquery

from tickets.models import Team


def team_of_category(category):
    """For the statement that takes a lock: the key of the team that answers the category, or None,
    as the attribute `team_of_category`."""
    return {"team_of_category": Subquery(Team.objects.of_category(category).values("pk")[:1])}


def follow_category(ticket):
    """In memory: the ticket, locked with `team_of_category`, goes to the team of its new category;
    where no team answers that, it stays where it is. Gives the facts of the event."""
    if ticket.team_of_category in {None, ticket.team_id}:
        return {}
    return route(ticket, Team.objects.get(pk=ticket.team_of_category))


def route_home(ticket, teams):
    """In memory: a ticket that its assignee leaves stays with its team; without one it goes to that
    of its category, by `teams`. Gives the facts of the event; `to_team` names where it is then."""
    facts = {}
    if ticket.team is None or ticket.team.ended_at:
        facts = route(ticket, teams.get(ticket.category))
    return facts | {"to_team": ticket.team.name if ticket.team else ""}


def route(ticket, team):
    """In memory: make it the ticket of `team`, or of none. Gives the facts of the event: the names
    of both teams, which the history shows whatever becomes of them."""
    if ticket.team_id == (team and team.pk):
        return {}
    before = ticket.team
    ticket.team = team
    return {"team": [before.name if before else "", team.name if team else ""]}
