"""Who reaches which address with what answer: a table in which every address is decided on.

access.txt has a line for each address and method, with the answer for each role. An answer is a
status; `login` is a redirect to signing in, `door` one to the admin's, which sends strangers on to
signing in and is not there (404) for others. The column `ticket` names the ticket that it is tried
on. An address or a method that the table does not know fails the suite.
"""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from tests.addresses import LATER, NEVER, every_address, one_cast
from tickets.models import Event, Message

pytestmark = pytest.mark.django_db
API = "/api/v1/<path:rest>"
HEADING, *LINES = (
    line.split() for line in Path(__file__).with_name("access.txt").read_text().splitlines()
)
ROLES = HEADING[3:]
TABLE = {(address, method): (ticket, answers) for address, method, ticket, *answers in LINES}
# Roles that get the answers of another almost everywhere: what they share is asked in the full run.
SIMILAR = {
    "requester": "colleague",
    "suspended": "colleague",
    "restricted": "colleague",
    "outsider": "restricted",
    "removed": "restricted",
    "second": "agent",
    "supervisor": "agent",
    "admin": "supervisor",
}
# Methods that no address is for.
OTHERS = ["PUT", "PATCH", "DELETE"]
# What a page may write without anything of the product changing: the reader's own session.
SESSION_TABLES = {"django_session", "usersessions_usersession"}
DOORS = {"login": "/accounts/login/", "door": "/admin/login/"}
HIDDEN_FROM = ["restricted", "outsider", "removed"]


def in_full(role):
    return pytest.param(role, marks=pytest.mark.full)


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    """The cast, made once for all tests, each of which takes back what it writes."""
    with django_db_blocker.unblock(), one_cast() as people:
        yield people


@pytest.fixture
def cast(people, db):
    with time_machine.travel(LATER, tick=False):
        yield people


def client_of(user):
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def form_of(cast, address):
    """What a person would send to an address, complete, so that a refusal is about who they are."""
    action = address.rstrip("/").rpartition("/")[2]
    return {
        "new": {
            "title": "سرور پاسخ نمی‌دهد",
            "category": "technical",
            "priority": "normal",
            "description": "از صبح قطع است.",
            "body_fa": "سلام",
            "scope": "own",
            "requester": cast.requester.pk,
            "organization_name": "شرکت نو",
            "organization_key": "sherkat-no",
        },
        "organization": {
            "organization": cast.organization.pk,
            "email": "newer@pars.example",
            "role": "member",
        },
        "visibility": {"organization": cast.organization.pk, "sees": "all"},
        "<number:number>": {"body": "هنوز می‌نویسم.", "draft_kind": "public"},
        "<int:pk>": {"role": "manager", "seen": "member", "body": "مشتری خوب", "version": "0"},
        cast.organization.key: {"body": "مشتری خوب", "version": "0"},
        "reply": {"body": "هنوز همان است.", "then": "wait"},
        "note": {"body": "به شبکه خبر دادم."},
        "assign": {"assignee": cast.second.pk},
        "transfer": {"to": f"agent-{cast.second.pk}"},
        "category": {"category": "financial"},
        "seen": {"until": LATER.isoformat()},
        "merge": {"into": cast.other_tag.pk, "number": cast.tickets["new"].number},
        "tags": {"tags": [cast.tag.pk], "name": "پشتیبان‌گیری", "colour": "green"},
        "snooze": {"when": "message"},
        "hold": {"reason": "در سفر است."},
        "link": {"number": cast.tickets["new"].number, "relation": "related"},
        "priority": {"priority": "high", "reason": "همه ایستاده‌اند."},
        "rate": {"solved": "yes", "score": "4", "words": "سریع بود."},
        "watch": {"person": cast.colleague.pk},
        "unwatch": {"person": cast.colleague.pk},
        "export": {"file": "table-csv"},
        "notifications": {"initial-replies": "True"},
        "read": {"until": "9"},
        "presence": {"presence": "away"},
        "shortcuts": {"shortcuts": "off"},
        "language": {"language": "en"},
        "theme": {"theme": "dark"},
        "work-in": {"organization": cast.organization.pk},
    }.get(action, {})


def path_for(cast, role, address, method):
    """The path on which the table tries an address."""
    ticket, _answers = TABLE[address, "POST" if method == "POST" else "GET"]
    path = cast.path(address, role=role, ticket="worked" if ticket == "-" else ticket)
    return path + f"?organization={cast.organization.key}" * (address == "/queue/new/")


@contextmanager
def written_tables():
    """The tables that are written to inside the block."""
    tables = set()

    def look(execute, sql, params, many, context):
        if found := re.match(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', sql):
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables


def ask(cast, role, client, address, method):
    """The answer to one request, after which everything is as before, and what it wrote."""
    path = path_for(cast, role, address, method)
    data = form_of(cast, address) if method == "POST" else {}
    cache.clear()
    cookies = dict(client.cookies)
    with transaction.atomic(), written_tables() as tables:
        response = client.generic(method, path) if method in OTHERS else None
        response = response or getattr(client, method.lower())(path, data)
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)
    return response, tables - SESSION_TABLES


