"""A reply that changes more than the status: one event, and the rules of each change."""

import uuid
from datetime import timedelta

import pytest
from django.utils.translation import override

from notifications.models import Notification
from tests.factories import NOW, again, make_closed, make_content, make_promised_plan, make_ticket
from tests.tickets.canned.test_services import make_canned, refusal
from tickets import services
from tickets.choices import Status
from tickets.conversation.entries import describe
from tickets.errors import StaleTicket, TicketClosed
from tickets.models import CannedReply, Event

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def send(ticket, actor, *, then="wait", canned=(), form_key=None, seen=None, **further):
    content = services.NewMessage("بررسی شد.", form_key=form_key, canned=tuple(canned))
    return services.reply_with_changes(
        ticket,
        actor=actor,
        content=content,
        then=then,
        seen=seen,
        further=services.FurtherChanges(**further),
        now=NOW + HOUR,
    )


def test_all_that_a_macro_does_is_one_event(ticket, agent, second_agent):
    before = ticket.events.count()

    send(
        ticket, agent, then="work", priority="urgent", category="sales", assignee_id=second_agent.pk
    )

    ticket = again(ticket)
    assert ticket.events.count() == before + 1
    event = ticket.events.latest("pk")
    assert event.kind == Event.Kind.AGENT_REPLIED
    assert event.message.body == "بررسی شد."
    assert event.changes == {
        "status": ["awaiting_response", "in_progress"],
        "assignee": [None, second_agent.pk],
        "priority": ["normal", "urgent"],
        "category": ["technical", "sales"],
        "reason": "",
    }
    assert (ticket.status, ticket.assignee) == (Status.IN_PROGRESS, second_agent)


def test_a_macro_may_close(ticket, agent):
    send(ticket, agent, then="close", category="sales")

    event = again(ticket).events.latest("pk")
    assert event.kind == Event.Kind.RESOLVED
    assert event.changes["category"] == ["technical", "sales"]


def test_lowering_needs_a_reason_which_the_customer_reads(ticket, requester, agent):
    assert refusal(lambda: send(ticket, agent, priority="low")) == "reason"
    assert again(ticket).messages.count() == 1

    send(ticket, agent, priority="low", reason="  کم‌اهمیت  ")

    event = again(ticket).events.latest("pk")
    with override("en"):
        assert "reason: کم‌اهمیت" in describe(event, requester, {})
        assert "reason: کم‌اهمیت" in describe(event, agent, {})
        assert "status" not in describe(event, requester, {})


def test_the_response_clock_is_met_and_the_resolution_clock_follows(requester, organization, agent):
    plan = make_promised_plan(
        organization,
        normal=4 * HOUR,
        urgent=HOUR,
        resolution={"normal": 48 * HOUR, "urgent": 10 * HOUR},
    )
    organization.plan = plan
    organization.save()
    ticket = make_ticket(requester)

    send(ticket, agent, then="work", priority="urgent")

    response, resolution = again(ticket).clocks.order_by("kind")
    assert (response.kind, response.state) == ("first_response", "met")
    assert resolution.due_at == NOW + HOUR + 10 * HOUR


def test_only_assignee_and_supervisor_hand_a_ticket_on(ticket, agent, second_agent, supervisor):
    services.accept(ticket, actor=second_agent, now=NOW)

    assert refusal(lambda: send(ticket, agent, assignee_id=agent.pk)) == "assignee"
    send(ticket, supervisor, assignee_id=agent.pk)

    assert again(ticket).assignee == agent


@pytest.mark.parametrize("gone", ["deactivated", "customer", "unknown"])
def test_an_assignee_who_is_no_agent_is_refused_with_nothing_written(
    ticket, agent, second_agent, requester, gone
):
    if gone == "deactivated":
        second_agent.is_active = False
        second_agent.save()
    key = {"deactivated": second_agent.pk, "customer": requester.pk, "unknown": 2**40}[gone]

    assert refusal(lambda: send(ticket, agent, assignee_id=key)) == "assignee"

    assert again(ticket).messages.count() == 1


@pytest.mark.parametrize(
    ("further", "code"), [({"priority": "highest"}, "unknown"), ({"category": "x"}, "category")]
)
def test_what_is_unknown_is_refused(ticket, agent, further, code):
    assert refusal(lambda: send(ticket, agent, **further)) == code


def test_a_priority_that_somebody_changed_meanwhile_is_shown_first(ticket, agent, supervisor):
    services.change_priority(ticket, actor=supervisor, priority="critical", now=NOW)

    with pytest.raises(StaleTicket):
        send(ticket, agent, priority="high", reason="x", seen_priority="normal")
    send(ticket, agent, priority="high", reason="x", seen_priority="critical")

    assert again(ticket).priority == "high"


def test_a_closed_ticket_is_changed_by_no_macro(requester, agent):
    ticket = make_closed(requester, agent)

    with pytest.raises(TicketClosed):
        send(ticket, agent, category="sales")


def test_one_form_is_sent_once(ticket, agent):
    key = uuid.uuid4()
    for _time in range(2):
        send(ticket, agent, form_key=key, priority="high")

    assert again(ticket).events.filter(kind=Event.Kind.AGENT_REPLIED).count() == 1


def test_the_new_assignee_and_the_customer_are_notified_once_each(
    ticket, requester, agent, second_agent
):
    Notification.objects.all().delete()
    send(ticket, agent, assignee_id=second_agent.pk, priority="low", reason="کم‌اهمیت")

    sent_rows = Notification.objects.filter(event__kind=Event.Kind.AGENT_REPLIED)
    by_mail = sent_rows.filter(channel="email").values_list("recipient", flat=True)
    assert sorted(by_mail) == sorted([requester.pk, second_agent.pk])


def test_uses_are_counted_with_the_reply_and_only_of_what_one_finds(ticket, agent, second_agent):
    mine, theirs = make_canned(agent), make_canned(second_agent)

    content = services.NewMessage("x", canned=(mine.pk, theirs.pk, 2**40))
    services.reply_as_agent(ticket, actor=agent, content=content, now=NOW)

    assert CannedReply.objects.get(pk=mine.pk).uses == 1
    assert CannedReply.objects.get(pk=mine.pk).used_at == NOW
    assert CannedReply.objects.get(pk=theirs.pk).uses == 0


def test_a_reply_that_is_refused_counts_no_use(ticket, agent):
    mine = make_canned(agent)

    refusal(lambda: send(ticket, agent, canned=[mine.pk], priority="low"))

    assert CannedReply.objects.get().uses == 0


def test_a_plain_reply_is_sent_as_before(ticket, agent):
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=NOW)

    assert again(ticket).events.latest("pk").changes.keys() == {"status", "assignee"}
