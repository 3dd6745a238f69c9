"""What each move of a ticket's life does to the row, its messages and its history."""

from datetime import timedelta

import pytest

from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_ticket,
)
from tickets import services
from tickets.errors import StaleTicket, TicketClosed, TicketError, TicketTaken
from tickets.models import Event

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def last_event(ticket):
    return ticket.events.last()


# --- Who has it ---------------------------------------------------------------------------------


def test_accepting_what_another_has_says_who_has_it(requester, agent, second_agent):
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)

    with pytest.raises(TicketTaken, match=agent.name) as refused:
        services.accept(ticket, actor=second_agent, now=NOW)

    assert refused.value.assignee == agent


def test_accepting_a_closed_ticket_says_that_it_closed(requester, agent, second_agent):
    ticket = make_closed(requester, agent)

    with pytest.raises(TicketClosed):
        services.accept(ticket, actor=second_agent, now=NOW)


def test_a_take_over_names_the_one_who_has_it_now(requester, agent, second_agent, supervisor):
    ticket = make_awaiting_customer(requester, agent)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)

    with pytest.raises(TicketTaken):
        services.accept(ticket, actor=second_agent, take_over_from=supervisor, now=NOW)
    taken = services.accept(ticket, actor=second_agent, take_over_from=agent, now=NOW)

    assert taken.assignee == second_agent
    assert last_event(ticket).changes["assignee"] == [agent.pk, second_agent.pk]


def test_a_colleagues_ticket_in_progress_is_taken_over_by_naming_them(
    requester, agent, second_agent, supervisor
):
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)
    due, known = ticket.due_at, ticket.public_updated_at

    with pytest.raises(TicketTaken, match=agent.name):
        services.accept(ticket, actor=second_agent, take_over_from=supervisor, now=LATER)
    taken = services.accept(ticket, actor=second_agent, take_over_from=agent, now=LATER)
    services.accept(ticket, actor=second_agent, take_over_from=agent, now=LATER)

    assert (taken.assignee, taken.status) == (second_agent, "in_progress")
    assert (taken.due_at, taken.public_updated_at) == (due, known)
    event = last_event(ticket)
    assert (event.kind, event.is_public) == ("assigned", False)
    assert event.changes == {"assignee": [agent.pk, second_agent.pk]}
    with pytest.raises(TicketTaken, match=second_agent.name):
        services.accept(ticket, actor=supervisor, take_over_from=agent, now=LATER)


def test_taking_up_ones_own_ticket_records_no_change_of_assignee(requester, agent):
    ticket = make_awaiting_customer(requester, agent)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)

    services.accept(ticket, actor=agent, now=NOW)

    assert last_event(ticket).changes == {"status": ["awaiting_response", "in_progress"]}


def test_a_public_reply_accepts_if_nobody_had_and_else_leaves_the_assignee(
    requester, agent, second_agent
):
    nobodys, agents = make_ticket(requester), make_ticket(requester)
    services.accept(agents, actor=agent, now=NOW)

    for ticket in (nobodys, agents):
        services.reply_as_agent(ticket, actor=second_agent, content=make_content(), now=NOW)

    assert again(nobodys).assignee == second_agent
    assert again(agents).assignee == agent


def test_a_customer_message_returns_the_ticket_to_the_same_agent(requester, agent):
    ticket = make_awaiting_customer(requester, agent)

    ticket = services.reply_as_customer(ticket, actor=requester, content=make_content(), now=LATER)

    assert (ticket.status, ticket.assignee) == ("awaiting_response", agent)
    assert (ticket.waiting_since, ticket.auto_close_at) == (LATER, None)


def test_a_form_made_from_an_older_row_is_refused(requester, supervisor, agent, second_agent):
    ticket = make_ticket(requester)
    seen = ticket.version
    services.assign(ticket, actor=supervisor, to=agent, seen_version=seen, now=NOW)

    with pytest.raises(StaleTicket):
        services.assign(ticket, actor=supervisor, to=second_agent, seen_version=seen, now=NOW)

    assert again(ticket).assignee == agent


def test_a_reply_is_refused_once_for_what_happened_while_it_was_written(
    requester, agent, second_agent
):
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)
    seen = services.Seen(agent.pk, ticket.last_public_message_id)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)

    with pytest.raises(StaleTicket):
        services.reply_as_agent(ticket, actor=agent, content=make_content(), seen=seen, now=NOW)
    seen = services.Seen(agent.pk, again(ticket).last_public_message_id)
    answered = services.reply_as_agent(
        ticket, actor=agent, content=make_content(), seen=seen, now=NOW
    )

    assert answered.status == "awaiting_customer"


