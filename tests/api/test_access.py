"""Who reaches which endpoint: each operation of the contract, by person and by scope."""

import json

import pytest
import time_machine
from django.db import transaction

from api.models import ApiKey
from api.reference import DOCUMENT
from api.scopes import Scope, scopes_for
from tests.addresses import LATER, one_cast
from tickets.models import Event, Message

pytestmark = pytest.mark.django_db
OPERATIONS = [
    (method.upper(), path.removeprefix("/api/v1"), each)
    for path, operations in json.loads(DOCUMENT.read_text("utf-8"))["paths"].items()
    for method, each in operations.items()
]
MEMBERS = ["requester", "colleague", "restricted", "outsider", "suspended", "removed"]
STAFF = ["agent", "second", "supervisor", "admin"]
# What is for staff, for supervisors, and for members alone; all the rest is for both sides.
FOR_STAFF = {
    *("note", "accept", "release", "resume", "assign", "category", "tags", "merge", "link"),
    *("unlink", "hold", "lift_hold", "transfer", "snooze", "wake", "follow", "unfollow", "split"),
    *("unmerge", "take_next", "list_tags", "list_teams", "list_agents", "list_canned_replies"),
    *("read_canned_reply", "fill_canned_replies", "start_bulk_run", "list_bulk_runs"),
    *("read_bulk_run", "list_bulk_lines", "stop_bulk_run"),
}
# Of whoever started them alone, and of supervisors.
OF_STARTER = {"read_bulk_run", "list_bulk_lines", "stop_bulk_run"}
FOR_SUPERVISORS = {"read_report", "export_report"}
# On a ticket of theirs these see it; what is not theirs does not exist.
SEES = {"requester", "colleague", *STAFF}
BODIES = {
    "receive_alerts": {"fingerprint": "x", "title": "x"},
    "open_ticket": {"title": "x", "description": "x", "category": "sales"},
    "reply": {"body": "x"},
    "note": {"body": "x"},
    "assign": {"assignee": None},
    "priority": {"priority": "high", "reason": "x"},
    "category": {"category": "sales"},
    "merge": {"into": "KT-1"},
    "link": {"number": "KT-1", "relation": "related"},
    "unlink": {"number": "KT-1"},
    "hold": {"reason": "x"},
    "rate": {"is_solved": True, "score": 5},
    "snooze": {"until": None},
    "split": {"message": 1, "title": "x"},
    "transfer": {},
    "start_bulk_run": {"numbers": ["KT-999999"], "action": "close"},
}


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    """The cast, made once for all tests, each of which takes back what it writes."""
    with django_db_blocker.unblock(), one_cast() as people:
        yield people


@pytest.fixture
def cast(people, db):
    with time_machine.travel(LATER, tick=False):
        yield people


def path_of(cast, path):
    key = cast.organization.key if "organizations" in path else cast.tickets["file"].pk
    for name, row in (("{run_id}", cast.run), ("{reply_id}", cast.canned)):
        path = path.replace(name, str(row.pk))
    return path.replace("{number}", cast.tickets["worked"].number).replace("{key}", str(key))


def ask(client, cast, method, path, operation):
    """The status, and how many events and messages came of it; all of it is undone."""
    before = Event.objects.count(), Message.objects.count()
    with transaction.atomic():
        if operation == "upload_attachment":
            response = client.upload("a.log", b"one line\n")
        elif method == "GET":
            response = client.get(path_of(cast, path))
        else:
            response = client.post(path_of(cast, path), BODIES.get(operation))
        written = (Event.objects.count(), Message.objects.count()) != before
        transaction.set_rollback(True)
    return response.status_code, written


@pytest.mark.parametrize("role", [*MEMBERS, *STAFF])
def test_each_person_reaches_what_their_pages_offer(cast, api, role):
    person = getattr(cast, role)
    client = api(person, [*scopes_for(person)], now=LATER)
    ApiKey.objects.update(scopes=Scope.values)

    for method, path, each in OPERATIONS:
        operation = each["operationId"]
        status, written = ask(client, cast, method, path, operation)
        shown = (role, method, path, status)

        assert status < 500, shown
        hidden = "{number}" in path and role not in SEES
        hidden |= operation in FOR_STAFF and role not in STAFF
        hidden |= operation in OF_STARTER and role == "second"
        hidden |= operation in FOR_SUPERVISORS and role not in {"supervisor", "admin"}
        hidden |= operation == "download_attachment" and role not in SEES
        if "organizations/{key}" in path:
            hidden |= role in {"outsider", "suspended", "removed"}
        assert (status == 404) == hidden or operation == "read_rating", shown
        assert not (written and (hidden or method == "GET")), shown
        assert not (written and status >= 400), shown


@pytest.mark.parametrize("scope", [*Scope.values, "none"])
def test_each_scope_opens_its_own_endpoints_alone(cast, api, scope):
    client = api(cast.supervisor, [scope] if scope != "none" else None, now=LATER)
    if scope == "none":
        ApiKey.objects.update(scopes=[])

    for method, path, each in OPERATIONS:
        status, written = ask(client, cast, method, path, each["operationId"])
        is_refused = each["x-scope"] not in {"", scope}

        assert (status == 403) == is_refused or each["operationId"] == "rate", (path, status)
        assert not (written and is_refused)


@pytest.mark.parametrize("role", ["requester", "agent"])
def test_no_answer_sets_a_cookie(cast, api, role):
    client = api(getattr(cast, role), now=LATER)

    response = client.get("/me")

    assert response.status_code == 200
    assert not response.cookies
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "no-store" in response.headers["Cache-Control"]
