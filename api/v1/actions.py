"""What is done to a ticket. Each endpoint calls the service of the page's button."""

from ninja import Body

from api.scopes import Scope
from organizations.models import User
from tickets import services
from tickets.choices import Intent

from . import inputs, outputs
from .operations import (
    Endpoints,
    agent_named,
    changing_as_seen,
    form_key,
    other_ticket,
    pending_files,
    person,
    staff_only,
    ticket_or_404,
)
from .tickets import again

router = Endpoints(tags=["actions"])
FOLLOW_UP = Intent.FOLLOW_UP.value


def action(path, summary, *, scope=Scope.TICKETS_WRITE, for_staff=False):
    """An endpoint that changes the ticket of its address and answers with it as it is then."""

    def register(view):
        def acting(request, number, body):
            if for_staff:
                staff_only(request)
            ticket = ticket_or_404(request, number)
            with changing_as_seen(request, ticket):
                changed = view(request, ticket, body)
            return again(request, changed or ticket)

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


def _content(request, body):
    return services.NewMessage(
        body=body.body,
        files=pending_files(request, body.attachments),
        form_key=form_key(request),
    )


@action("reply", "Write a public message")
def reply(request, ticket, body: inputs.Reply):
    """Staff say what happens then; on a closed ticket members say what they mean by it. What opens
    a follow-up answers with that ticket."""
    actor, content = request.user, _content(request, body)
    if FOLLOW_UP in ({body.then} if actor.is_agent else {body.intent}):
        return services.follow_up(ticket, actor=actor, content=content, now=request.now)
    if actor.is_agent:
        how = {"then": body.then, "reopening": body.reopen}
        return services.reply_as_agent(ticket, actor=actor, content=content, now=request.now, **how)
    return services.reply_as_customer(
        ticket, actor=actor, content=content, intent=body.intent, now=request.now
    )


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


@action("watchers", "Add and remove watchers")
def watchers(request, ticket, body: inputs.Watchers):
    if body.add:
        services.add_watchers(ticket, actor=request.user, people=body.add)
    for key in body.remove:
        services.remove_watcher(ticket, actor=request.user, person=key)
