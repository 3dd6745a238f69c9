"""Drafts of messages, kept for all devices of their author.

A draft is no change of its ticket: no event, no notification, nothing that a page of anybody else
could show.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from plans.transactions import in_transaction
from tickets import permissions
from tickets.choices import MessageKind
from tickets.models import Message, MessageDraft, Ticket

from . import base


@dataclass(frozen=True)
class DraftText:
    """What a form holds while it is written, and the version of the draft that it began with."""

    kind: str
    body: str
    form_key: object = None
    seen_version: int | None = None


@dataclass(frozen=True)
class SavedDraft:
    """What became of a text: `saved`, `empty`, `sent` already, or `newer` where another device has
    saved another text meanwhile, which `draft` holds then."""

    outcome: str
    draft: MessageDraft | None = None


@in_transaction
def save_draft(ticket, text, *, actor, now=None):
    """Keep the text as the author's draft of this kind on the ticket; an empty one is removed.

    A text that was saved elsewhere meanwhile is not overwritten. What has been sent does not come
    back as a draft, however late its last save arrives.
    """
    base.lock_person(actor)
    ticket = _shown(ticket, actor)
    _allow(ticket, actor, text.kind)
    if _was_sent(ticket, actor, text):
        return SavedDraft("sent")
    draft = MessageDraft.objects.of(actor, ticket).filter(kind=text.kind).first()
    is_same = draft is not None and draft.body == text.body
    if draft and draft.version != text.seen_version and not is_same:
        return SavedDraft("newer", draft)
    if not text.body.strip():
        if draft:
            draft.delete()
        return SavedDraft("empty")
    if is_same:
        return SavedDraft("saved", draft)
    return SavedDraft("saved", _store(draft, ticket, text, actor, now or timezone.now()))


def _shown(ticket, actor):
    """The ticket on whose page the draft is looked for: of a merged one that which it went into."""
    if ticket.merged_into_id is None:
        return ticket
    return Ticket.objects.visible_to(actor).numbered(ticket.merged_into_id) or ticket


def _was_sent(ticket, actor, text):
    # What an agent writes in a follow-up counts as the requester's.
    authors = [actor, ticket.requester_id] if actor.is_agent else [actor]
    return any(Message.objects.of_form(each, text.form_key).exists() for each in authors)


def _allow(ticket, actor, kind):
    may_write = permissions.may_write_as_customer(ticket, actor) and kind == MessageKind.PUBLIC
    base.allow(may_write or permissions.may_work(ticket, actor))


def _store(draft, ticket, text, actor, now):
    draft = draft or MessageDraft(user=actor, ticket=ticket, kind=text.kind, version=0)
    draft.body, draft.form_key, draft.updated_at = text.body, text.form_key, now
    draft.version = max(draft.version + 1, int(now.timestamp() * 1000))
    draft.save()
    return draft


@in_transaction
def discard_draft(ticket, *, actor, kind, seen_version):
    """Remove the author's draft, if it is still the one that they saw."""
    base.lock_person(actor)
    drafts = MessageDraft.objects.of(actor, _shown(ticket, actor))
    drafts.filter(kind=kind, version=seen_version).delete()


@in_transaction
def forget_drafts(now=None):
    """Remove drafts that nobody changed for DRAFT_DAYS. Returns how many."""
    at = (now or timezone.now()) - timedelta(days=settings.DRAFT_DAYS)
    return MessageDraft.objects.unchanged_since(at).delete()[0]
