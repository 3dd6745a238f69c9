"""Writing teams: who belongs to one, and which categories it answers. By supervisors.

A team is locked before any person or ticket, as automatic assignment does.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.transactions import in_transaction
from tickets.choices import Category
from tickets.errors import StaleTicket, TicketError
from tickets.models import Team, TeamCategory, TeamMember
from tickets.search.folding import name_key
from ui.names import clean_name

from . import base
from .canned import leave_team

LONGEST_TEAM_NAME = 60
# What a team may ask for as the most tickets of one agent.
MOST_TICKETS = 500


@dataclass(frozen=True)
class TeamDraft:
    """What somebody wants a team to be; `members` are ids of agents."""

    name: str
    members: tuple = ()
    categories: tuple = ()
    assigns_automatically: bool = False
    most_tickets: int = 10


@in_transaction
def create_team(draft, *, actor, form_key: UUID | None = None, now=None):
    """A new team; sent once more by the same form, the first one.

    Raises TicketError, whose code names the field that it is about; it is `already_sent` where the
    same form made another team before. See "Sending" of the domain.
    """
    base.lock_person(actor)
    base.allow(actor.is_supervisor)
    if form_key and (first := Team.objects.filter(form_key=form_key).first()):
        return _created_before(first, draft)
    team = Team(form_key=form_key, created_at=now or timezone.now())
    _write(team, draft)
    return team


def _created_before(first, draft):
    if _holds(first, draft):
        return first
    raise TicketError(
        _("This form has already created the team “%(name)s”. Save again to create another one.")
        % {"name": first.name},
        code="already_sent",
    )


@in_transaction
def edit_team(team, draft, *, actor, seen_version=None):
    """Change a team. Raises StaleTicket when somebody changed it since the actor saw it. Tickets
    stay in the team that they are in: categories count when a ticket is opened or moved."""
    team = _locked(team, actor)
    if _holds(team, draft):
        return team
    if seen_version is not None and seen_version != team.version:
        raise StaleTicket(
            _("Somebody has changed this team in the meantime. Check it, then save again."),
            row=team,
        )
    team.version += 1
    _write(team, draft)
    return team


def _holds(team, draft):
    """Whether the team is what the draft says."""
    members = team.members.filter(user__is_active=True)
    facts = (clean_name(draft.name), draft.assigns_automatically, draft.most_tickets)
    return (
        (team.name, team.assigns_automatically, team.most_tickets) == facts
        and set(members.values_list("user_id", flat=True)) == set(draft.members)
        and set(team.categories.values_list("category", flat=True)) == set(draft.categories)
    )


@in_transaction
def delete_team(team, *, actor, now=None):
    """End a team: nothing new goes to it. Its tickets keep its name and are anybody's again, its
    canned replies are their makers' own."""
    team = _locked(team, actor)
    now = now or timezone.now()
    team.ended_at, team.assigns_automatically = now, False
    team.version += 1
    team.save()
    team.members.all().delete()
    team.categories.all().delete()
    leave_team(team, now=now)
    return team


def _locked(team, actor):
    base.allow(actor.is_supervisor)
    held = Team.objects.locked(team.pk)
    if held is None:
        raise TicketError(_("This team was deleted in the meantime."), code="gone")
    return held


def _write(team, draft):
    """As `_take`, where somebody else takes the name or a category at this very moment."""
    try:
        _take(team, draft)
    except IntegrityError as error:
        raise TicketError(
            _("Somebody has changed the teams in the meantime. Check it, then save again."),
            code="moved",
        ) from error


@in_transaction
def _take(team, draft):
    """Make the team what the draft says, and write it."""
    name = _checked_name(team, draft)
    members = _checked_members(team, draft)
    _check_categories(team, draft)
    if not 1 <= draft.most_tickets <= MOST_TICKETS:
        raise TicketError(_("Choose from 1 to 500."), code="most_tickets")
    team.name, team.most_tickets = name, draft.most_tickets
    team.assigns_automatically = draft.assigns_automatically
    team.save()
    _keep(team.members, TeamMember, "user_id", {each.pk for each in members})
    _keep(team.categories, TeamCategory, "category", set(draft.categories))


def _keep(rows, model, column, wanted):
    """Make the rows of a team those that are wanted, and no others."""
    present = set(rows.values_list(column, flat=True))
    rows.filter(**{f"{column}__in": present - wanted}).delete()
    model.objects.bulk_create(
        model(team=rows.instance, **{column: each}) for each in sorted(wanted - present)
    )


def _checked_name(team, draft):
    name = clean_name(draft.name)
    if not name:
        raise TicketError(_("Enter a name."), code="name")
    others = Team.objects.exclude(pk=team.pk).keys_by_name()
    if name != team.name and name_key(name) in others:
        raise TicketError(_("There is already a team with this name."), code="name")
    return name


def _checked_members(team, draft):
    """The people; those who belong already may have been deactivated meanwhile, and are dropped."""
    agents = list(User.objects.agents().filter(pk__in=draft.members).order_by("pk"))
    unknown = set(draft.members) - {each.pk for each in agents}
    if team.pk:
        unknown -= set(team.members.values_list("user_id", flat=True))
    if unknown:
        raise TicketError(_("Choose active agents."), code="members")
    return agents


def _check_categories(team, draft):
    """A category is one team's at most: with two, nobody could say whose a ticket is."""
    if set(draft.categories) - set(Category.values):
        raise TicketError(_("Choose from the list."), code="categories")
    others = TeamCategory.objects.exclude(team=team.pk).filter(category__in=draft.categories)
    taken = others.select_related("team").order_by("category").first()
    if taken:
        raise TicketError(
            _("“%(category)s” belongs to the team “%(team)s”. Take it away there first.")
            % {"category": taken.get_category_display(), "team": taken.team},
            code="categories",
        )
