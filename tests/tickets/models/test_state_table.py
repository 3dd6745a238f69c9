"""The table "Life of a ticket" of the domain, every move in every status by everybody."""

import pytest
from django.db import IntegrityError, transaction
from django_fsm.signals import post_transition

from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_ticket,
)
from tickets import services
from tickets.choices import Status
from tickets.errors import TicketError
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.every]

STAFF = {"assignee", "agent", "supervisor", "admin"}
MEMBERS = {"requester", "colleague"}
LEADERS = {"assignee", "supervisor", "admin"}
EVERYBODY = ["requester", "colleague", "outsider", "assignee", "agent", "supervisor", "admin"]

# Where a ticket can stand. "Returned" came back from the customer to its agent, "answered" is in
# progress with nothing waiting.
STARTS = ["new", "returned", "in_progress", "answered", "awaiting_customer", "closed"]
# Variants of the others' statuses, tried in the full run.
RARE = {"returned", "answered"}
OPEN = [start for start in STARTS if start != "closed"]
STATUS_OF = {"new": "awaiting_response", "returned": "awaiting_response", "answered": "in_progress"}


def unchanged(starts):
    return {start: STATUS_OF.get(start, start) for start in starts}


def to(status, starts=OPEN):
    return dict.fromkeys(starts, status)


def agent_writes(then, **more):
    def reply(ticket, actor, cast):
        return services.reply_as_agent(
            ticket, actor=actor, content=make_content(), then=then, now=NOW, **more
        )

    return reply


def customer_writes(intent):
    def reply(ticket, actor, cast):
        return services.reply_as_customer(
            ticket, actor=actor, content=make_content(), intent=intent, now=NOW
        )

    return reply


def click(name, **arguments):
    return lambda ticket, actor, cast: getattr(services, name)(
        ticket, actor=actor, now=NOW, **arguments
    )


# move: (how it is made, who may, where it leads from each start; elsewhere it is refused)
MOVES = {
    "accept what is nobody's": (click("accept"), STAFF, {"new": "in_progress"}),
    "accept one's own": (click("accept"), {"assignee"}, to("in_progress", ["returned"])),
    "take over": (
        lambda ticket, actor, cast: services.accept(
            ticket, actor=actor, take_over_from=cast["assignee"], now=NOW
        ),
        STAFF,
        to("in_progress", ["new", "returned", "in_progress", "answered"]),
    ),
    "release": (
        click("release"),
        LEADERS,
        to("awaiting_response", ["in_progress", "answered"]),
    ),
    "reply and wait": (agent_writes("wait"), STAFF, to("awaiting_customer")),
    "reply and keep working": (agent_writes("work"), STAFF, to("in_progress")),
    "reply and close": (agent_writes("close"), STAFF, to("closed")),
    "reopen and send": (
        agent_writes("wait", reopening=True),
        STAFF,
        to("awaiting_customer", STARTS),
    ),
    "resume": (click("resume"), STAFF, {"awaiting_customer": "in_progress"}),
    "customer message": (
        customer_writes("problem"),
        MEMBERS,
        unchanged(OPEN) | to("awaiting_response", ["awaiting_customer", "closed"]),
    ),
    "message without saying which": (
        customer_writes(None),
        MEMBERS,
        unchanged(OPEN) | {"awaiting_customer": "awaiting_response"},
    ),
    "just thanks": (customer_writes("thanks"), MEMBERS, {"closed": "closed"}),
    "close by customer": (click("close_by_customer"), MEMBERS, to("closed")),
    "close as resolved": (click("resolve"), STAFF, to("closed", ["answered", "awaiting_customer"])),
    "reopen": (click("reopen"), MEMBERS | STAFF, {"closed": "awaiting_response"}),
    "assign": (
        lambda ticket, actor, cast: services.assign(
            ticket, actor=actor, to=cast["second_agent"], now=NOW
        ),
        LEADERS,
        unchanged(OPEN),
    ),
    "assign to nobody": (
        click("assign", to=None),
        LEADERS,
        unchanged(OPEN) | to("awaiting_response", ["in_progress", "answered"]),
    ),
    "note": (click("add_note", content=make_content()), STAFF, unchanged(STARTS)),
    "raise": (
        click("change_priority", priority="high", reason="سایت ما بسته است"),
        STAFF | MEMBERS,
        unchanged(OPEN),
    ),
    "lower": (
        click("change_priority", priority="low", reason="کار راه افتاد"),
        STAFF,
        unchanged(OPEN),
    ),
    "category": (click("change_category", category="sales"), STAFF, unchanged(OPEN)),
}
# Made by somebody who may, in a status in which it says nothing new: no error and no event.
NOTHING_TO_DO = {
    ("accept what is nobody's", "in_progress", "assignee"),
    ("accept what is nobody's", "answered", "assignee"),
    ("accept one's own", "in_progress", "assignee"),
    ("accept one's own", "answered", "assignee"),
    ("take over", "in_progress", "assignee"),
    ("take over", "answered", "assignee"),
    ("assign to nobody", "new", "supervisor"),
    ("assign to nobody", "new", "admin"),
    # Who closed it presses once more.
    ("close as resolved", "closed", "assignee"),
}
# They take two tickets: see test_merging.
OF_MERGES = {"merge", "receive_waiting", "give_back_waiting"}
# The same act as another row of the table, with another outcome there.
ANOTHER_ROW = {
    "accept what is nobody's": {"returned"},
    "accept one's own": {"new"},
    "just thanks": set(OPEN),
}


