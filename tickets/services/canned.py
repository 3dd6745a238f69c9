"""Writing canned replies, and counting their uses.

The team of a reply is locked before the person and the reply, so that it is not deleted meanwhile.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.models import Priority
from plans.transactions import in_transaction
from tickets.canned.placeholders import fault_in
from tickets.choices import AfterReply, CannedScope, Category
from tickets.errors import StaleTicket, TicketError
from tickets.models import CannedReply, Tag, Team
from tickets.search.folding import alphabetical, fold, squash
from ui.names import is_blank

from . import base

LONGEST_CANNED_TITLE, LONGEST_CANNED_BODY = 120, 5000


@dataclass(frozen=True)
class CannedDraft:
    """What somebody wants a canned reply to be; `team_id` is whose it is by the scope of a team."""

    title: str
    scope: str = CannedScope.OWN
    team_id: int | None = None
    category: str = ""
    body_fa: str = ""
    body_en: str = ""
    then: str = ""
    priority: str = ""
    reason: str = ""
    new_category: str = ""
    assignee_id: int | None = None
    tag_ids: tuple = ()


@in_transaction
def create_canned(draft, *, actor, form_key: UUID | None = None, now=None):
    """A new canned reply; sent once more by the same form, the first one.

    Raises TicketError, whose code names the field that it is about; it is `already_sent` where the
    same form held something else before. See "Sending" of the domain.
    """
    _lock_teams(draft)
    base.lock_person(actor)
    if form_key and (first := CannedReply.objects.filter(form_key=form_key).first()):
        return _created_before(first, draft)
    now = now or timezone.now()
    reply = CannedReply(form_key=form_key, created_at=now)
    _take(reply, draft, actor, now)
    reply.save(force_insert=True)
    return reply


def _holds(reply, draft):
    """Whether the reply is what the draft wants it to be."""
    return all(getattr(reply, name) == _value(draft, name) for name in _TAKEN)


def _created_before(first, draft):
    if _holds(first, draft):
        return first
    raise TicketError(
        _(
            "This form has already saved a canned reply with another text. Your new text is kept; "
            "save again to create a second one."
        ),
        code="already_sent",
    )


@in_transaction
def edit_canned(reply, draft, *, actor, seen_version=None, now=None):
    """Change a canned reply. Raises StaleTicket when somebody changed it since the actor saw it,
    but not to what the draft is: that is saved, as by the same form that is sent twice.
    """
    _lock_teams(draft)
    reply = _locked(reply, actor)
    if _holds(reply, draft):
        return reply
    if seen_version is not None and seen_version != reply.version:
        raise StaleTicket(
            _(
                "Somebody has changed this canned reply in the meantime. Compare your text with "
                "theirs below, then save again."
            ),
            row=reply,
        )
    now = now or timezone.now()
    _take(reply, draft, actor, now)
    reply.version += 1
    reply.save()
    return reply


@in_transaction
def delete_canned(reply, *, actor):
    """Delete a canned reply; what was sent with it stays."""
    _locked(reply, actor).delete()


@in_transaction
def import_canned(drafts, *, actor, now=None):
    """Take all the drafts or none: one with the title of a reply in the same scope and team
    replaces what that is, any other is new. Gives how many were created and how many changed."""
    _lock_teams(*drafts)
    base.lock_person(actor)
    now = now or timezone.now()
    held = list(CannedReply.objects.editable_by(actor).select_for_update().order_by("pk"))
    # Of several with the same title the first draft is the first of them, as an export has them.
    known = {}
    for each in held:
        known.setdefault((each.scope, each.team_id, each.title), []).append(each)
    created, changed = [], []
    for draft in drafts:
        same = known.get((draft.scope, draft.team_id, draft.title))
        reply = same.pop(0) if same else CannedReply(created_at=now)
        _take(reply, draft, actor, now)
        if reply.pk:
            reply.version += 1
        (changed if reply.pk else created).append(reply)
    CannedReply.objects.bulk_create(created)
    CannedReply.objects.bulk_update(changed, _WRITTEN, batch_size=200)
    return len(created), len(changed)


def count_uses(keys, *, actor, now):
    """Inside the transaction of a reply: count that it was written with these canned replies."""
    found = CannedReply.objects.usable_by(actor).filter(pk__in=keys).order_by("pk")
    # Locked in one order: two replies may have been written with the same ones.
    held = list(found.select_for_update(no_key=True).values_list("pk", flat=True))
    CannedReply.objects.filter(pk__in=held).update(uses=F("uses") + 1, used_at=now)


_TAKEN = [
    *("title", "scope", "team_id", "category", "body_fa", "body_en"),
    *("then", "priority", "reason", "new_category", "assignee_id", "tag_ids"),
]
_WRITTEN = [
    *(name.removesuffix("_id") for name in _TAKEN),
    *("owner", "title_key", "searched", "version", "updated_at"),
]


def leave_team(team, *, now):
    """Inside the transaction that ends the team: its replies are their makers' own from then on."""
    CannedReply.objects.of_team(team).update(
        scope=CannedScope.OWN, team=None, version=F("version") + 1, updated_at=now
    )