# --- Waiting ------------------------------------------------------------------------------------


def test_more_messages_do_not_change_since_when_the_ticket_waits(requester, colleague):
    ticket = make_ticket(requester)

    ticket = services.reply_as_customer(ticket, actor=colleague, content=make_content(), now=LATER)

    assert ticket.waiting_since == NOW
    assert ticket.messages.waiting().count() == 2


def test_the_next_public_agent_message_settles_all_that_waited(requester, agent):
    ticket = make_ticket(requester)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)

    ticket = services.reply_as_agent(ticket, actor=agent, content=make_content(), now=LATER)

    assert ticket.waiting_since is None
    assert not ticket.messages.waiting().exists()


def test_notes_accepting_and_assigning_answer_nothing(requester, agent, supervisor):
    ticket = make_ticket(requester)

    services.add_note(ticket, actor=agent, content=make_content("بررسی می‌کنم"), now=LATER)
    services.accept(ticket, actor=agent, now=LATER)
    services.assign(ticket, actor=supervisor, to=supervisor, now=LATER)

    ticket = again(ticket)
    assert ticket.waiting_since == NOW
    assert ticket.messages.waiting().count() == 1
    assert ticket.clocks.get().state == "running"


def test_a_close_settles_what_waited_for_good(requester):
    ticket = make_ticket(requester)
    services.close_by_customer(ticket, actor=requester, now=NOW)

    ticket = services.reopen(ticket, actor=requester, now=LATER)

    assert ticket.waiting_since == LATER
    assert not ticket.messages.waiting().exists()
    assert ticket.clocks.running().get().started_at == LATER


def test_a_reopening_by_an_agent_waits_like_a_message(requester, agent, second_agent):
    ticket = make_closed(requester, agent)

    ticket = services.reopen(ticket, actor=second_agent, now=LATER)

    assert (ticket.status, ticket.assignee, ticket.waiting_since) == (
        "awaiting_response",
        agent,
        LATER,
    )
    assert ticket.clocks.running().get().kind == "next_response"


def test_closing_as_resolved_with_something_waiting_needs_a_reply(requester, agent):
    ticket = make_ticket(requester)

    with pytest.raises(TicketError) as refused:
        services.resolve(ticket, actor=agent, now=NOW)
    closed = services.resolve(ticket, actor=agent, content=make_content("درست شد."), now=LATER)

    assert refused.value.code == "waiting"
    assert closed.status == "closed"
    assert closed.clocks.get().state == "met"
    assert last_event(ticket).kind == Event.Kind.RESOLVED
    assert last_event(ticket).message.body == "درست شد."


def test_just_thanks_is_stored_and_nothing_else_happens(requester, agent):
    ticket = make_closed(requester, agent)

    thanked = services.reply_as_customer(
        ticket, actor=requester, content=make_content("ممنون"), intent="thanks", now=LATER
    )

    assert (thanked.status, thanked.closed_at) == ("closed", NOW)
    assert (thanked.waiting_since, thanked.due_at, thanked.auto_close_at) == (None, None, None)
    message = thanked.messages.last()
    assert message.is_just_thanks
    assert not message.is_waiting
    assert not thanked.clocks.running().exists()
    assert last_event(ticket).kind == Event.Kind.CUSTOMER_THANKED


def test_a_message_to_a_ticket_that_closed_meanwhile_is_asked_about(requester, agent):
    ticket = make_closed(requester, agent)

    for intent in (None, "", "something"):
        with pytest.raises(TicketClosed):
            services.reply_as_customer(
                ticket, actor=requester, content=make_content(), intent=intent, now=LATER
            )

    assert again(ticket).version == ticket.version


def test_thanks_on_an_open_ticket_is_a_message_like_any_other(requester):
    ticket = make_ticket(requester)

    services.reply_as_customer(
        ticket, actor=requester, content=make_content("ممنون"), intent="thanks", now=LATER
    )

    assert ticket.messages.last().is_waiting


