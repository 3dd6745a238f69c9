"""Reading: the same tickets, messages and facts as on the pages of the key's owner, no more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations import services as people
from tests.factories import (
    NOW,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_pending_file,
    make_ticket,
)
from tickets import services
from tickets.models import Attachment, ReportExport

pytestmark = pytest.mark.django_db
INTERNAL = {"assignee", "team", "tags", "waiting_since", "snoozed_until"}


def numbers(response):
    return [each["number"] for each in response.json()["items"]]


def test_a_member_reads_the_tickets_of_their_organization(api, ticket, colleague, outsider):
    theirs = make_ticket(outsider)

    assert numbers(api(colleague).get("/tickets")) == [ticket.number]
    assert numbers(api(outsider).get("/tickets")) == [theirs.number]


def test_a_ticket_of_others_is_like_one_that_never_was(api, ticket, outsider):
    client = api(outsider)
    paths = ["", "/messages", "/events", "/clocks", "/rating"]

    theirs = [client.get(f"/tickets/{ticket.number}{path}") for path in paths]
    missing = [client.get(f"/tickets/KT-999999{path}") for path in paths]

    assert {each.status_code for each in theirs} == {404}
    assert [each.content for each in theirs] == [each.content for each in missing]


def test_members_are_shown_nothing_internal(api, ticket, requester, agent):
    services.accept(ticket, actor=agent, now=NOW)

    of_member = api(requester).get(f"/tickets/{ticket.number}").json()
    of_staff = api(agent).get(f"/tickets/{ticket.number}").json()

    assert not INTERNAL & set(of_member)
    assert set(of_staff) - set(of_member) == INTERNAL
    assert of_staff["assignee"]["name"] == str(agent)


def test_no_choice_of_fields_shows_more(api, ticket, requester, agent):
    member, staff = api(requester), api(agent)

    chosen = member.get("/tickets?fields=number,title").json()["items"]
    refused = member.get("/tickets?fields=number,assignee")

    assert chosen == [{"number": ticket.number, "title": ticket.title}]
    assert refused.status_code == 422
    assert set(staff.get("/tickets?fields=assignee").json()["items"][0]) == {"assignee"}


def note_on(ticket, agent, *, at):
    file = make_pending_file(agent)
    services.add_note(ticket, actor=agent, content=make_content("راز", files=[file]), now=at)
    return file


def test_a_note_changes_nothing_of_what_members_read(api, ticket, requester, agent):
    client = api(requester)
    paths = [f"/tickets/{ticket.number}{path}" for path in ("", "/messages", "/events")]
    paths.append("/tickets")
    before = [client.get(path) for path in paths]

    file = note_on(ticket, agent, at=NOW + timedelta(hours=1))

    after = [client.get(path) for path in paths]
    assert [each.content for each in after] == [each.content for each in before]
    assert after[0].headers["ETag"] == before[0].headers["ETag"]
    assert client.get(f"/attachments/{file.pk}").status_code == 404


def test_notes_need_their_scope(api, ticket, agent):
    file = note_on(ticket, agent, at=NOW + timedelta(hours=1))
    reader, whole = api(agent, ["tickets:read"]), api(agent)
    path = f"/tickets/{ticket.number}"

    kinds = [
        [each["kind"] for each in client.get(f"{path}/messages").json()["items"]]
        for client in (reader, whole)
    ]
    events = [len(client.get(f"{path}/events").json()["items"]) for client in (reader, whole)]
    files = [client.get(f"/attachments/{file.pk}").status_code for client in (reader, whole)]

    assert kinds == [["public"], ["public", "note"]]
    assert events == [1, 2]
    assert files == [404, 200]


def test_an_agents_name_is_shown_to_members_only_on_what_they_wrote(
    api, requester, agent, second_agent
):
    ticket = make_awaiting_customer(requester, agent)
    services.assign(ticket, actor=agent, to=second_agent, now=NOW + timedelta(hours=2))
    client = api(requester)

    events = client.get(f"/tickets/{ticket.number}/events")
    messages = client.get(f"/tickets/{ticket.number}/messages").json()["items"]

    assert str(second_agent) not in events.content.decode()
    assert str(agent) not in str([each["actor"] for each in events.json()["items"]])
    assert messages[-1]["author"]["name"] == str(agent)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["new", "waiting"]),
        ("status=any", ["closed", "new", "waiting"]),
        ("status=closed", ["closed"]),
        ("status=awaiting_customer", ["waiting"]),
        ("assignee=me&status=any", ["closed", "waiting"]),
        ("assignee=nobody", ["new"]),
        ("organization=arya", []),
        ("priority=high", []),
        ("priority=high,normal&status=any", ["closed", "new", "waiting"]),
        ("from=2026-01-01&to=2026-01-02", []),
        ("sort=-waiting", ["new", "waiting"]),
        ("sort=title", ["new", "waiting"]),
        ("waiting=1", ["new"]),
        ("rating=0&status=any", ["closed", "new", "waiting"]),
        ("q=KT-999", []),
    ],
)
def test_staff_have_every_filter_of_the_queue(api, requester, outsider, agent, query, found):
    tickets = {
        "new": make_ticket(requester),
        "waiting": make_awaiting_customer(requester, agent),
        "closed": make_closed(requester, agent),
    }

    response = api(agent).get(f"/tickets?{query}")

    assert sorted(numbers(response)) == sorted(tickets[name].number for name in found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["new", "closed"]),
        ("status=open", ["new"]),
        ("status=closed", ["closed"]),
        ("of=mine", ["closed"]),
        ("speaker=support", []),
        ("organization=pars", ["new", "closed"]),
        ("q=آدرس", ["new"]),
    ],
)
def test_members_have_every_filter_of_their_list(api, requester, colleague, agent, query, found):
    tickets = {
        "new": make_ticket(requester, title="تغییر آدرس"),
        "closed": make_closed(colleague, agent),
    }

    response = api(colleague).get(f"/tickets?{query}")

    assert response.status_code == 200
    if found != ["new", "closed"] and query == "speaker=support":
        found = ["closed"]
    assert sorted(numbers(response)) == sorted(tickets[name].number for name in found)


@pytest.mark.parametrize(
    "query",
    [
        "status=nothing",
        "assignee=me",
        "unknown=1",
        "status=open&status=closed",
        "status__in=open",
        "filter[status]=open",
        "limit=0",
        "limit=101",
        "limit=" + "9" * 50,
        "cursor=nonsense",
        "cursor=1_" + "9" * 30,
        "organization=arya",
        "hide=status",
        "q=%00",
        "q=" + "x" * 300,
    ],
)
def test_a_parameter_that_means_nothing_is_refused(api, ticket, outsider, colleague, query):
    response = api(colleague).get(f"/tickets?{query}")

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("query", ["", "status=any", "sort=title", "sort=-priority", "sort=due"])
def test_pages_by_cursor_hold_each_ticket_once(api, requester, agent, query):
    tickets = [
        make_ticket(requester, title=f"{place}", now=NOW + timedelta(minutes=place))
        for place in range(5)
    ]
    client = api(agent if query == "status=any" else requester)
    if query == "":
        client = api(agent)

    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/tickets?limit=2&{query}&cursor={cursor}".replace("&&", "&")).json()
        found += [each["number"] for each in page["items"]]
        cursor = page["next"]

    assert sorted(found) == sorted(each.number for each in tickets)


@pytest.mark.parametrize(
    "path", ["/tickets", "/tickets/{}/messages", "/tickets/{}/events", "/tickets/{}/clocks"]
)
@pytest.mark.parametrize("side", ["requester", "agent"])
def test_an_answer_costs_the_same_with_one_row_and_with_thirty(
    api, request, requester, agent, path, side
):
    client = api(request.getfixturevalue(side))
    ticket = make_ticket(requester)
    url = path.format(ticket.number) + "?limit=100"

    def statements():
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(url).status_code == 200
        return len(found)

    for place in range(2):
        answer(ticket, requester, agent, place)
    few = statements()
    for place in range(2, 12):
        make_ticket(requester)
        answer(ticket, requester, agent, place)

    assert statements() == few


def answer(ticket, requester, agent, place):
    at = NOW + timedelta(hours=place)
    services.reply_as_agent(ticket, actor=agent, content=make_content(f"{place}"), now=at)
    services.reply_as_customer(
        ticket,
        actor=requester,
        content=make_content(f"{place}!", files=[make_pending_file(requester)]),
        now=at + timedelta(minutes=5),
    )


def test_times_are_utc(api, ticket, requester):
    response = api(requester).get(f"/tickets/{ticket.number}")

    assert response.json()["created_at"] == "2026-05-02T06:30:00Z"


def test_clocks_come_with_their_explanation(api, ticket, requester):
    [clock] = api(requester).get(f"/tickets/{ticket.number}/clocks").json()["items"]

    assert clock["kind"] == "first_response"
    assert clock["target_seconds"] == 24 * 3600
    assert clock["due_at"] == ticket.due_at.isoformat().replace("+00:00", "Z")
    assert clock["ledger"][0]["reason"] == "started"
    assert clock["explanation"]
    assert "aim_seconds" not in clock


def test_a_file_is_downloaded_by_who_may_see_its_message(api, requester, outsider):
    file = make_pending_file(requester, content=b"one line\n")
    ticket = make_ticket(requester, files=[file])

    [message] = api(requester).get(f"/tickets/{ticket.number}/messages").json()["items"]
    [shown] = message["attachments"]
    path = shown["url"].removeprefix("/api/v1")
    response = api(requester).get(path)

    assert b"".join(response.streaming_content) == b"one line\n"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    part = api(requester).get(path, Range="bytes=4-7")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"line")
    beyond = api(requester).get(path, Range="bytes=90-")
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range")
    assert beyond.headers["Content-Range"] == "bytes */9"
    head = api(requester)._send("HEAD", path, None, {})
    assert (head.content, head.headers["Content-Length"]) == (b"", "9")
    assert api(outsider).get(path).status_code == 404
    assert api(requester).get("/attachments/nonsense").status_code == 404
    assert Attachment.objects.count() == 1


def test_plans_come_with_their_matrix(api, requester):
    plans = api(requester).get("/plans").json()["items"]

    present = next(each for each in plans if each["is_present"])
    assert present["key"] == "developer"
    cells = {each["priority"]: each["target_seconds"] for each in present["cells"]}
    assert cells == {
        "low": 48 * 3600,
        "normal": 24 * 3600,
        "high": None,
        "urgent": None,
        "critical": None,
    }


def test_members_read_their_own_organization_alone(api, requester, colleague, outsider, agent):
    of_owner, of_member = api(requester), api(colleague)

    assert [each["key"] for each in of_owner.get("/organizations").json()["items"]] == ["pars"]
    assert of_owner.get("/organizations/arya").status_code == 404
    assert of_owner.get("/organizations/pars").json()["role"] == "owner"
    assert len(api(agent).get("/organizations").json()["items"]) == 2
    addresses = [
        [
            bool(each.get("email"))
            for each in client.get("/organizations/pars/members").json()["items"]
        ]
        for client in (of_owner, of_member)
    ]
    assert addresses == [[True, True], [False, False]]


def test_the_numbers_of_the_reports_are_for_supervisors(
    api, make_key, requester, agent, supervisor
):
    client = api(supervisor)

    report = client.get("/reports/promises?by=priority&month=2026-05").json()
    refused = client.get("/reports/promises?by=nothing")

    assert report["first_day"] == "2026-05-01"
    assert [each["value"] for each in report["rows"]] == []
    assert refused.status_code == 422
    assert client.get("/reports/promises?from=2026-05-02&to=2026-05-01").status_code == 422


def test_a_supervisor_who_is_none_any_more_has_no_reports(api, supervisor, admin):
    client = api(supervisor)
    people.change_person(supervisor, actor=admin, now=NOW, staff_role="agent")

    assert client.get("/reports/promises").status_code == 404


@pytest.mark.parametrize(
    ("header", "language", "sentence"),
    [("en", "en", "There is nothing here."), ("fa", "fa", None), (None, "fa", None)],
)
def test_sentences_are_in_the_language_that_is_asked_for(
    api, requester, header, language, sentence
):
    client = api(requester)
    headers = {"Accept_Language": header} if header else {"Accept_Language": ""}

    response = client.get("/tickets/KT-1", **headers)

    assert response.headers["Content-Language"] == language
    if sentence:
        assert response.json()["detail"] == sentence


@pytest.mark.parametrize(
    "query",
    [
        "priority=high,soon",
        "organization=nowhere",
        "assignee=me,99999999",
        "tags=1,x",
        "plan=x!",
        "from=yesterday",
        "sort=colour",
        "columns=title",
        "view=1",
    ],
)
def test_a_filter_of_staff_that_is_only_half_understood_is_refused(api, ticket, agent, query):
    response = api(agent).get(f"/tickets?{query}")

    assert response.status_code == 422
    assert response.json()["code"] == "parameter"


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("1404/12/30", "اسفند ۱۴۰۴ فقط ۲۹ روز دارد."),
        ("yesterday", "تاریخ را به صورت سال/ماه/روز بنویسید، مانند ۱۴۰۵/۰۱/۱۳."),
    ],
)
def test_a_day_that_is_refused_is_not_asked_for_from_a_list(api, agent, day, sentence):
    response = api(agent).get(f"/tickets?from={day}", Accept_Language="fa")

    assert response.json()["detail"] == sentence


def test_the_report_is_exported_as_on_the_page(api, supervisor, agent, requester, client_of):
    make_awaiting_customer(requester, agent)
    client, address = api(supervisor), "/reports/promises/export?month=2026-05"
    body = {"content": "tickets", "format": "csv"}

    text = client.post(address, body, Idempotency_Key="a", Accept_Language="fa")
    again = client.post(address, body, Idempotency_Key="a")
    book = client.post(address, {"format": "xlsx"})
    page = client_of(supervisor).post(
        f"{reverse('reports:export')}?month=2026-05", {"file": "tickets-csv"}
    )

    assert b"".join(text.streaming_content) == b"".join(page.streaming_content)
    assert (text.status_code, again.status_code, book.status_code) == (200, 200, 200)
    assert b"".join(book.streaming_content).startswith(b"PK")
    assert ReportExport.objects.count() == 4
    assert client.post(address, {"format": "pdf"}).status_code == 422
    wrong = "/reports/promises/export?from=2026-05-02&to=2026-05-01"
    assert client.post(wrong, {}).status_code == 422
    assert api(agent, ["tickets:read"]).post(address, body).status_code == 403
