"""What agents do with many tickets, with messages and with each other's: as on their pages."""

from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.factories import make_closed, make_content, make_member, make_ticket
from tickets import services
from tickets.models import BulkRun, Event, Follower, Message, Rating, Ticket

from .waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db


def row(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def at(client, ticket, act, body=None, **headers):
    return client.post(f"/tickets/{ticket.number}/{act}", body, **headers)


# --- Putting away, handing on ---------------------------------------------------------------------


def test_a_ticket_is_put_away_until_a_time_and_taken_out_again(api, requester, agent):
    ticket, client = make_ticket(requester, now=timezone.now()), api(agent)
    until = (timezone.now() + timedelta(minutes=50)).isoformat()

    snoozed = at(client, ticket, "snooze", {"until": until})
    listed = [client.get(f"/tickets{query}").json()["items"] for query in ("", "?snoozed=only")]
    woken = at(client, ticket, "wake")

    assert snoozed.json()["snoozed_until"][:16] == until[:16]
    assert [len(each) for each in listed] == [0, 1]
    assert woken.json()["snoozed_until"] is None


@pytest.mark.parametrize(
    "until",
    [
        *("", "tomorrow", "2026-11-29", "2026-11-29T10:00:00", 1_800_000_000, True, [], {}),
        *("1999-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
    ],
)
def test_a_time_that_is_none_or_not_to_come_is_refused(api, requester, agent, until):
    ticket = make_ticket(requester, now=timezone.now())

    response = at(api(agent), ticket, "snooze", {"until": until})

    assert response.status_code == 422
    assert not row(ticket).is_snoozed


def test_a_ticket_is_handed_to_a_team_or_an_agent_with_a_note(
    api, ticket, agent, second_agent, supervisor
):
    draft = services.TeamDraft("Network", members=(second_agent.pk,))
    team = services.create_team(draft, actor=supervisor)
    client = api(supervisor)

    to_team = at(client, ticket, "transfer", {"team": team.pk, "note": "Routers"})
    to_agent = at(client, ticket, "transfer", {"assignee": agent.pk})
    again = at(client, ticket, "transfer", {"team": team.pk, "assignee": agent.pk})
    nowhere = at(client, ticket, "transfer", {})

    assert (to_team.json()["team"]["name"], to_team.json()["assignee"]) == ("Network", None)
    assert to_agent.json()["assignee"]["id"] == agent.pk
    assert Message.objects.get(kind="note").body == "Routers"
    assert {(each.status_code, each.json()["code"]) for each in (again, nowhere)} == {(422, "to")}


def test_a_note_of_a_transfer_needs_the_scope_of_notes(api, ticket, agent, supervisor):
    client = api(supervisor, ["tickets:read", "tickets:write"])

    refused = at(client, ticket, "transfer", {"assignee": agent.pk, "note": "x"})
    without = at(client, ticket, "transfer", {"assignee": agent.pk})

    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert without.status_code == 200


def test_a_message_becomes_a_ticket_of_its_own(api, ticket, requester, agent):
    services.reply_as_customer(ticket, actor=requester, content=make_content("And the VPN?"))
    message, client = Message.objects.order_by("pk").last(), api(agent)

    split = at(client, ticket, "split", {"message": message.pk, "title": "VPN"})
    first = Message.objects.order_by("pk").first()
    refused = at(client, ticket, "split", {"message": first.pk, "title": "x"})

    assert (split.json()["title"], split.json()["number"] != ticket.number) == ("VPN", True)
    assert (refused.status_code, refused.json()["code"]) == (422, "message")
    links = client.get(f"/tickets/{ticket.number}/links").json()["items"]
    assert [each["number"] for each in links] == [split.json()["number"]]


def test_a_merge_is_undone(api, requester, agent):
    one, two, client = make_ticket(requester), make_ticket(requester), api(agent)
    at(client, two, "merge", {"into": one.number})

    undone = at(client, two, "unmerge")

    assert (undone.json()["number"], undone.json()["merged_into"]) == (two.number, None)
    assert at(client, one, "unmerge").json()["code"] == "moved"


def test_a_ticket_is_followed_and_left(api, ticket, agent):
    client = api(agent)

    assert at(client, ticket, "follow").status_code == 200
    assert Follower.objects.filter(ticket=ticket, user=agent).count() == 1
    assert at(client, ticket, "unfollow").status_code == 200
    assert not Follower.objects.exists()


def test_the_next_ticket_is_taken_once(api, requester, agent):
    first, second = (
        make_ticket(requester),
        make_ticket(requester, category="sales"),
    )
    client = api(agent)

    taken = [client.post("/queue/next", Idempotency_Key="a") for _each in range(2)]
    of_sales = client.post("/queue/next?category=sales")

    assert {each.json()["number"] for each in taken} == {first.number}
    assert of_sales.json()["number"] == second.number
    assert client.post("/queue/next").status_code == 204
    assert client.post("/queue/next?category=nothing").status_code == 422


def test_an_answer_changes_the_ticket_in_one_act(api, ticket, requester, agent, supervisor):
    tag = services.create_tag("VPN", colour="blue", actor=supervisor)
    also = {"priority": "high", "category": "sales", "tags": [tag.pk, tag.pk]}

    answered = at(api(agent), ticket, "reply", {"body": "x", "then": "work", "also": also})
    by_member = at(api(requester), ticket, "reply", {"body": "x", "also": also})

    shown = answered.json()
    assert (shown["priority"], shown["category"]) == ("high", "sales")
    assert [each["name"] for each in shown["tags"]] == ["VPN"]
    assert Event.objects.filter(actor=agent).count() == 1
    assert (by_member.status_code, by_member.json()["code"]) == (422, "staff")


# --- Many at once ---------------------------------------------------------------------------------


def test_a_few_tickets_are_changed_at_once(api, requester, agent, second_agent):
    tickets = [make_ticket(requester) for _each in range(3)]
    closed = make_closed(requester, agent)
    numbers = [each.number for each in (*tickets, closed)] + ["KT-999999"]
    client = api(agent)

    started = client.post(
        "/bulk-runs", {"numbers": numbers, "action": "category", "category": "sales"}
    )
    lines = client.get(f"/bulk-runs/{started.json()['id']}/tickets?show=skipped").json()["items"]

    run = started.json()
    assert (started.status_code, run["total"], run["missing"]) == (201, 4, 1)
    assert (run["done"], run["skipped"], run["waiting"]) == (3, 1, 0)
    assert [(each["number"], each["code"]) for each in lines] == [(closed.number, "closed")]
    assert {row(each).category for each in tickets} == {"sales"}
    assert client.get("/bulk-runs").json()["items"] == [run]
    assert api(second_agent).get(f"/bulk-runs/{run['id']}").status_code == 404


def test_many_tickets_wait_for_the_worker_and_the_rest_is_stopped(
    api, requester, agent, monkeypatch
):
    monkeypatch.setattr(services, "AT_ONCE", 1)
    tickets = [make_ticket(requester) for _each in range(3)]
    client = api(agent)
    body = {"numbers": [each.number for each in tickets], "action": "close"}

    run = client.post("/bulk-runs", body, Idempotency_Key="a").json()
    stopped = client.post(f"/bulk-runs/{run['id']}/stop").json()
    services.run_bulk()

    assert (run["waiting"], run["finished_at"]) == (3, None)
    assert stopped["stopped_at"]
    assert client.get(f"/bulk-runs/{run['id']}").json()["waiting"] == 3
    assert client.post("/bulk-runs", body, Idempotency_Key="a").json()["id"] == run["id"]
    assert BulkRun.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"numbers": [], "action": "close"}, "invalid"),
        ({"numbers": ["KT-1"] * 10_001, "action": "close"}, "invalid"),
        ({"numbers": ["nonsense"], "action": "close"}, "number"),
        ({"numbers": ["KT-999999"], "action": "close"}, "nothing"),
        ({"numbers": ["KT-1"], "action": "delete"}, "invalid"),
        ({"numbers": ["KT-1"], "action": "assign", "assignee": 999_999}, "assignee"),
        ({"numbers": ["KT-1"], "action": "priority"}, "priority"),
        ({"numbers": ["KT-1"], "action": "priority", "priority": "high"}, "reason"),
        ({"numbers": ["KT-1"], "action": "category"}, "category"),
        ({"numbers": ["KT-1"], "action": "tags"}, "add"),
        ({"numbers": ["KT-1"], "action": "macro", "macro": 1}, "macro"),
    ],
)
def test_a_bulk_run_that_makes_no_sense_is_refused(api, agent, body, code):
    response = api(agent).post("/bulk-runs", body)

    assert (response.status_code, response.json()["code"]) == (422, code)