@pytest.mark.parametrize("then", ["wait", "work", "close"])
def test_reopen_and_send_is_one_public_event_without_a_clock(then, requester, agent):
    ticket = make_closed(requester, agent)
    events = ticket.events.count()

    with pytest.raises(TicketClosed):
        services.reply_as_agent(ticket, actor=agent, content=make_content(), then=then, now=LATER)
    sent = services.reply_as_agent(
        ticket, actor=agent, content=make_content(), then=then, reopening=True, now=LATER
    )

    assert sent.events.count() == events + 1
    assert last_event(sent).is_public
    assert sent.public_updated_at == LATER
    assert not sent.clocks.running().exists()
    assert (sent.waiting_since, sent.due_at) == (None, None)


def test_resume_stops_the_48_hours_without_a_message(requester, agent, second_agent):
    ticket = make_awaiting_customer(requester, agent)

    ticket = services.resume(ticket, actor=second_agent, now=LATER)

    assert (ticket.status, ticket.assignee) == ("in_progress", agent)
    assert (ticket.auto_close_at, ticket.auto_close_remind_at) == (None, None)
    assert ticket.messages.count() == 2


def test_reply_and_keep_working_answers_without_an_automatic_close(requester, agent):
    ticket = make_ticket(requester)

    ticket = services.reply_as_agent(
        ticket, actor=agent, content=make_content(), then="work", now=LATER
    )

    assert (ticket.status, ticket.auto_close_at) == ("in_progress", None)
    assert ticket.clocks.get().state == "met"


# --- Priority and category ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "priority", "reason", "allowed"),
    [
        ("requester", "high", "سایت ما بسته است", True),
        ("requester", "high", "  ", False),
        ("requester", "low", "کار راه افتاد", False),
        ("agent", "high", "", True),
        ("agent", "low", "", False),
        ("agent", "low", "کار راه افتاد", True),
        ("agent", "huge", "چرا", False),
    ],
)
def test_agents_lower_and_members_raise_with_a_reason(
    who, priority, reason, allowed, requester, agent
):
    ticket = make_ticket(requester)
    actor = {"requester": requester, "agent": agent}[who]

    try:
        services.change_priority(ticket, actor=actor, priority=priority, reason=reason, now=LATER)
        done = True
    except TicketError:
        done = False

    assert done == allowed
    assert again(ticket).priority == (priority if allowed else "normal")


def test_a_lowering_shows_the_customer_its_reason(requester, agent):
    ticket = make_ticket(requester)

    services.change_priority(ticket, actor=agent, priority="low", reason=" کار راه افتاد ", now=NOW)

    event = last_event(ticket)
    assert event.is_public
    assert event.changes == {"priority": ["normal", "low"], "reason": "کار راه افتاد"}


def test_changing_to_the_same_says_nothing(requester, agent, supervisor):
    ticket = make_ticket(requester)

    services.change_priority(ticket, actor=agent, priority="normal", now=LATER)
    services.change_category(ticket, actor=agent, category="technical", now=LATER)
    services.assign(ticket, actor=supervisor, to=None, now=LATER)

    assert ticket.events.count() == 1
    assert again(ticket).version == ticket.version


# --- Facts for customers ------------------------------------------------------------------------


def test_notes_assignment_and_holds_leave_no_public_trace(requester, agent, supervisor):
    ticket = make_awaiting_customer(requester, agent)
    public = (ticket.public_updated_at, ticket.last_public_message_id, ticket.queue_at)

    services.add_note(ticket, actor=agent, content=make_content("مشتری مهم"), now=LATER)
    services.assign(ticket, actor=supervisor, to=supervisor, now=LATER)
    services.hold_auto_close(ticket, actor=agent, reason="منتظر شبکه", now=LATER)

    ticket = again(ticket)
    assert (ticket.public_updated_at, ticket.last_public_message_id, ticket.queue_at) == public
    assert ticket.updated_at == LATER
    assert ticket.events.public().count() == 2


def test_category_priority_and_status_move_the_public_time(requester, agent):
    ticket = make_ticket(requester)
    for minute, act in enumerate(
        [
            lambda now: services.change_category(ticket, actor=agent, category="sales", now=now),
            lambda now: services.change_priority(ticket, actor=agent, priority="high", now=now),
            lambda now: services.accept(ticket, actor=agent, now=now),
            lambda now: services.release(ticket, actor=agent, now=now),
        ]
    ):
        now = LATER + timedelta(minutes=minute)

        act(now)

        assert again(ticket).public_updated_at == now


def test_events_cannot_be_changed_or_deleted(requester):
    event = last_event(make_ticket(requester))

    for act in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(kind="noted"),
    ):
        with pytest.raises(TypeError):
            act()