def in_short(response):
    """The status, or to which way in the answer leads."""
    target = response.url if response.status_code == 302 else ""
    for name, address in DOORS.items():
        if target.startswith(address):
            return name
    return str(response.status_code)


def test_every_address_is_decided_on():
    assert {address for address, _method in TABLE} == set(every_address())
    assert {method for _address, method in TABLE} == {"GET", "POST"}
    assert len(TABLE) == len(LINES) == 2 * len(set(every_address()))


@pytest.mark.every
@pytest.mark.parametrize("role", [in_full(role) if role in SIMILAR else role for role in ROLES])
def test_each_role_gets_from_each_address_what_the_table_says(cast, role):
    assert_answered_as_written(cast, role, TABLE)


@pytest.mark.parametrize(("role", "other"), SIMILAR.items())
def test_two_similar_roles_differ_where_the_table_says(cast, role, other):
    keys = [key for key in TABLE if answer_to(role, key) != answer_to(other, key)]

    assert keys
    assert_answered_as_written(cast, role, keys)


def answer_to(role, key):
    _ticket, answers = TABLE[key]
    return answers[ROLES.index(role)]


def assert_answered_as_written(cast, role, keys):
    client = client_of(getattr(cast, role))
    answers = {key: ask(cast, role, client, *key) for key in keys}

    found = {key: in_short(response) for key, (response, _written) in answers.items()}
    wanted = {key: answer_to(role, key) for key in keys}
    assert {key: found[key] for key in found if found[key] != wanted[key]} == {}
    guilty = {
        key: written
        for key, (response, written) in answers.items()
        if written and may_not_write(role, key, response)
    }
    assert guilty == {}


def may_not_write(role, key, response):
    """Looking changes nothing, nor does what is refused, nor what the suspended send to tickets.

    These read, though, and that they have read is theirs to mark.
    """
    address, method = key
    if role == "suspended" and "<number:number>" in address:
        return not address.endswith("/seen/")
    return method == "GET" or response.status_code in {403, 404, 405}


@pytest.mark.full
@pytest.mark.parametrize("role", ["admin", "requester", "agent"])
def test_a_head_request_changes_nothing_either(cast, role):
    client = client_of(getattr(cast, role))

    written = {
        address: ask(cast, role, client, address, "HEAD")[1]
        for address, method in TABLE
        if method == "GET"
    }

    assert not any(written.values()), written


@pytest.mark.parametrize("role", ["agent", in_full("requester")])
def test_no_address_of_ours_takes_other_methods(cast, role):
    client = client_of(getattr(cast, role))
    ours = [
        address
        for address, method in TABLE
        if method == "GET" and not address.replace("^", "").startswith(("/admin/", "/accounts/"))
    ]

    answers = {
        (address, method): ask(cast, role, client, address, method)
        for address in ours
        for method in OTHERS
    }

    refused = {key: response.status_code for key, (response, _written) in answers.items()}
    # Nobody has a key of the API here: it asks for that first.
    assert {status for (address, _method), status in refused.items() if address != API} <= {
        404,
        405,
    }
    assert {status for (address, _method), status in refused.items() if address == API} <= {401}
    assert not any(written for _response, written in answers.values())


def anonymised(response):
    """A page less the tokens and references that differ each time."""
    text = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)
    return response.status_code, re.sub(rb'<bdi class="id">[0-9a-f]{12}</bdi>', b"", text)


@pytest.mark.parametrize("role", [HIDDEN_FROM[0], *map(in_full, HIDDEN_FROM[1:])])
def test_a_ticket_of_others_is_like_one_that_never_was(cast, role):
    client = client_of(getattr(cast, role))
    number, nowhere = cast.tickets["worked"].number, f"KT-{NEVER}"
    count = Event.objects.count(), Message.objects.count()

    for address, method in TABLE:
        if "<number:number>" not in address:
            continue
        path = cast.path(address)
        data = form_of(cast, address) if method == "POST" else {}
        theirs, missing = (
            getattr(client, method.lower())(each, data)
            for each in (path, path.replace(number, nowhere))
        )

        # The page of a refused method links to the address that was asked for, whatever is there.
        theirs.content = theirs.content.replace(number.encode(), nowhere.encode())
        assert anonymised(theirs) == anonymised(missing), path
        assert theirs.status_code == (405 if address_is_for_posts(address, method) else 404)

    assert (Event.objects.count(), Message.objects.count()) == count


def address_is_for_posts(address, method):
    """Whether the method is not one of the address; the answer comes before any lookup."""
    return "405" in TABLE[address, method][1]


@pytest.mark.parametrize("role", [*HIDDEN_FROM, "suspended"])
def test_a_file_of_others_is_like_one_that_never_was(cast, role):
    client = client_of(getattr(cast, role))

    theirs = client.get(cast.path("/attachments/<uuid:key>/"))
    missing = client.get("/attachments/00000000-0000-4000-8000-000000000000/")

    assert theirs.status_code == 404
    assert anonymised(theirs) == anonymised(missing)