def _lock_teams(*drafts):
    for key in sorted({each.team_id for each in drafts if each.team_id}):
        Team.objects.locked(key)


def _locked(reply, actor):
    held = CannedReply.objects.editable_by(actor).select_for_update().filter(pk=reply.pk).first()
    if held is None:
        raise TicketError(_("This canned reply is no longer there."), code="gone")
    return held


def _take(reply, draft, actor, now):
    """In memory: make the reply what the draft says."""
    _check(draft, reply, actor)
    is_taken = draft.scope == CannedScope.OWN and reply.scope != CannedScope.OWN
    for name in _TAKEN:
        setattr(reply, name, _value(draft, name))
    if reply.scope == CannedScope.SHARED:
        reply.owner = None
    elif is_taken or reply.owner_id is None:
        reply.owner = actor
    reply.title_key = alphabetical(fold(reply.title))
    # A line each, so that no word is found across two of them.
    parts = (reply.title, reply.body_fa, reply.body_en)
    reply.searched = "\n".join(squash(fold(each)) for each in parts)
    reply.updated_at = now


def _value(draft, name):
    """What the draft says, as the row holds it."""
    value = getattr(draft, name)
    return list(value) if isinstance(value, tuple) else value


def _check(draft, reply, actor):
    """Refuse what cannot be kept; the code of the error is the field that it is about."""
    base.allow(actor.is_agent)
    _check_whose(draft, reply, actor)
    if is_blank(draft.title):
        raise TicketError(_("Enter a title."), code="title")
    if is_blank(draft.body_fa) and is_blank(draft.body_en):
        raise TicketError(_("Enter the text in at least one language."), code="body_fa")
    for name in ("body_fa", "body_en"):
        if fault := fault_in(getattr(draft, name)):
            raise TicketError(fault, code=name)
    _check_actions(draft, reply)


def _check_whose(draft, reply, actor):
    """Agents write for themselves and the teams that they belong to, supervisors for anybody."""
    is_teams = draft.scope == CannedScope.TEAM
    if draft.scope not in CannedScope.values or is_teams != (draft.team_id is not None):
        raise TicketError(_("Choose from the list."), code="scope")
    if draft.scope == CannedScope.SHARED and not actor.is_supervisor:
        raise TicketError(_("Only supervisors write replies for all agents."), code="scope")
    is_new = draft.team_id not in {None, reply.team_id}
    if is_new and not Team.objects.joined_by(actor).filter(pk=draft.team_id).exists():
        raise TicketError(_("Choose a team that you belong to."), code="scope")


def _check_actions(draft, reply):
    """What it names must be there, but what is kept from before may be gone."""
    known = {
        "category": Category.values,
        "then": AfterReply.values,
        "priority": Priority.values,
        "new_category": Category.values,
    }
    for name, values in known.items():
        if getattr(draft, name) not in {"", *values, getattr(reply, name)}:
            raise TicketError(_("Choose from the list."), code=name)
    is_new = draft.assignee_id not in {None, reply.assignee_id}
    if is_new and not User.objects.agents().filter(pk=draft.assignee_id).exists():
        raise TicketError(_("Choose an active agent."), code="assignee")
    new_tags = set(draft.tag_ids) - set(reply.tag_ids)
    if Tag.objects.in_use().filter(pk__in=new_tags).count() < len(new_tags):
        raise TicketError(_("Choose from the list."), code="tags")