@pytest.fixture
def cast(request):
    names = {"assignee": "agent", "agent": "second_agent", "second_agent": "second_agent"}
    return {
        name: request.getfixturevalue(names.get(name, name))
        for name in [*EVERYBODY, "second_agent"]
    }


@pytest.fixture
def ticket_at(cast):
    """A ticket at one of the STARTS; the assignee has all but the new ones."""

    def make(start):
        requester, assignee = cast["requester"], cast["assignee"]
        if start == "awaiting_customer":
            return make_awaiting_customer(requester, assignee)
        if start == "closed":
            return make_closed(requester, assignee)
        if start == "returned":
            ticket = make_awaiting_customer(requester, assignee)
            content = make_content()
            return services.reply_as_customer(ticket, actor=requester, content=content, now=NOW)
        ticket = make_ticket(requester)
        if start == "in_progress":
            return services.accept(ticket, actor=assignee, now=NOW)
        if start == "answered":
            content = make_content()
            return services.reply_as_agent(
                ticket, actor=assignee, content=content, then="work", now=NOW
            )
        return ticket

    return make


def outcome(act, ticket, actor, cast):
    """(status after, number of new events), then undone; a status that changes walks by edges."""
    walked = [ticket.status]

    def walk(sender, instance, source, target, **kwargs):
        assert source == walked[-1]
        walked.append(target)

    post_transition.connect(walk, sender=Ticket)
    events = ticket.events.count()
    try:
        with transaction.atomic():
            act(ticket, actor, cast)
            after = again(ticket)
            assert after.status == walked[-1], "moved without a transition"
            found = after.status, after.events.count() - events
            transaction.set_rollback(True)
    except TicketError:
        return "refused", 0
    finally:
        post_transition.disconnect(walk, sender=Ticket)
    return found


@pytest.mark.parametrize(
    "start",
    [pytest.param(each, marks=pytest.mark.full) if each in RARE else each for each in STARTS],
)
def test_every_move_leads_where_the_table_says_for_those_whom_it_names(start, cast, ticket_at):
    ticket = ticket_at(start)
    moves = [move for move in MOVES if start not in ANOTHER_ROW.get(move, ())]
    offered = {
        (who, move.name)
        for who in EVERYBODY
        for move in ticket.get_available_user_status_transitions(cast[who])
    }

    found = {
        (move, who): outcome(MOVES[move][0], ticket, cast[who], cast)
        for move in MOVES
        for who in EVERYBODY
    }

    assert_offered_is_what_succeeds(offered, ticket, found)
    expected = {}
    for move in moves:
        _act, may, targets = MOVES[move]
        for who in EVERYBODY:
            if (move, start, who) in NOTHING_TO_DO:
                expected[move, who] = (ticket.status, 0)
            elif who in may and start in targets and not (start == "new" and is_leading(who, may)):
                expected[move, who] = (targets[start], 1)
            else:
                expected[move, who] = ("refused", 0)
    wrong = {
        case: (found[case], expected[case]) for case in expected if found[case] != expected[case]
    }
    assert wrong == {}


