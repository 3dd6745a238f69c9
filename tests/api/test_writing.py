"""Writing: each endpoint does what the button of the page does, and refuses what that refuses."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from api import services as keys
from api.models import SentRequest
from organizations import services as people
from tests.factories import make_closed, make_member, make_ticket
from tickets import services
from tickets.models import Attachment, Event, Message, Ticket

pytestmark = pytest.mark.django_db
NEW = {"title": "دیسک پر است", "description": "روی db1", "category": "technical"}


def row(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_a_member_opens_a_ticket_in_their_own_name(api, requester):
    response = api(requester).post("/tickets", {**NEW, "priority": "high"})

    assert response.status_code == 201
    ticket = Ticket.objects.get()
    assert response.json()["number"] == ticket.number
    assert (ticket.requester, ticket.priority) == (requester, "high")


def test_staff_open_a_ticket_for_a_member(api, organization, requester, outsider, agent):
    client = api(agent)

    opened = client.post("/tickets", {**NEW, "organization": "pars", "requester": requester.pk})
    of_another = client.post("/tickets", {**NEW, "organization": "pars", "requester": outsider.pk})
    for_nobody = client.post("/tickets", {**NEW, "organization": "pars"})

    assert opened.status_code == 201
    assert (of_another.status_code, for_nobody.status_code) == (422, 422)
    assert Ticket.objects.get().opened_by == agent


def test_a_member_of_several_organizations_names_one(api, requester, other_organization):
    make_member_of(other_organization, requester)
    client = api(requester)

    assert client.post("/tickets", NEW).status_code == 422
    assert client.post("/tickets", {**NEW, "organization": "arya"}).status_code == 201
    assert client.post("/tickets", {**NEW, "organization": "sepehr"}).status_code == 422


def make_member_of(organization, user):
    organization.memberships.create(user=user, role="member")


def test_a_file_goes_with_the_message_that_names_it(api, ticket, requester, agent):
    client = api(requester)
    uploaded = client.upload("app.log", b"2026-05-02 disk full\n")

    sent = client.post(
        f"/tickets/{ticket.number}/reply",
        {"body": "گزارش پیوست است", "attachments": [uploaded.json()["id"]]},
    )
    again = client.post(
        f"/tickets/{ticket.number}/reply",
        {"body": "دوباره", "attachments": [uploaded.json()["id"]]},
    )

    assert (uploaded.status_code, sent.status_code) == (201, 200)
    assert Attachment.objects.get().message.body == "گزارش پیوست است"
    assert (again.status_code, again.json()["code"]) == (422, "file_gone")


def test_a_file_of_no_allowed_kind_is_refused_with_its_name(api, requester):
    response = api(requester).upload("a.exe", b"MZ\x00\x01" * 50)

    assert (response.status_code, response.json()["code"]) == (422, "file")
    assert "a.exe" in response.json()["detail"]


@pytest.mark.parametrize(
    ("then", "status"),
    [("wait", "awaiting_customer"), ("work", "in_progress"), ("close", "closed")],
)
def test_an_agent_answers_and_says_what_happens_then(api, ticket, agent, then, status):
    response = api(agent).post(
        f"/tickets/{ticket.number}/reply", {"body": "انجام شد", "then": then}
    )

    assert response.json()["status"] == status
    assert row(ticket).status == status


@pytest.mark.parametrize(
    ("path", "body", "changed"),
    [
        ("accept", None, {"status": "in_progress"}),
        ("assign", {"assignee": None}, {"assignee": None}),
        ("priority", {"priority": "high"}, {"priority": "high"}),
        ("category", {"category": "sales"}, {"category": "sales"}),
        ("notes", {"body": "راز"}, {"status": "awaiting_response"}),
        ("watchers", {}, {"status": "awaiting_response"}),
    ],
)
def test_an_agent_changes_a_ticket(api, ticket, supervisor, path, body, changed):
    response = api(supervisor).post(f"/tickets/{ticket.number}/{path}", body)

    assert response.status_code == 200, response.content
    assert {name: response.json()[name] for name in changed} == changed


def test_an_agent_accepts_works_and_gives_back(api, ticket, agent):
    client, path = api(agent), f"/tickets/{ticket.number}"

    statuses = [
        client.post(f"{path}/{move}").json()["status"] for move in ("accept", "release", "accept")
    ]
    client.post(f"{path}/reply", {"body": "؟"})
    statuses.append(client.post(f"{path}/resume").json()["status"])

    assert statuses == ["in_progress", "awaiting_response", "in_progress", "in_progress"]


def test_taking_over_names_who_has_the_ticket(api, ticket, agent, second_agent):
    services.accept(ticket, actor=agent)
    client, path = api(second_agent), f"/tickets/{ticket.number}/accept"

    refused = client.post(path)
    taken = client.post(path, {"take_over_from": agent.pk})

    assert (refused.status_code, refused.json()["code"]) == (409, "taken")
    assert str(agent) in refused.json()["detail"]
    assert taken.json()["assignee"]["id"] == second_agent.pk


def test_either_side_closes_and_reopens(api, ticket, requester, agent):
    member, staff, path = api(requester), api(agent), f"/tickets/{ticket.number}"

    refused = staff.post(f"{path}/close")
    closed = member.post(f"{path}/close")
    reopened = staff.post(f"{path}/reopen")

    assert (refused.status_code, refused.json()["code"]) == (409, "waiting")
    assert closed.json()["status"] == "closed"
    assert reopened.json()["status"] == "awaiting_response"


def test_a_member_says_what_a_message_on_a_closed_ticket_means(api, requester, agent):
    ticket = make_closed(requester, agent, now=timezone.now() - timedelta(days=1))
    client, path = api(requester), f"/tickets/{ticket.number}/reply"

    refused = client.post(path, {"body": "ممنون"})
    thanked = client.post(path, {"body": "ممنون", "intent": "thanks"})
    reopened = client.post(path, {"body": "دوباره شد", "intent": "problem"})

    assert (refused.status_code, refused.json()["code"]) == (409, "closed")
    assert thanked.json()["status"] == "closed"
    assert reopened.json()["status"] == "awaiting_response"


def test_a_message_on_a_ticket_that_closed_long_ago_opens_a_follow_up(
    api, requester, agent, settings
):
    settings.REOPEN_WITHIN_DAYS = 30
    ticket = make_closed(requester, agent)
    client, path = api(requester), f"/tickets/{ticket.number}/reply"

    refused = client.post(path, {"body": "دوباره شد", "intent": "problem"})
    opened = client.post(path, {"body": "دوباره شد", "intent": "follow_up"})

    assert (refused.status_code, refused.json()["code"]) == (409, "closed_for_long")
    assert opened.status_code == 200, opened.json()
    assert opened.json()["number"] != ticket.number


def test_tickets_are_tagged_linked_and_merged(api, requester, agent, supervisor):
    one, two, three = (make_ticket(requester, title=f"{each}") for each in range(3))
    tag = services.create_tag("VPN", colour="blue", actor=supervisor)
    client = api(agent)

    tagged = client.post(f"/tickets/{one.number}/tags", {"add": [tag.pk]})
    linked = client.post(
        f"/tickets/{one.number}/link", {"number": two.number, "relation": "related"}
    )
    merged = client.post(f"/tickets/{three.number}/merge", {"into": one.number})
    nothing = client.post(f"/tickets/{two.number}/merge", {"into": "KT-999999"})

    assert tagged.json()["tags"] == [{"id": tag.pk, "name": "VPN"}]
    assert (linked.status_code, merged.json()["number"]) == (200, one.number)
    assert client.get(f"/tickets/{three.number}").json()["merged_into"] == one.number
    assert nothing.status_code == 422


def test_a_merge_by_the_api_shows_nobody_more_unasked(api, requester, agent, organization):
    organization.is_restricted = True
    organization.save()
    plain = make_member(organization, "plain@pars.example", name="Nima")
    one, two = make_ticket(requester), make_ticket(plain)
    client = api(agent)

    refused = client.post(f"/tickets/{two.number}/merge", {"into": one.number})
    agreed = {"into": one.number, "shown_to": [plain.pk]}
    merged = client.post(f"/tickets/{two.number}/merge", agreed)

    assert (refused.status_code, refused.json()["code"]) == (422, "shown_to")
    assert "Nima" in refused.content.decode()
    assert merged.json()["number"] == one.number


def test_a_member_is_not_shown_the_number_of_a_target_they_do_not_see(
    api, requester, agent, organization
):
    organization.is_restricted = True
    organization.save()
    plain = make_member(organization, "plain@pars.example", name="Nima")
    target, source = make_ticket(requester), make_ticket(plain)
    merge = {"into": target.number, "shown_to": [plain.pk]}
    api(agent).post(f"/tickets/{source.number}/merge", merge)
    shown = api(plain).get(f"/tickets/{source.number}").json()["merged_into"]

    services.remove_watcher(Ticket.objects.get(pk=target.pk), actor=agent, person=plain.pk)

    assert shown == target.number
    assert api(plain).get(f"/tickets/{source.number}").json()["merged_into"] is None
    listed = api(plain).get("/tickets").json()["items"]
    assert [each["merged_into"] for each in listed] == [None]
    assert api(agent).get(f"/tickets/{source.number}").json()["merged_into"] == target.number


def test_a_closed_ticket_is_rated_by_its_customer(api, requester, agent):
    ticket = make_closed(requester, agent)
    path = f"/tickets/{ticket.number}/rating"
    verdict = {"is_solved": True, "score": 5, "words": "عالی"}

    rated = api(requester).post(path, verdict)
    by_staff = api(agent).post(path, verdict)

    assert rated.json()["score"] == 5
    assert api(agent).get(path).json()["words"] == "عالی"
    assert by_staff.status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accept", None),
        ("release", None),
        ("resume", None),
        ("assign", {"assignee": None}),
        ("category", {"category": "sales"}),
        ("tags", {"add": []}),
        ("merge", {"into": "KT-1"}),
        ("link", {"number": "KT-1", "relation": "related"}),
        ("hold", {"reason": "x"}),
        ("lift-hold", None),
    ],
)
def test_what_is_for_staff_does_not_exist_for_members(api, ticket, requester, path, body):
    response = api(requester).post(f"/tickets/{ticket.number}/{path}", body)

    assert response.status_code == 404
    assert row(ticket).version == ticket.version


def test_a_member_raises_with_a_reason_and_never_lowers(api, ticket, requester):
    client, path = api(requester), f"/tickets/{ticket.number}/priority"

    raised = client.post(path, {"priority": "urgent", "reason": "همه از کار افتاده‌اند"})
    lowered = client.post(path, {"priority": "low", "reason": "x"})

    assert raised.json()["priority"] == "urgent"
    assert (lowered.status_code, lowered.json()["code"]) == (403, "lowering")


def test_nobody_writes_on_a_ticket_of_others(api, ticket, outsider):
    client, count = api(outsider), Event.objects.count()

    for path in ("reply", "close", "reopen", "priority", "watchers", "rating"):
        bodies = {
            "reply": {"body": "x"},
            "priority": {"priority": "high", "reason": "x"},
            "rating": {"is_solved": True, "score": 1},
        }
        response = client.post(f"/tickets/{ticket.number}/{path}", bodies.get(path, {}))
        assert response.status_code == 404, path

    assert Event.objects.count() == count


def test_every_write_is_in_the_history_under_the_name_of_the_key(api, ticket, agent, requester):
    client, path = api(agent, name="Zabbix"), f"/tickets/{ticket.number}"

    client.post(f"{path}/accept")
    client.post(f"{path}/reply", {"body": "سلام"})
    api(requester, name="Jenkins").post(f"{path}/reply", {"body": "سلام"})

    shown = client.get(f"{path}/events").json()["items"]
    assert [each["api_key"] for each in shown] == [None, "Zabbix", "Zabbix", "Jenkins"]
    assert all("Zabbix" in each["text"] for each in shown[1:3])
    to_customer = api(requester).get(f"{path}/events").content.decode()
    assert "Jenkins" in to_customer
    assert "Zabbix" not in to_customer


def test_the_page_says_that_it_was_done_by_a_key(api, ticket, agent, client_of):
    api(agent, name="Zabbix").post(f"/tickets/{ticket.number}/accept")

    assert "Zabbix" in client_of(agent).get(ticket.get_queue_url()).content.decode()


# --- The version ----------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["requester", "agent"])
def test_a_change_of_what_was_seen_before_is_refused(api, request, ticket, requester, side):
    client = api(request.getfixturevalue(side))
    path = f"/tickets/{ticket.number}"
    seen = client.get(path).headers["ETag"]
    body = {"priority": "urgent", "reason": "x"}

    first = client.post(f"{path}/priority", body, If_Match=seen)
    second = client.post(f"{path}/close", If_Match=seen)
    third = client.post(f"{path}/reply", {"body": "x"}, If_Match=first.headers["ETag"])

    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (412, "stale")
    assert third.status_code == 200
    assert third.headers["ETag"] == client.get(path).headers["ETag"]


def test_if_match_is_read_as_http_has_it(api, ticket, requester):
    client, path = api(requester), f"/tickets/{ticket.number}"
    seen = client.get(path).headers["ETag"]
    answers = {
        text: client.post(f"{path}/watchers", If_Match=text).status_code
        for text in ("*", f'"x", {seen}', f"W/{seen}", '"x"', "x", "")
    }

    assert list(answers.values()) == [200, 200, 412, 412, 412, 412]


def test_a_change_between_looking_and_locking_is_noticed(ticket, agent, second_agent):
    seen = row(ticket).version
    services.accept(ticket, actor=agent)

    with (
        pytest.raises(services.base.StaleTicket),
        services.only_if(lambda held: held.version == seen),
    ):
        services.accept(ticket, actor=second_agent, take_over_from=agent)

    assert row(ticket).assignee == agent


# --- Sent once more -------------------------------------------------------------------------------


def test_the_same_request_again_gets_the_first_answer(api, ticket, requester):
    client, path = api(requester), f"/tickets/{ticket.number}/reply"

    first = client.post(path, {"body": "سلام"}, Idempotency_Key="a-1")
    second = client.post(path, {"body": "سلام"}, Idempotency_Key="a-1")
    other = client.post(path, {"body": "خداحافظ"}, Idempotency_Key="a-1")

    assert first.content == second.content
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert Message.objects.filter(body="سلام").count() == 1


def test_the_first_answer_is_not_given_to_who_lost_the_ticket(api, ticket, colleague, admin):
    client, path = api(colleague), f"/tickets/{ticket.number}/reply"
    client.post(path, {"body": "سلام"}, Idempotency_Key="a-1")
    people.remove_member(ticket.organization, colleague, actor=admin, now=timezone.now())

    assert client.post(path, {"body": "سلام"}, Idempotency_Key="a-1").status_code == 404


def test_two_keys_of_two_programs_do_not_meet(api, ticket, requester):
    path = f"/tickets/{ticket.number}/reply"

    for client in (api(requester), api(requester)):
        assert client.post(path, {"body": "سلام"}, Idempotency_Key="a-1").status_code == 200

    assert Message.objects.filter(body="سلام").count() == 2


def test_a_request_that_was_refused_may_be_corrected_under_its_key(api, ticket, requester):
    client, path = api(requester), f"/tickets/{ticket.number}/reply"

    refused = client.post(path, {"body": " "}, Idempotency_Key="a-1")
    sent = client.post(path, {"body": "سلام"}, Idempotency_Key="a-1")

    assert (refused.status_code, sent.status_code) == (422, 200)


def test_a_ticket_whose_answer_was_lost_is_opened_once(api, requester):
    client = api(requester)
    client.post("/tickets", NEW, Idempotency_Key="a-1")
    # As if the process had died before it kept the answer.
    long_before = timezone.now() - timedelta(minutes=5)
    SentRequest.objects.update(status=None, started_at=long_before)

    again = client.post("/tickets", NEW, Idempotency_Key="a-1")

    assert again.status_code == 201
    assert Ticket.objects.count() == 1


def test_a_key_is_free_again_after_a_day(api, ticket, requester):
    client, path = api(requester), f"/tickets/{ticket.number}/reply"
    client.post(path, {"body": "سلام"}, Idempotency_Key="a-1")
    two_days = timezone.now() - timedelta(days=2)
    SentRequest.objects.update(started_at=two_days)

    assert client.post(path, {"body": "خداحافظ"}, Idempotency_Key="a-1").status_code in {200, 409}
    SentRequest.objects.update(started_at=two_days)
    keys.forget_requests()

    assert not SentRequest.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 201, "سلام"])
def test_an_idempotency_key_that_is_none_is_refused(api, ticket, requester, key):
    path = f"/tickets/{ticket.number}/reply"

    response = api(requester).post(path, {"body": "x"}, Idempotency_Key=key)

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key")


@pytest.mark.django_db(transaction=True)
def test_at_the_same_time_it_happens_once(api, ticket, requester):
    client, path = api(requester), f"/tickets/{ticket.number}/reply"
    together, answers = Barrier(4), []

    def send():
        together.wait()
        answers.append(client.post(path, {"body": "سلام"}, Idempotency_Key="a-1").status_code)
        connection.close()

    threads = [Thread(target=send) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert Message.objects.filter(body="سلام").count() == 1
    assert set(answers) <= {200, 409}
    assert client.post(path, {"body": "سلام"}, Idempotency_Key="a-1").status_code == 200
