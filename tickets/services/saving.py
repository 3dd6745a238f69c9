"""Saving lists of the queue under a name, for oneself or for a team.

The team is locked before the person: names and places of its views are decided one after the other.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.transactions import in_transaction
from tickets.errors import StaleTicket, TicketError
from tickets.models import LONGEST_VIEW_NAME, LONGEST_VIEW_QUERY, SavedView, Team
from ui.names import clean_name
from ui.wording import number

from . import base

# So many views a person or a team has: all of them are counted beside the queue.
MOST_VIEWS = 20


@dataclass(frozen=True)
class ViewDraft:
    """What somebody wants a saved view to be; without a team it is theirs alone."""

    name: str
    team_id: int | None = None
    query: str = ""
    labels: tuple = ()


@in_transaction
def create_view(draft, *, actor, form_key: UUID | None = None, now=None):
    """A new view; sent once more by the same form, the first one.

    Raises TicketError, whose code names the field that it is about; it is `already_sent` where the
    same form saved another view before. See "Sending" of the domain.
    """
    _lock(actor, draft.team_id)
    base.allow(actor.is_agent)
    if form_key and (first := SavedView.objects.filter(form_key=form_key).first()):
        return _created_before(first, draft)
    now = now or timezone.now()
    view = SavedView(owner=actor, form_key=form_key, created_at=now)
    _take(view, draft, actor, now)
    view.save(force_insert=True)
    return view


def _created_before(first, draft):
    if (first.name, first.team_id, first.query) == _facts(draft):
        return first
    raise TicketError(
        _("This form has already saved the view “%(name)s”. Save again to create another one.")
        % {"name": first.name},
        code="already_sent",
    )


def _facts(draft):
    return clean_name(draft.name), draft.team_id, draft.query


@in_transaction
def edit_view(view, draft, *, actor, seen_version=None, now=None):
    """Change a view. Raises StaleTicket when somebody changed it since the actor saw it, but not to
    what the draft is: that is saved, as by the same form that is sent twice."""
    _lock(actor, view.team_id, draft.team_id)
    view = _locked(view, actor)
    if (view.name, view.team_id, view.query) == _facts(draft):
        return view
    if seen_version is not None and seen_version != view.version:
        raise StaleTicket(
            _("Somebody has changed this view in the meantime. Check it, then save again."),
            row=view,
        )
    _take(view, draft, actor, now or timezone.now())
    view.version += 1
    view.save()
    return view


@in_transaction
def delete_view(view, *, actor):
    """Delete a view; the tickets that it shows are not touched."""
    _lock(actor, view.team_id)
    _locked(view, actor).delete()


@in_transaction
def move_view(view, *, actor, before=None, after=None):
    """Move a view before or behind another of those beside it (their keys): repeated, it stays
    where it is. Beside one that has gone in the meantime nothing moves."""
    _lock(actor, view.team_id)
    view = _locked(view, actor)
    beside = SavedView.objects.beside(team=view.team_id, owner=view.owner_id)
    views = list(beside.exclude(pk=view.pk).order_by("place", "pk"))
    keys = [each.pk for each in views]
    other = after if before is None else before
    if other not in keys:
        return
    views.insert(keys.index(other) + (before is None), view)
    for place, each in enumerate(views, 1):
        each.place = place
    SavedView.objects.bulk_update(views, ["place"])


def _lock(actor, *teams):
    """The teams by id, then the person."""
    for key in sorted({key for key in teams if key}):
        Team.objects.locked(key)
    base.lock_person(actor)


def _locked(view, actor):
    found = SavedView.objects.select_for_update(of=("self",)).select_related("team")
    held = found.filter(pk=view.pk).first()
    if held is None:
        raise TicketError(_("This view was deleted in the meantime."), code="gone")
    base.allow(actor.is_agent and held.is_editable_by(actor))
    return held


def _take(view, draft, actor, now):
    """In memory: make the view what the draft says."""
    name = _checked_name(draft)
    is_moved = view.pk is None or view.team_id != draft.team_id
    if is_moved:
        _check_team(draft, actor)
    if len(draft.query) > LONGEST_VIEW_QUERY:
        raise TicketError(_("The list has too many filters to be saved."), code="query")
    owner = view.owner_id if draft.team_id else actor.pk
    beside = SavedView.objects.beside(team=draft.team_id, owner=owner).exclude(pk=view.pk)
    if (is_moved or name != view.name) and beside.has_named(name):
        raise TicketError(_("There is already a view with this name."), code="name")
    if is_moved:
        if beside.count() >= MOST_VIEWS:
            raise TicketError(_too_many(), code="team")
        view.place = (beside.aggregate(last=Max("place"))["last"] or 0) + 1
    view.name, view.team_id, view.owner_id = name, draft.team_id, owner
    view.query, view.labels, view.updated_at = draft.query, list(draft.labels), now


def _too_many():
    return ngettext(
        "There is already %(most)s view. Delete one first.",
        "There are already %(most)s views. Delete one first.",
        MOST_VIEWS,
    ) % {"most": number(MOST_VIEWS)}


def _checked_name(draft):
    name = clean_name(draft.name)
    if not name:
        raise TicketError(_("Enter a name."), code="name")
    if len(name) > LONGEST_VIEW_NAME:
        raise TicketError(_("Enter a shorter name."), code="name")
    return name


def _check_team(draft, actor):
    """Agents save for the teams that they belong to, supervisors for any."""
    if draft.team_id is None:
        return
    if not Team.objects.joined_by(actor).filter(pk=draft.team_id, ended_at=None).exists():
        raise TicketError(_("Choose a team that you belong to."), code="team")