def is_leading(who, may):
    """Whether the person may only as the assignee, who of a new ticket is nobody yet."""
    return who == "assignee" and may == LEADERS


def assert_offered_is_what_succeeds(offered, ticket, found):
    # One service does both: the same act is another edge once somebody works on the ticket.
    is_worked_on = ticket.status == Status.IN_PROGRESS
    ways = {
        "accept": [] if is_worked_on else ["accept what is nobody's", "take over"],
        "take_over": ["take over"] if is_worked_on else [],
        "release": ["release"],
        "reply_and_wait": ["reply and wait"],
        "reply_and_work": ["reply and keep working"],
        "resume": ["resume"],
        "close_by_customer": ["close by customer"],
        "resolve": ["reply and close"],
        "reopen": ["reopen"],
    }

    succeed = {
        (who, name)
        for who in EVERYBODY
        for name, moves in ways.items()
        if any(found[move, who][1] for move in moves)
    }
    internal = {"unassign", "return_to_support", *OF_MERGES}
    assert {(who, name) for who, name in offered if name not in internal} == succeed


def test_the_edges_are_those_of_the_table():
    declared = {
        (move.name, move.source, move.target)
        for move in Ticket._meta.get_field("status").get_all_transitions(Ticket)
    }

    ours = ["awaiting_response", "in_progress", "awaiting_customer"]
    assert declared == {
        ("accept", "awaiting_response", "in_progress"),
        ("take_over", "in_progress", "in_progress"),
        ("release", "in_progress", "awaiting_response"),
        ("unassign", "in_progress", "awaiting_response"),
        *(("reply_and_wait", source, "awaiting_customer") for source in ours),
        *(("reply_and_work", source, "in_progress") for source in ours),
        ("resume", "awaiting_customer", "in_progress"),
        ("return_to_support", "awaiting_customer", "awaiting_response"),
        *(("close_by_customer", source, "closed") for source in ours),
        *(("resolve", source, "closed") for source in ours),
        ("close_automatically", "awaiting_customer", "closed"),
        ("reopen", "closed", "awaiting_response"),
        *(("merge", source, "closed") for source in ours),
        *((f"unmerge_as_{target}", "closed", target) for target in ours),
        ("receive_waiting", "awaiting_customer", "awaiting_response"),
        ("give_back_waiting", "awaiting_response", "awaiting_customer"),
    }


def test_permissions_need_no_query(cast, ticket_at, django_assert_num_queries):
    ticket = ticket_at("awaiting_customer")
    people = [again(cast[who]) for who in EVERYBODY]
    for person in people:
        person.membership_by_organization  # noqa: B018  (one query a request, remembered)

    with django_assert_num_queries(0):
        for person in people:
            list(ticket.get_available_user_status_transitions(person))


def test_the_status_cannot_be_assigned(requester):
    ticket = make_ticket(requester)

    with pytest.raises(AttributeError):
        ticket.status = Status.CLOSED


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "lost"},
        {"priority": "huge"},
        {"category": "gossip"},
        {"status": Status.CLOSED},
        {"closed_at": NOW},
        {"status": Status.IN_PROGRESS},
        {"auto_close_at": NOW},
        {"queue_band": 9},
        {"auto_close_remind_at": NOW},
        {"auto_close_held_at": NOW},
        {"status": Status.AWAITING_CUSTOMER},
    ],
    ids=str,
)
def test_the_database_refuses_what_no_transition_made(fields, requester):
    ticket = make_ticket(requester)

    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(**fields)
