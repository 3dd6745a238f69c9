"""What is done to a ticket. Each endpoint calls the service of the page's button."""

from django.utils.translation import gettext as _
from ninja import Body, Query, Status

from api.scopes import Scope
from organizations.models import User
from tickets import services
from tickets.choices import Intent
from tickets.lists.filters import Reader
from tickets.models import Team, Ticket
from ui.names import clean_name

from . import inputs, outputs, showing
from .operations import (
    Endpoints,
    agent_named,
    changing_as_seen,
    field_problem,
    form_key,
    may_read_notes,
    no_scope,
    other_ticket,
    pending_files,
    person,
    staff_only,
    ticket_or_404,
)
from .tickets import TicketFilters, again, changed_only, wanted_of

router = Endpoints(tags=["actions"])
NO_BODY = Body(inputs.Nothing())
FOLLOW_UP = Intent.FOLLOW_UP.value


def action(path, summary, *, scope=Scope.TICKETS_WRITE, for_staff=False, answer=again):
    """An endpoint that changes the ticket of its address and answers with it as it is then."""

    def register(view):
        def acting(request, number, body):
            if for_staff:
                staff_only(request)
            ticket = ticket_or_404(request, number)
            with changing_as_seen(request, ticket):
                changed = view(request, ticket, body)
            return answer(request, changed or ticket, before=ticket)

        acting.__name__, acting.__doc__ = view.__name__, view.__doc__
        kind = view.__annotations__["body"]
        acting.__annotations__ = {"number": str, "body": kind}
        is_optional = not any(each.is_required() for each in kind.model_fields.values())
        acting.__defaults__ = (Body(kind()),) if is_optional else None
        register_at = router.post_to(
            f"/tickets/{{number}}/{path}",
            outputs.Ticket,
            scope=scope,
            operation_id=view.__name__,
            summary=summary,
        )
        register_at(acting)
        return view

    return register


def _content(request, body, **more):
    return services.NewMessage(
        body=body.body,
        files=pending_files(request, body.attachments),
        form_key=form_key(request),
        **more,
    )


def _answer_to_message(request, after, *, before):
    """A message changes nobody's name; what goes with it may."""
    if getattr(request, "is_more_changed", False):
        return again(request, after, before=before)
    return changed_only(request, before, after)


@action("reply", "Write a public message", answer=_answer_to_message)
def reply(request, ticket, body: inputs.Reply):
    """Staff say what happens then; on a closed ticket members say what they mean by it. What opens
    a follow-up answers with that ticket."""
    actor = request.user
    content = _content(request, body, canned=tuple(dict.fromkeys(body.canned)))
    if FOLLOW_UP in ({body.then} if actor.is_agent else {body.intent}):
        return services.follow_up(ticket, actor=actor, content=content, now=request.now)
    if actor.is_agent:
        return _answer(request, ticket, body, content)
    for name in ("also", "canned"):
        if name in body.model_fields_set:
            raise field_problem(name, "staff", _("This field is for staff alone."))
    return services.reply_as_customer(
        ticket, actor=actor, content=content, intent=body.intent, now=request.now
    )


def _answer(request, ticket, body, content):
    how = {"actor": request.user, "content": content, "then": body.then, "now": request.now}
    also = body.also or inputs.Also()
    further = services.FurtherChanges(
        priority=also.priority,
        reason=also.reason,
        category=also.category,
        assignee_id=also.assignee,
        tags=tuple(dict.fromkeys(also.tags)),
    )
    if further and not body.reopen:
        request.is_more_changed = True
        return services.reply_with_changes(ticket, further=further, **how)
    return services.reply_as_agent(ticket, reopening=body.reopen, **how)


@action("notes", "Write an internal note", scope=Scope.NOTES, for_staff=True)
def note(request, ticket, body: inputs.Note):
    return services.add_note(ticket, actor=request.user, content=_content(request, body))


@action("accept", "Accept a ticket, or take it over", for_staff=True)
def accept(request, ticket, body: inputs.Accept):
    staff = User.objects.exclude(staff_role="")
    previous = person(request, body.take_over_from, staff, field="take_over_from")
    return services.accept(ticket, actor=request.user, take_over_from=previous)


@action("release", "Give a ticket back to the queue", for_staff=True)
def release(request, ticket, body: inputs.Nothing):
    return services.release(ticket, actor=request.user)


@action("resume", "Take up an awaited ticket again", for_staff=True)
def resume(request, ticket, body: inputs.Nothing):
    return services.resume(ticket, actor=request.user)


@action("close", "Close a ticket")
def close(request, ticket, body: inputs.Nothing):
    """By members, or by staff as resolved; where a message waits, staff close with a reply."""
    if request.user.is_agent:
        return services.resolve(ticket, actor=request.user)
    return services.close_by_customer(ticket, actor=request.user)


@action("reopen", "Reopen a closed ticket")
def reopen(request, ticket, body: inputs.Nothing):
    return services.reopen(ticket, actor=request.user)


@action("assign", "Hand a ticket to another agent, or to nobody", for_staff=True)
def assign(request, ticket, body: inputs.Assign):
    to = agent_named(request, body.assignee, field="assignee")
    return services.assign(ticket, actor=request.user, to=to)


