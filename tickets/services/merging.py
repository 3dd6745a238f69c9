"""Merging a ticket into another one of its organization, and the undo of that within an hour."""

from datetime import timedelta

from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.transactions import in_transaction
from tickets import permissions
from tickets.choices import OPPOSITES, Relation, Status
from tickets.clocks.merging import ENDING
from tickets.errors import ShowsToOthers, TicketError
from tickets.models import (
    Clock,
    Event,
    MessageDraft,
    Ticket,
    TicketLink,
    TicketMerge,
    Watcher,
)
from ui.wording import listed

from . import base
from .changing import changing
from .followers import follow_merge
from .linking import link_rows, locked_pair
from .replying import drop_absent_assignee

UNDO_WITHIN = timedelta(hours=1)
AUTO_CLOSE = (
    *("auto_close_at", "auto_close_remind_at", "auto_close_held_at"),
    *("auto_close_hold_code", "auto_close_hold_reason"),
)
KEPT = ("status", "waiting_since", *AUTO_CLOSE)


@in_transaction
def merge_tickets(ticket, *, actor, into, shown_to=(), seen_version=None, now=None):
    """Close the ticket as merged into another open one of its organization; gives the latter.

    Its messages and files are the target's from then on, and who was notified of it is notified of
    the target. What waits goes on waiting there, by the response clock with the earlier due. Raises
    TicketError for a target that it cannot be merged into, and as `check_version` does, and
    ShowsToOthers for members who would see what they do not see now and are not in `shown_to`.
    """
    organization = base.lock_organization(ticket.organization_id)
    source, target = locked_pair(ticket, into)
    now = now or timezone.now()
    base.allow(permissions.may_work(source, actor))
    if source.merged_into_id == target.pk and base.is_repeated(source, actor, Event.Kind.MERGED):
        return target
    base.refuse_merged(source)
    _check_target(source, target)
    base.check(source.merge, actor)
    base.check_version(source, seen_version)
    source.organization = target.organization = organization
    _check_new_readers(source, target, shown_to)
    # What the target's clocks make room for is written first, when the inner block ends.
    with (
        changing(source, actor=actor, now=now) as leaving,
        changing(target, actor=actor, now=now) as joined,
    ):
        before = {"source": _stored(source, KEPT), "target": _stored(target, KEPT)}
        before |= _merge_clocks(leaving.clocks, joined.clocks)
        _bring_what_waits(source, joined)
        _take_latest(source, target)
        source.merge(into=target, now=now)
        source.waiting_since = None
        base.stop_auto_close(source)
        before |= _move_rows(source, target, actor, now)
        leaving.record(Event.Kind.MERGED, other=target.pk)
        joined.record(Event.Kind.TOOK_IN, other=source.pk)
    before |= {"event": joined.event.pk, "auto_close_at": _stored(target, ["auto_close_at"])}
    TicketMerge.objects.create(
        source=source, target=target, merged_by=actor, merged_at=now, before=before
    )
    return target


def _check_target(source, target):
    if target.pk == source.pk:
        raise TicketError(_("A ticket cannot be merged into itself."), code="number")
    if target.organization_id != source.organization_id:
        raise TicketError(_("Only tickets of the same organization can be merged."), code="number")
    if target.merged_into_id is not None:
        sentence = _("%(number)s was merged into %(target)s itself. Choose that one.")
        names = {"number": target.number, "target": Ticket(pk=target.merged_into_id).number}
        raise TicketError(sentence % names, code="number")
    if target.is_closed:
        sentence = _("%(number)s is closed. Choose an open ticket, or reopen it first.")
        raise TicketError(sentence % {"number": target.number}, code="number")


def _check_new_readers(source, target, shown_to):
    """Refuse that a plain member who sees only own tickets is shown what others wrote, unless
    whoever merges agreed to that. Raises ShowsToOthers."""
    if not source.organization.is_restricted:
        return
    readers = {each.pk: _concerned_by(each) for each in (source, target)}
    plain = User.objects.plain_members_of(source.organization)
    new, sentences = set(), []
    for seen, other in ((target, source), (source, target)):
        gained = list(plain.filter(pk__in=readers[other.pk] - readers[seen.pk]).order_by("pk"))
        if gained:
            new |= {person.pk for person in gained}
            sentence = _("All that is written in %(number)s will be seen by: %(names)s.")
            sentences.append(sentence % {"number": seen.number, "names": listed(gained)})
    if not new <= set(shown_to):
        sentences.append(_("They do not see it now."))
        raise ShowsToOthers(" ".join(sentences), people=sorted(new))


def _concerned_by(ticket):
    return {ticket.requester_id, *ticket.watchers.values_list("user", flat=True)}


