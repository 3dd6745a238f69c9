"""The tags of tickets, and the vocabulary that they are chosen from."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.transactions import in_transaction
from tickets import permissions
from tickets.choices import TagColour
from tickets.errors import StaleTicket, TicketError
from tickets.models import CannedReply, Event, Tag, Ticket, TicketTag
from tickets.models.tags import LONGEST_TAG
from tickets.search.folding import alphabetical, fold, name_key
from ui.names import clean_name
from ui.wording import number

from . import base
from .changing import changing

MOST_TAGS, MOST_TAGS_OF_TICKET = 300, 20
# So many tickets follow a merge of tags in one transaction, and so many batches in one run.
BATCH, MOST_BATCHES = 500, 200


# --- On tickets -----------------------------------------------------------------------------------


@in_transaction
def change_tags(ticket, *, actor, add=(), remove=(), now=None):
    """Put tags (keys in `add`) on a ticket and take others away, in any status, by any agent.

    One event names what was changed; where nothing is, there is none. Raises TicketError for a tag
    that is retired or unknown, and for more than MOST_TAGS_OF_TICKET.
    """
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    with changing(ticket, actor=actor, now=now) as change:
        if facts := put_tags(ticket, actor=actor, add=add, remove=remove, now=now):
            change.record(Event.Kind.TAGS_CHANGED, **facts)
    return ticket


def put_tags(ticket, *, actor, add=(), remove=(), now):
    """Write the tags of a locked ticket; gives the facts of the event, none for no change."""
    tags_to_add = _tags_to_add(add)
    present = _present(ticket)
    added = [each for each in tags_to_add if each.pk not in present]
    unknown = [key for key in remove if key not in present]
    remove = {*remove, *(Tag.objects.merged_as(unknown) if unknown else ())}
    removed = {key: present[key] for key in present if key in remove}
    if added and len(present) - len(removed) + len(added) > MOST_TAGS_OF_TICKET:
        raise TicketError(_too_many_on_ticket(), code="tags")
    if removed:
        ticket.ticket_tags.filter(tag__in=removed).delete()
    TicketTag.objects.bulk_create(
        TicketTag(ticket=ticket, tag=tag, added_by=actor, added_at=now) for tag in added
    )
    names = {"tags_added": [tag.name for tag in added], "tags_removed": list(removed.values())}
    return {fact: names[fact] for fact in names if names[fact]}


def _present(ticket):
    """{key: name} of the tags on a locked ticket, by name. What a merge of tags still has to do to
    it is done first, as by `catch_up`."""
    marks = ticket.ticket_tags.order_by("tag__place")
    found = list(marks.values_list("tag", "tag__name", "tag__merged_into"))
    merged = [(key, into) for key, _name, into in found if into]
    for key, into in merged:
        _move(ticket.ticket_tags.filter(tag=key), into)
    return _present(ticket) if merged else {key: name for key, name, _into in found}


def _tags_to_add(keys):
    """The tags of these keys, held so that none is merged meanwhile: by name, each once. One that
    was merged stands for the other. Raises TicketError for one that is retired or unknown."""
    keys = set(keys)
    found = _held(keys)
    if len(found) != len(keys):
        raise TicketError(_("Choose from the list."), code="tags")
    if merged := {tag.merged_into_id for tag in found if tag.merged_into_id}:
        found = {tag for tag in found if not tag.merged_into_id} | set(_held(merged))
    for tag in found:
        if tag.is_retired:
            sentence = _("The tag “%(name)s” is retired and cannot be added.")
            raise TicketError(sentence % {"name": tag.name}, code="tags")
    return sorted(found, key=lambda tag: (bytes(tag.place), tag.pk))


def _held(keys):
    # In the order of their keys: two people may put the same ones on tickets.
    return list(
        Tag.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    )


def _too_many_on_ticket():
    sentence = ngettext(
        "A ticket has at most %(limit)s tag.",
        "A ticket has at most %(limit)s tags.",
        MOST_TAGS_OF_TICKET,
    )
    return sentence % {"limit": number(MOST_TAGS_OF_TICKET)}


# --- The vocabulary -------------------------------------------------------------------------------


@in_transaction
def create_tag(name, *, colour, actor, form_key: UUID | None = None, now=None):
    """A new tag; sent once more by the same form, the first one. By supervisors.

    Raises TicketError, whose code names the field; it is `already_sent` where the same form made
    another tag before. See "Sending" of the domain.
    """
    base.lock_person(actor)
    base.allow(actor.is_supervisor)
    if form_key and (first := Tag.objects.filter(form_key=form_key).first()):
        if (first.name, first.colour) == (clean_name(name), colour):
            return first
        sentence = _("This form has already added the tag “%(name)s”. Send again to add another.")
        raise TicketError(sentence % {"name": first.name}, code="already_sent")
    if Tag.objects.known().count() >= MOST_TAGS:
        sentence = _("There are %(limit)s tags already. Merge some of them first.")
        raise TicketError(sentence % {"limit": number(MOST_TAGS)}, code="name")
    tag = Tag(created_by=actor, created_at=now or timezone.now(), form_key=form_key)
    _write(tag, name, colour)
    return tag


@in_transaction
def edit_tag(tag, *, name, colour, actor, seen_version=None):
    """Give a tag another name or colour, on every ticket that has it. By supervisors."""
    tag = _held_tag(tag, actor)
    if (tag.name, tag.colour) == (clean_name(name), colour):
        return tag
    if seen_version is not None and seen_version != tag.version:
        raise StaleTicket(
            _("Somebody has changed this tag in the meantime. Check it, then save."), row=tag
        )
    tag.version += 1
    _write(tag, name, colour)
    return tag


@in_transaction
def retire_tag(tag, *, actor, now=None):
    """Let a tag be put on nothing any more; it stays on the tickets that have it."""
    tag = _held_tag(tag, actor)
    if not tag.is_retired:
        tag.retired_at = now or timezone.now()
        tag.version += 1
        tag.save()
    return tag


@in_transaction
def restore_tag(tag, *, actor):
    """Let a retired tag be put on tickets again."""
    tag = _held_tag(tag, actor)
    if tag.is_retired:
        tag.retired_at = None
        tag.version += 1
        tag.save()
    return tag


@in_transaction
def merge_tags(tag, *, into, actor):
    """Make two tags one: what has `tag` has `into` from then on, and `tag` is gone from lists.

    Canned replies that add it add the other. Of its tickets a BATCH follows at once, the others by
    `follow_tag_merges`. Merged once more into the same one, nothing happens. Gives the tag that is
    left. Raises TicketError for a merge into itself or into one that is gone.
    """
    base.allow(actor.is_supervisor)
    held = {each.pk: each for each in _held({tag.pk, into.pk})}
    tag, into = held[tag.pk], held[into.pk]
    if tag.merged_into_id == into.pk:
        return into
    if tag.pk == into.pk:
        raise TicketError(_("Choose another tag than this one."), code="into")
    if tag.merged_into_id or into.merged_into_id:
        raise TicketError(_("This tag was merged into another in the meantime."), code="gone")
    _move_batch(tag.pk, into.pk)
    tag.merged.update(merged_into=into)
    for reply in CannedReply.objects.adding(tag.pk).select_for_update(no_key=True).order_by("pk"):
        keys = [into.pk if key == tag.pk else key for key in reply.tag_ids]
        reply.tag_ids = list(dict.fromkeys(keys))
        reply.save(update_fields=["tag_ids"])
    tag.merged_into, tag.version = into, F("version") + 1
    tag.save(update_fields=["merged_into", "version"])
    return into


def follow_tag_merges():
    """Give the tickets that still have a merged tag the one that it went into, at most MOST_BATCHES
    batches. Returns how many. What somebody holds is left to the next run."""
    moved, left = 0, MOST_BATCHES
    for key, into in list(Tag.objects.with_tickets_to_move().values_list("pk", "merged_into")):
        while left and (batch := _follow_batch(key, into)):
            moved, left = moved + batch, left - 1
    return moved


@in_transaction
def _follow_batch(key, into):
    return _move_batch(key, into)


def _move_batch(key, into):
    """Of the tickets with the tag of that key that nobody holds, move a BATCH. Gives how many."""
    marked = TicketTag.objects.filter(tag=key).order_by("ticket").values_list("ticket", flat=True)
    found = Ticket.objects.filter(pk__in=list(marked[:BATCH])).order_by("pk")
    held = found.select_for_update(of=("self",), skip_locked=True, no_key=True)
    tickets = list(held.values_list("pk", flat=True))
    _move(TicketTag.objects.filter(tag=key, ticket__in=tickets), into)
    return len(tickets)


def _move(marks, into):
    """Make the marks of locked tickets those of another tag, once on each ticket."""
    having = TicketTag.objects.filter(tag=into, ticket=OuterRef("ticket"))
    marks.filter(Exists(having)).delete()
    marks.update(tag=into)


def _held_tag(tag, actor):
    base.allow(actor.is_supervisor)
    held = Tag.objects.select_for_update(of=("self",), no_key=True).keyed(tag.pk)
    if held is None:
        raise TicketError(_("This tag was merged into another in the meantime."), code="gone")
    return held


def _write(tag, name, colour):
    """As `_take`, and saved; another may take the name at this very moment."""
    _take(tag, name, colour)
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError as error:
        same = Tag.objects.named(tag.name_key) or tag
        raise TicketError(_taken(same), code="name") from error


def _take(tag, name, colour):
    """In memory: the name and the colour. Raises TicketError whose code is the field."""
    name = clean_name(name)
    key = name_key(name)
    if not key:
        raise TicketError(_("Enter a name."), code="name")
    if len(name) > LONGEST_TAG:
        sentence = ngettext(
            "A tag has at most %(limit)s character.",
            "A tag has at most %(limit)s characters.",
            LONGEST_TAG,
        )
        raise TicketError(sentence % {"limit": number(LONGEST_TAG)}, code="name")
    if colour not in TagColour.values:
        raise TicketError(_("Choose from the list."), code="colour")
    same = Tag.objects.named(key)
    if same and same.pk != tag.pk:
        raise TicketError(_taken(same), code="name")
    tag.name, tag.name_key, tag.place, tag.colour = name, key, alphabetical(fold(name)), colour


def _taken(tag):
    if tag.is_retired:
        sentence = _("The tag “%(name)s” exists already and is retired. Restore it instead.")
    else:
        sentence = _("The tag “%(name)s” exists already.")
    return sentence % {"name": tag.name}