@action("transfer", "Hand a ticket to a team or an agent, with a note", for_staff=True)
def transfer(request, ticket, body: inputs.Transfer):
    """Of a team nobody has it then."""
    to = _target(request, body)
    note = None
    if clean_name(body.note):
        note = services.NewMessage(body.note, form_key=form_key(request))
    return services.transfer(ticket, actor=request.user, to=to, note=note)


def _target(request, body):
    if body.note and not may_read_notes(request):
        raise no_scope(Scope.NOTES)
    team = body.team and Team.objects.visible_to(request.user).keyed(body.team)
    if body.team and team is None:
        raise field_problem("team", "unknown", _("Choose from the list."))
    agent = agent_named(request, body.assignee, field="assignee")
    if bool(team) == bool(agent):
        raise field_problem("team", "to", _("Choose one team or one agent."))
    return team or agent


@action("snooze", "Put a ticket away until a time or the next message", for_staff=True)
def snooze(request, ticket, body: inputs.Snooze):
    """Null is the next message. Its clocks run on, and it is back before it is due."""
    return services.snooze(ticket, actor=request.user, until=body.until)


@action("wake", "Take a snoozed ticket out again", for_staff=True)
def wake(request, ticket, body: inputs.Nothing):
    return services.wake(ticket, actor=request.user)


@action("follow", "Follow a ticket", for_staff=True)
def follow(request, ticket, body: inputs.Nothing):
    """The owner of the key is notified of what happens on it."""
    services.follow(ticket, actor=request.user)


@action("unfollow", "Follow a ticket no more", for_staff=True)
def unfollow(request, ticket, body: inputs.Nothing):
    services.unfollow(ticket, actor=request.user)


@action("split", "Split a message off into a new ticket", for_staff=True)
def split(request, ticket, body: inputs.Split):
    """Answers with the new ticket."""
    return services.split_message(
        ticket, actor=request.user, message=body.message, title=body.title
    )


@action("priority", "Change the priority")
def priority(request, ticket, body: inputs.PriorityChange):
    return services.change_priority(
        ticket, actor=request.user, priority=body.priority, reason=body.reason
    )


@action("category", "Change the category", for_staff=True)
def category(request, ticket, body: inputs.CategoryChange):
    return services.change_category(ticket, actor=request.user, category=body.category)


@action("tags", "Add and remove tags", for_staff=True)
def tags(request, ticket, body: inputs.TagChange):
    return services.change_tags(ticket, actor=request.user, add=body.add, remove=body.remove)


@action("merge", "Merge a ticket into another one", for_staff=True)
def merge(request, ticket, body: inputs.Merge):
    """Answers with the ticket that it was merged into. With `shown_to` as its code it is refused
    where members would see what they do not see now: the sentence names them."""
    into = other_ticket(request, body.into)
    return services.merge_tickets(ticket, actor=request.user, into=into, shown_to=body.shown_to)


@action("unmerge", "Separate a merged ticket again", for_staff=True)
def unmerge(request, ticket, body: inputs.Nothing):
    """Within an hour of the merge; the ticket is the one that was merged."""
    return services.undo_merge(ticket, actor=request.user)


@action("link", "Link a ticket to another one", for_staff=True)
def link(request, ticket, body: inputs.Link):
    other = other_ticket(request, body.number)
    services.link_tickets(ticket, actor=request.user, other=other, relation=body.relation)


@action("unlink", "End a link", for_staff=True)
def unlink(request, ticket, body: inputs.Unlink):
    other = other_ticket(request, body.number)
    services.unlink_tickets(ticket, actor=request.user, other=other)


@action("hold", "Stop the automatic close", for_staff=True)
def hold(request, ticket, body: inputs.Hold):
    return services.hold_auto_close(ticket, actor=request.user, reason=body.reason)


@action("lift-hold", "Let a ticket close automatically again", for_staff=True)
def lift_hold(request, ticket, body: inputs.Nothing):
    return services.lift_hold(ticket, actor=request.user)


@router.get_of(
    "/tickets/{number}/watchers",
    outputs.Watchers,
    scope=Scope.TICKETS_READ,
    operation_id="list_watchers",
    summary="Read who watches a ticket",
)
def list_watchers(request, number: str):
    ticket = ticket_or_404(request, number)
    people = User.objects.filter(watched__ticket=ticket).order_by("name", "pk")
    return {"items": [showing.person_of(each) for each in people]}


@action("watchers", "Add and remove watchers")
def watchers(request, ticket, body: inputs.WatcherChange):
    services.change_watchers(ticket, actor=request.user, add=body.add, remove=body.remove)


@router.post_to(
    "/queue/next",
    {200: outputs.Ticket, 204: None},
    scope=Scope.TICKETS_WRITE,
    operation_id="take_next",
    summary="Accept the most urgent ticket that waits",
)
def take_next(request, query: Query[TicketFilters], body: inputs.Nothing = NO_BODY):
    """Of those that wait for the owner of the key or for nobody; 204 where none does."""
    staff_only(request)
    tickets = Ticket.objects.visible_to(request.user)
    tickets = wanted_of(request).apply(tickets, Reader(request.user, request.now))
    taken = services.take_next(tickets, actor=request.user, form_key=form_key(request))
    return Status(204, None) if taken is None else again(request, taken)