# --- What there is to choose from -----------------------------------------------------------------


def test_an_agent_reads_what_can_be_chosen(api, agent, second_agent, supervisor):
    tag = services.create_tag("VPN", colour="blue", actor=supervisor)
    draft = services.TeamDraft("Network", members=(agent.pk,), categories=("technical",))
    services.create_team(draft, actor=supervisor)
    client = api(agent)

    tags, teams, agents = (
        client.get(path).json()["items"] for path in ("/tags", "/teams", "/agents")
    )

    assert tags == [{"id": tag.pk, "name": "VPN", "colour": "blue", "is_retired": False}]
    assert [(each["name"], each["categories"]) for each in teams] == [("Network", ["technical"])]
    assert [each["id"] for each in teams[0]["members"]] == [agent.pk]
    assert {agent.pk, second_agent.pk, supervisor.pk} == {each["id"] for each in agents}


def test_a_deleted_team_is_not_named(api, requester, agent, supervisor):
    draft = services.TeamDraft("Network", members=(agent.pk,), categories=("technical",))
    team = services.create_team(draft, actor=supervisor)
    path = f"/tickets/{make_ticket(requester).number}"
    before = api(agent).get(path).json()["team"]

    services.delete_team(team, actor=supervisor)

    assert before == {"id": team.pk, "name": "Network"}
    assert api(agent).get(path).json()["team"] is None