def _merge_clocks(leaving, joined):
    """Keep the response clock with the earlier due, in the target; whatever else the source was
    promised ends without a result. Gives what an undo needs."""
    own, theirs = leaving.response, joined.response
    ending, moved = [], None
    if own and (theirs is None or own.due_at < theirs.due_at):
        ending += [(joined, theirs)] if theirs else []
        moved = own
    elif own:
        ending.append((leaving, own))
    if resolution := leaving.resolution:
        ending.append((leaving, resolution))
    ended = {str(clock.pk): _stored(clock, ENDING) for _clocks, clock in ending}
    for clocks, clock in ending:
        clocks.end_by_merge(clock)
    if moved:
        leaving.hand_over(moved, joined)
    return {"ended": ended, "moved": moved and moved.pk}


def _bring_what_waits(source, joined):
    """Let what waits on the source wait on the target, which then awaits no customer."""
    target, since = joined.ticket, source.waiting_since
    if since is None:
        return
    target.waiting_since = min(since, target.waiting_since or since)
    if target.status == Status.AWAITING_CUSTOMER:
        base.check(target.receive_waiting, joined.actor)
        target.receive_waiting()
        base.stop_auto_close(target)
    base.start_waiting(joined)


def _take_latest(source, target):
    """The later of the two last public messages, from which the 48 hours count."""
    if source.last_public_message_at <= target.last_public_message_at:
        return
    base.take_last_public(target, source.last_public_message)
    if target.auto_close_at and target.support_spoke_last:
        base.start_auto_close(target, now=target.last_public_message_at)


def _move_rows(source, target, actor, now):
    """Messages, those who are notified, and what was merged into the source before."""
    written_on = Coalesce("written_on", Value(source.pk))
    source.messages.update(ticket=target, written_on=written_on)
    MessageDraft.objects.move(source, target)
    carried = list(source.merged_tickets.values_list("pk", flat=True))
    source.merged_tickets.update(merged_into=target)
    relation = source.links.filter(other=target).values_list("relation", flat=True).first()
    if relation is None:
        link_rows(source, target, Relation.MERGED_INTO, actor, now)
    else:
        _relate(source, target, Relation.MERGED_INTO)
    people = _concerned_by(source) - _concerned_by(target)
    new = User.objects.members_of(target.organization).filter(pk__in=people).order_by("pk")
    added = Watcher.objects.bulk_create(
        Watcher(ticket=target, user=each, added_by=actor, added_at=now) for each in new
    )
    follow_merge(source, target, now=now)
    watchers = [each.pk for each in added]
    return {"carried": carried, "relation": relation, "watchers": watchers}


def _relate(source, target, relation):
    """Let the link that the two have be another one."""
    for one, other, what in ((source, target, relation), (target, source, OPPOSITES[relation])):
        TicketLink.objects.filter(ticket=one, other=other).update(relation=what)


# --- Undoing --------------------------------------------------------------------------------------


@in_transaction
def undo_merge(ticket, *, actor, now=None):
    """Separate a merged ticket again from its target; gives the ticket.

    Both are as before the merge, but for what happened to the target since. Raises TicketError
    after UNDO_WITHIN, and where something happened to the target since that an undo cannot keep
    apart: see `_check_undo`.
    """
    merge = ticket.merges.filter(undone_at=None).select_related("target").first()
    if merge is None:
        return _not_merged(ticket, actor)
    organization = base.lock_organization(ticket.organization_id)
    source, target = locked_pair(ticket, merge.target)
    now = now or timezone.now()
    base.allow(permissions.may_work(source, actor))
    if source.merged_into_id is None:
        return _not_merged(source, actor)
    _check_undo(merge, target, now)
    source.organization = target.organization = organization
    before = merge.before
    own, theirs = _clocks_of(source, target, before)
    # The clock that goes back leaves room in the target: what the inner block did comes first.
    with (
        changing(target, actor=actor, now=now, clocks=theirs) as left,
        changing(source, actor=actor, now=now, clocks=own) as leaving,
    ):
        _give_rows_back(source, target, before)
        _restore_source(source, before)
        _restore_clocks(leaving.clocks, left.clocks, before)
        _restore_target(left, before)
        leaving.record(Event.Kind.UNMERGED, other=target.pk)
        left.record(Event.Kind.GAVE_BACK, other=source.pk)
    merge.undone_at = now
    merge.save(update_fields=["undone_at"])
    return source


def _not_merged(ticket, actor):
    if base.is_repeated(ticket, actor, Event.Kind.UNMERGED):
        return ticket
    raise TicketError(_("This ticket is not merged into another one."), code="moved")


