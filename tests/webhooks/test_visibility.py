"""What each side learns: owners what they see, notes only who asks for them."""

import json
from datetime import timedelta

import pytest

from organizations import services as people
from tests.factories import (
    NOW,
    make_awaiting_customer,
    make_content,
    make_member,
    make_pending_file,
    make_ticket,
)
from tickets import services as tickets
from webhooks import services
from webhooks.errors import WebhookError
from webhooks.kinds import TYPES
from webhooks.models import Delivery
from webhooks.services import courier, planning

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def sent(receiver):
    """[(type, data)] of what arrived."""
    contents = [json.loads(each.body) for each in receiver.requests]
    return [(each["type"], each["data"]) for each in contents]


def test_an_organization_gets_what_its_members_see(
    make_endpoint, receiver, requester, agent, second_agent
):
    make_endpoint()
    ticket = make_ticket(requester)
    tickets.accept(ticket, actor=agent, now=NOW)
    tickets.add_note(ticket, actor=agent, content=make_content("internal words"), now=NOW)
    tickets.assign(ticket, actor=agent, to=second_agent, now=NOW)

    courier.send_due(now=NOW)

    assert [kind for kind, _data in sent(receiver)] == ["ticket.opened", "ticket.status_changed"]
    everything = b" ".join(each.body for each in receiver.requests).decode()
    for hidden in ("internal words", agent.name, second_agent.name, "assignee", "tags", "team"):
        assert hidden not in everything
    _kind, moved = sent(receiver)[1]
    assert moved["event"]["is_by_staff"]
    assert moved["event"]["actor"] is None
    assert moved["event"]["changes"] == [
        {"field": "status", "before": "awaiting_response", "after": "in_progress"}
    ]


def test_another_organization_gets_nothing(make_endpoint, receiver, requester, outsider):
    own = outsider.memberships.get().organization
    make_endpoint(of=own, actor=outsider)

    make_ticket(requester)

    assert courier.send_due(now=NOW) == 0
    assert not Delivery.objects.exists()


def test_the_provider_gets_all_and_notes_only_where_it_asks_for_them(
    make_endpoint, receiver, requester, outsider, agent
):
    without = [name for name in TYPES if name != "ticket.noted"]
    make_endpoint(receiver.url + "&plain", provider=True, events=without)
    make_endpoint(receiver.url + "&notes", provider=True, events=["ticket.noted"])
    ticket = make_ticket(requester)
    make_ticket(outsider)
    tickets.add_note(ticket, actor=agent, content=make_content("internal words"), now=NOW)

    courier.send_due(now=NOW)

    plain = [each for each in receiver.requests if "plain" in each.path]
    [noted] = [each for each in receiver.requests if "notes" in each.path]
    assert len(plain) == 2
    assert b"internal words" not in b"".join(each.body for each in plain)
    data = json.loads(noted.body)["data"]
    assert (data["message"]["kind"], data["message"]["body"]) == ("note", "internal words")


def test_an_organization_cannot_ask_for_what_is_internal(make_endpoint):
    for name in ("ticket.noted", "ticket.assigned", "ticket.rated"):
        with pytest.raises(WebhookError) as refused:
            make_endpoint(events=[name])
        assert refused.value.code == "events"


def test_both_sides_learn_of_due_times(make_endpoint, receiver, requester):
    make_endpoint(events=["clock.due_soon", "clock.breached"])
    ticket = make_ticket(requester)

    tickets.scan_clocks(ticket.due_at - HOUR)
    tickets.scan_clocks(ticket.due_at)
    courier.send_due(now=ticket.due_at)

    (soon, data), (late, _data) = sent(receiver)
    assert (soon, late) == ("clock.due_soon", "clock.breached")
    assert data["clocks"] == [{"kind": "first_response", "due_at": ticket.due_at.isoformat()}]
    assert data["ticket"]["due_at"] == ticket.due_at.isoformat().replace("+00:00", "Z")


def test_a_reply_comes_with_its_files(make_endpoint, receiver, requester, agent):
    ticket = make_awaiting_customer(requester, agent)
    make_endpoint(events=["ticket.replied"])
    content = make_content("با فایل", files=[make_pending_file(requester)])
    tickets.reply_as_customer(ticket, actor=requester, content=content, now=NOW)

    courier.send_due(now=NOW)

    [(_kind, data)] = sent(receiver)
    [file] = data["message"]["attachments"]
    assert (file["name"], data["event"]["kind"]) == ("log.txt", "customer_replied")


def test_what_waits_is_not_sent_to_who_may_not_see_it_any_more(
    make_endpoint, receiver, requester, organization
):
    """The keeper leaves: what waited stays, and goes out when another owner answers for it."""
    other = make_member(organization, "dara@pars.example", role="owner")
    endpoint, _secret = make_endpoint(events=["ticket.opened"])
    make_ticket(requester)
    people.remove_member(organization, requester, actor=other, now=NOW)
    planning.forget_who_listens()

    assert courier.send_due(now=NOW) == 0
    make_ticket(other, now=NOW)
    assert Delivery.objects.count() == 1

    services.switch_endpoint(endpoint, is_on=True, actor=other, now=NOW)
    assert courier.send_due(now=NOW) == 1


def test_what_is_not_asked_for_any_more_is_not_sent(make_endpoint, receiver, requester, agent):
    endpoint, _secret = make_endpoint()
    make_ticket(requester)
    draft = services.EndpointDraft("Chat", receiver.url, ("ticket.replied",))
    services.edit_endpoint(endpoint, draft, actor=requester, seen_version=1, now=NOW)

    courier.send_due(now=NOW)

    assert not receiver.requests
    assert Delivery.objects.values_list("state", "error").get() == ("skipped", "unwanted")


def test_many_events_cost_as_many_statements_as_one(
    make_endpoint, requester, django_assert_max_num_queries
):
    make_endpoint(events=["ticket.opened", "clock.breached"])
    found = [make_ticket(requester) for _each in range(12)]
    written = [ticket.events.select_related("ticket", "message") for ticket in found]
    events = [each for rows in written for each in rows]
    Delivery.objects.all().delete()

    with django_assert_max_num_queries(2):
        services.plan_deliveries(events)

    assert Delivery.objects.count() == 12