def test_canned_replies_are_those_that_their_owner_finds(api, ticket, agent, second_agent):
    for person in (agent, second_agent):
        services.create_canned(
            services.CannedDraft(f"Hello of {person.pk}", scope="own", body_fa="سلام {{مشتری}}"),
            actor=person,
        )
    client = api(agent)

    [mine] = client.get("/canned-replies").json()["items"]
    [filled] = client.get(f"/tickets/{ticket.number}/canned-replies").json()["items"]

    assert mine["title"] == f"Hello of {agent.pk}"
    assert client.get(f"/canned-replies/{mine['id']}").json() == mine
    assert api(second_agent).get(f"/canned-replies/{mine['id']}").status_code == 404
    assert ticket.requester.name in filled["text"]
    assert client.get("/canned-replies?find=nothing").json()["items"] == []
    assert client.get("/canned-replies?show=all").status_code == 422


def test_watchers_are_read_and_changed_in_one_act(api, ticket, requester, organization, agent):
    one = make_member(organization, "one@pars.example", name="Aida")
    two = make_member(organization, "two@pars.example", name="Babak")
    client, path = api(requester), f"/tickets/{ticket.number}/watchers"
    client.post(path, {"add": [one.pk, one.pk]})

    changed = client.post(path, {"add": [two.pk], "remove": [one.pk]})
    refused = client.post(path, {"add": [agent.pk], "remove": [two.pk]})

    assert changed.status_code == 200
    assert refused.status_code == 422
    assert client.get(path).json()["items"] == [{"id": two.pk, "name": "Babak"}]


def test_members_are_shown_the_links_that_they_see(
    api, ticket, requester, other_organization, agent
):
    reza = make_member(other_organization, "reza@arya.example")
    theirs, ours = make_ticket(reza), make_ticket(requester)
    for other in (theirs, ours):
        services.link_tickets(ticket, actor=agent, other=other, relation="related")

    shown = api(requester).get(f"/tickets/{ticket.number}/links").json()["items"]

    assert [each["number"] for each in shown] == [ours.number]
    assert len(api(agent).get(f"/tickets/{ticket.number}/links").json()["items"]) == 2


# --- At the same time -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["rating", "watchers"])
def test_what_changes_while_a_request_waits_is_noticed(api, requester, agent, organization, act):
    other = make_member(organization, "other@pars.example")
    ticket = make_closed(requester, agent)
    body = {"is_solved": True, "score": 5} if act == "rating" else {"add": [other.pk]}
    client, seen, answers = api(requester), {}, []
    seen = client.get(f"/tickets/{ticket.number}").headers["ETag"]
    looked = Signal()

    def send():
        looked.wait()
        answers.append(at(client, ticket, act, body, If_Match=seen))
        connection.close()

    thread = Thread(target=send)
    thread.start()
    with transaction.atomic():
        services.reopen(ticket, actor=agent)
        looked.set()
        wait_until_somebody_waits()
    thread.join()

    [answer] = answers
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert not Rating.objects.exists()
    assert not ticket.watchers.exists()