def _check_undo(merge, target, now):
    """Refuse what would not be exact: an answer met one clock for both, and what moved a clock or
    a message moved it where it is now. Merges are undone in the opposite order."""
    names = {"number": target.number}
    if target.merged_into_id is not None:
        sentence = _("%(number)s was merged into another ticket since. Undo that first.")
        raise TicketError(sentence % names, code="moved")
    if now >= merge.merged_at + UNDO_WITHIN:
        raise TicketError(_("A merge can be undone within one hour only."), code="over")
    if later := TicketMerge.objects.latest_into(target, after=merge):
        sentence = _("%(other)s was merged into %(number)s since. Separate that one first.")
        names["other"] = Ticket(pk=later.source_id).number
        raise TicketError(sentence % names, code="moved")
    since = target.events.after(merge.before["event"])
    if since.answers().exists():
        sentence = _("%(number)s was answered since, so the merge can no longer be undone.")
        raise TicketError(sentence % names, code="answered")
    if target.is_closed or since.closes().exists():
        sentence = _("%(number)s was closed since, so the merge can no longer be undone.")
        raise TicketError(sentence % names, code="closed")
    if since.splits().exists():
        sentence = _(
            "A message of %(number)s was split off since, so the merge can no longer be undone."
        )
        raise TicketError(sentence % names, code="split")
    if since.changes_of_clocks().exists():
        sentence = _(
            "The due of %(number)s was changed since, so the merge can no longer be undone."
        )
        raise TicketError(sentence % names, code="due")


def _clocks_of(source, target, before):
    """The clocks that an undo may change: those of the source, and those of the target."""
    keys = [*map(int, before["ended"]), *([before["moved"]] if before["moved"] else [])]
    clocks = Clock.objects.with_terms().of_merge(source, target, keys)
    own = [each for each in clocks if source.pk == each.ticket_id or each.pk == before["moved"]]
    return own, [each for each in clocks if each not in own]


def _give_rows_back(source, target, before):
    written = [source.pk, *before["carried"]]
    target.messages.filter(written_on__in=written).update(
        ticket=source, written_on=NullIf("written_on", Value(source.pk))
    )
    Ticket.objects.filter(pk__in=before["carried"]).update(merged_into=source)
    target.watchers.filter(pk__in=before["watchers"]).delete()
    if before["relation"]:
        _relate(source, target, Relation(before["relation"]))
    else:
        pair = [source, target]
        TicketLink.objects.filter(ticket__in=pair, other__in=pair).delete()


def _restore_source(source, before):
    values = _read(Ticket, before["source"])
    status = values.pop("status")
    drop_absent_assignee(source)
    if status == Status.IN_PROGRESS and source.assignee_id is None:
        status = Status.AWAITING_RESPONSE
    source.restore(status)
    _set(source, values)


def _restore_clocks(leaving, left, before):
    """Each clock runs again where it ran; to a suspended organization nothing is promised."""
    for clock in list(leaving.clocks):
        if clock.pk == before["moved"]:
            leaving.take_back(clock)
    if leaving.ticket.organization.is_suspended:
        return
    for clocks in (leaving, left):
        for clock in list(clocks.clocks):
            if stored := before["ended"].get(str(clock.pk)):
                clocks.revive(clock, _read(Clock, stored))


def _restore_target(left, before):
    """What happened to the target since stays: its messages, its assignee, its priority."""
    target, values = left.ticket, _read(Ticket, before["target"])
    status = values.pop("status")
    since = target.messages.waiting().order_by("created_at").first()
    new = since.created_at if since else None
    # What waited before may be a reopening, which is no message.
    waited = values.pop("waiting_since")
    target.waiting_since = min(filter(None, (waited, new)), default=None)
    if target.waiting_since is None:
        if status == Status.AWAITING_CUSTOMER == target.status:
            unchanged = _read(Ticket, before["auto_close_at"])["auto_close_at"]
            if target.auto_close_at == unchanged:
                _set(target, values)
        elif status == Status.AWAITING_CUSTOMER and target.status == Status.AWAITING_RESPONSE:
            base.check(target.give_back_waiting, left.actor)
            target.give_back_waiting()
            _set(target, values)
    elif left.clocks.response is None and target.waiting_since == new:
        promise = base.promise_for(target)
        if promise:
            left.clocks.start(promise, kind=base.response_kind(target), at=new)
    base.take_last_public(target, target.messages.public().order_by("created_at", "pk").last())


# --- What an undo gives back ----------------------------------------------------------------------


def _stored(row, names):
    """Columns of a row as JSON can hold them, to the microsecond."""
    fields = {name: row._meta.get_field(name) for name in names}
    return {
        name: None if getattr(row, name) is None else field.value_to_string(row)
        for name, field in fields.items()
    }


def _read(model, stored):
    """The values of `_stored`."""
    return {
        name: None if text is None else model._meta.get_field(name).to_python(text)
        for name, text in stored.items()
    }


def _set(row, values):
    for name, value in values.items():
        setattr(row, name, value)
