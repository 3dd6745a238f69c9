"""Whatever is sent, the answer is a problem with a code, never a failure and never an effect."""

import json
import re

import pytest

from api.reference import DOCUMENT
from tickets.models import Event, Message, Ticket

pytestmark = pytest.mark.django_db
PATHS = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
DEEP = b'{"body":' * 100_000
BODIES = [
    (b"", 422),
    (b"{", 400),
    (b"null", 422),
    (b"[]", 422),
    (b'"text"', 422),
    (b"\xff\xfe", 400),
    (b'{"body": "a", "body": "b"}', 400),
    (b'{"body": "a", "nested": {"x": 1, "x": 2}}', 400),
    (b'{"body": null}', 422),
    (b'{"body": 1}', 422),
    (b'{"body": ["a"]}', 422),
    (b'{"body": {"a": "b"}}', 422),
    (b'{"body": ""}', 422),
    (b'{"body": "  "}', 422),
    (b'{"body": "a\\u0000b"}', 422),
    (b'{"body": "\\ud800"}', 422),
    (b'{"b\\ud800dy": "a"}', 422),
    (b'{"body": "a", "is_note": true}', 422),
    (b'{"body": "a", "author": 1}', 422),
    (b'{"body": "a", "attachments": ["nonsense"]}', 422),
    (b'{"body": "a", "attachments": [null]}', 422),
    (b'{"body": "a", "attachments": ["00000000-0000-4000-8000-000000000000"]}', 422),
    (b'{"body": "a", "intent": "nothing"}', 422),
    (b'{"body": "a", "then": 1e999}', 422),
    (b'{"body": NaN}', 400),
    (b'{"body": 1e400}', 422),
    (b'{"body": "a"} x', 400),
    (b'\xef\xbb\xbf{"body": "a"}', 400),
    (b'{"body": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    (b'{"body": ' + b"9" * 5000 + b"}", 400),
    (b'{"body": "' + b"x" * 30_000 + b'"}', 422),
    (DEEP, 400),
]


@pytest.mark.parametrize(("body", "status"), BODIES, ids=[str(each[0][:40]) for each in BODIES])
def test_a_body_that_is_wrong_is_refused(api, ticket, requester, body, status):
    count = Event.objects.count(), Message.objects.count()

    response = api(requester).post(
        f"/tickets/{ticket.number}/reply", body, Content_Type="application/json"
    )

    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"]
    assert response.json()["detail"]
    assert (Event.objects.count(), Message.objects.count()) == count


def test_the_sentence_is_the_one_of_the_page(api, ticket, requester):
    response = api(requester).post(f"/tickets/{ticket.number}/reply", {"body": " "})

    [error] = response.json()["errors"]
    assert error == {"pointer": "/body", "code": "required", "detail": "Enter a message."}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "a/b"]
)
def test_another_content_type_is_refused(api, ticket, requester, content_type):
    response = api(requester).post(
        f"/tickets/{ticket.number}/reply", b'{"body": "a"}', Content_Type=content_type
    )

    assert (response.status_code, response.json()["code"]) == (415, "content_type")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "application/json; charset=utf-16"},
        {"Content_Type": "application/json; charset=latin-1"},
        {"Content_Encoding": "gzip"},
    ],
)
def test_a_body_in_another_coding_is_refused(api, ticket, requester, headers):
    response = api(requester).post(f"/tickets/{ticket.number}/reply", {"body": "a"}, **headers)

    assert (response.status_code, response.json()["code"]) == (415, "content_type")
    assert Message.objects.count() == 1


def test_ten_megabytes_of_json_are_refused(api, ticket, requester):
    body = json.dumps({"body": "x" * 10_000_000}).encode()

    response = api(requester).post(f"/tickets/{ticket.number}/reply", body)

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_no_endpoint_takes_a_field_that_it_does_not_know(api, ticket, supervisor):
    """Whatever the body, also where it may be left out."""
    client = api(supervisor)
    count = Event.objects.count(), Message.objects.count()

    for path, operations in PATHS.items():
        if "post" in operations and not path.endswith("/attachments"):
            address = re.sub(r"\{\w+\}", "1", path.replace("{number}", ticket.number))
            for body in (b'{"nothing": 1}', b"[]", b"null", b'{"a": 1, "a": 1}', b"{", b'"x"'):
                response = client.post(address.removeprefix("/api/v1"), body)
                assert response.status_code in {400, 404, 422}, (path, body, response.content)
                assert response.headers["Content-Type"] == "application/problem+json"
    assert (Event.objects.count(), Message.objects.count()) == count


@pytest.mark.parametrize(
    "query",
    [
        *("status[x]=open", "filter[status]=open", "status.x=open", "status=open&status=closed"),
        *("requester__email=x", "organization__plan=1", "limit[]=1", "limit=1e3", "limit=%00"),
        *("limit=99999999999999999999", "assignee=99999999999999999999", "q=%00", "status=%ff"),
        *("cursor=99999999999999999999_1", "cursor=x", "sort=password", "fields=password"),
        "q=" + "x" * 201,
    ],
)
def test_a_filter_that_is_none_is_refused(api, ticket, agent, query):
    response = api(agent).get(f"/tickets?{query}")

    assert response.status_code == 422, response.content
    assert response.json()["errors"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(api, ticket, requester, method):
    response = api(requester)._send(method, f"/tickets/{ticket.number}", None, {})

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.json()["detail"] == "This method is not known here"
    assert response.headers["RateLimit"]
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", ["/tickets", "/me", "/events"])
def test_head_is_answered_as_get_without_the_body(api, ticket, requester, path):
    client = api(requester)

    head, whole = client._send("HEAD", path, None, {}), client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/tickets/",
        "/tickets/KT-0",
        "/tickets/KT-" + "9" * 18,
        "/tickets/KT-" + "9" * 400,
        "/tickets/XX-1",
        "/tickets/%00",
        "/tickets/KT-1/nothing",
        "/organizations/%00",
        "/organizations/" + "x" * 300,
        "/attachments/%00",
        "/../admin/",
    ],
)
def test_an_address_of_nothing_is_not_found(api, requester, path):
    response = api(requester).get(path)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic a:b", "Bearer hdk_", "Bearer \ud800", "Bearer " + "x" * 9000],
)
def test_a_header_that_is_no_key_is_refused(client, db, header):
    response = client.get("/api/v1/me", HTTP_AUTHORIZATION=header)

    assert response.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"assignee": 2**63},
        {"assignee": -1},
        {"assignee": "1"},
        {"assignee": True},
        {"assignee": 1.5},
        {"assignee": 999_999},
        {},
    ],
)
def test_a_number_that_is_nobodys_is_refused(api, ticket, supervisor, body):
    response = api(supervisor).post(f"/tickets/{ticket.number}/assign", body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/assignee"


def test_a_title_is_cleaned_as_on_the_page(api, requester):
    body = {"title": "\u202e پرداخت\u200b ", "description": "x", "category": "technical"}

    response = api(requester).post("/tickets", body)

    assert response.json()["title"] == Ticket.objects.get().title == "پرداخت"


def test_a_failure_is_a_problem_too(api, requester, monkeypatch):
    def fail(request):
        raise RuntimeError

    client = api(requester)
    client.client.raise_request_exception = False
    monkeypatch.setattr("api.v1.organizations.Organization.objects.visible_to", fail)

    response = client.get("/organizations")

    assert (response.status_code, response.json()["code"]) == (500, "failed")
    assert response.headers["RateLimit"]
    assert response.headers["Content-Language"] == "en"
    assert "RuntimeError" not in response.content.decode()
