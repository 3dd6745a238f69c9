"""The agents and the teams that selects of the workspace offer, read in one statement."""

from django.db.models import BooleanField, F, Value
from django.utils.translation import gettext as _

from organizations.models import User
from organizations.querysets import name_of
from tickets.lists.counts import MOST_CHOICES
from tickets.models import Team
from tickets.prepared import Prepared


@Prepared
def agents_and_teams():
    """(whether it is a team, its key, its name) of each agent and team, in one statement."""
    team = Value(True, BooleanField())
    teams = Team.objects.living().annotate(is_team=team, label=F("name"))
    agents = User.objects.agents().annotate(is_team=Value(False, BooleanField()), label=name_of())
    columns = ("is_team", "label", "pk")
    found = teams.values_list(*columns).union(agents.order_by().values_list(*columns), all=True)
    return found.order_by("-is_team", "label", "pk")[:MOST_CHOICES]


def assignees_and_targets():
    """The choices of whose a ticket may become, and of where it may be transferred to: teams as
    `team-1`, agents as `agent-1`."""
    agents, teams = [], []
    for is_team, label, key in agents_and_teams.rows():
        (teams if is_team else agents).append((key, label))
    targets = (("", ""),)
    if teams:
        targets += ((_("Teams"), tuple((f"team-{key}", label) for key, label in teams)),)
    targets += ((_("Agents"), tuple((f"agent-{key}", label) for key, label in agents)),)
    return (("", _("No assignee")), *agents), targets
