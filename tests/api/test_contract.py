"""The contract is checked in, complete, and shown as a page."""

import ast
import inspect
import json
from pathlib import Path

import pytest
from django.test import Client
from ninja import Schema

from api.errors import OF_FIELDS, STATUS_OF_CODE
from api.problems import CODES
from api.reference import DOCUMENT
from api.scopes import Scope
from api.v1 import inputs, kinds, outputs, tickets
from api.v1.schema import openapi_text
from plans.models import Priority
from tickets import errors, services
from tickets.choices import AfterReply, Category, Intent
from tickets.models import Ticket
from tickets.portal.query import PortalQuery
from tickets.workspace.query import QueueQuery

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
OPERATIONS = [
    (method, path, each)
    for path, operations in json.loads(DOCUMENT.read_text("utf-8"))["paths"].items()
    for method, each in operations.items()
]


def test_the_checked_in_document_is_that_of_the_endpoints():
    assert DOCUMENT.read_text("utf-8") == openapi_text(), "run manage.py write_openapi"


def test_the_document_is_served_as_it_is_checked_in():
    response = Client().get("/api/v1/openapi.json")

    assert b"".join(response.streaming_content) == DOCUMENT.read_bytes()
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(DOCUMENT.read_text())["openapi"].startswith("3.1")


def test_every_operation_names_its_scope():
    scopes = {each["x-scope"] for _method, path, each in OPERATIONS if path != "/api/v1/me"}

    # What allows an endpoint to do more has none of its own.
    assert scopes == {*Scope.values} - {Scope.ALERTS_CLOSE}
    assert all(each["security"] for _method, _path, each in OPERATIONS)
    names = [each["operationId"] for _method, _path, each in OPERATIONS]
    assert len(names) == len(set(names))


def test_the_words_of_bodies_are_those_of_the_domain():
    pairs = [
        (kinds.Category, Category.values),
        (kinds.Priority, Priority.values),
        (kinds.Relation, [each.value for each in services.CHOSEN]),
        (kinds.Intent, Intent.values),
        (kinds.Then, [*AfterReply.values, Intent.FOLLOW_UP.value]),
    ]

    for kind, words in pairs:
        assert set(kind.__args__) == set(words)


def test_no_body_has_the_name_of_an_answer():
    """In the contract one would stand for both."""
    of_bodies, of_answers = (
        {name for name, each in vars(module).items() if inspect.isclass(each)}
        for module in (inputs, outputs)
    )

    assert not {each for each in of_bodies & of_answers if issubclass(vars(inputs)[each], Schema)}


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_page_shows_every_operation(language):
    client = Client()
    client.cookies["django_language"] = language

    page = client.get("/api/docs/")

    text = page.content.decode()
    assert page.headers["Content-Language"] == language
    for _method, path, each in OPERATIONS:
        assert f'id="{each["operationId"]}"' in text
        assert f"<code>{path}</code>" in text


def codes_in(folder, *, but=()):
    """The codes of refusals that are written in the modules."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        if path.stem in but:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "")
                given = [each.value for each in node.keywords if each.arg == "code"]
                found = {"TicketError": given, "Problem": node.args[1:2], "_refused": given}
                yield from (
                    each.value for each in found.get(name, ()) if isinstance(each, ast.Constant)
                )


def test_every_code_of_a_refusal_is_documented():
    """All but those of what is kept on pages alone."""
    kept_on_pages = {"canned", "customer_notes", "legal_holds", "saving", "tagging", "teams"}
    codes = {*codes_in("tickets/services", but=kept_on_pages), *codes_in("api"), *CODES.values()}
    codes |= {each.code for each in vars(errors).values() if hasattr(each, "code")}
    codes |= {*OF_FIELDS, *STATUS_OF_CODE}

    text = (ROOT / "docs/api.md").read_text("utf-8")

    assert {each for each in codes if f"`{each}`" not in text} == set()


def test_every_transition_of_a_ticket_has_an_operation():
    moved_by = {
        **dict.fromkeys(["accept", "take_over"], "accept"),
        **dict.fromkeys(["reply_and_wait", "reply_and_work", "return_to_support"], "reply"),
        **dict.fromkeys(["resolve", "close_by_customer"], "close"),
        **dict.fromkeys(["merge", "receive_waiting"], "merge"),
        "release": "release",
        "unassign": "assign",
        "resume": "resume",
        "reopen": "reopen",
        "give_back_waiting": "unmerge",
    }
    undone = {
        f"unmerge_as_{each}" for each in ("awaiting_response", "in_progress", "awaiting_customer")
    }
    operations = {each["operationId"] for _method, _path, each in OPERATIONS}

    transitions = {each.name for each in Ticket().get_all_status_transitions()}
    assert transitions - {"close_automatically"} == {*moved_by, *undone}
    assert {*moved_by.values(), "unmerge"} <= operations


def test_every_filter_of_the_lists_is_a_parameter():
    declared = {each.alias or name for name, each in tickets.TicketQuery.model_fields.items()}

    for query in (PortalQuery, QueueQuery):
        filters = {each.parameter for each in query.filters.values()} - tickets.OF_PAGES
        assert filters <= declared
