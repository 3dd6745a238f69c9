"""The contract is checked in, complete, and shown as a page."""

import inspect
import json

import pytest
from django.test import Client
from ninja import Schema

from api.reference import DOCUMENT
from api.scopes import Scope
from api.v1 import inputs, kinds, outputs, tickets
from api.v1.schema import openapi_text
from plans.models import Priority
from tickets import services
from tickets.choices import AfterReply, Category, Intent
from tickets.portal.query import PortalQuery
from tickets.workspace.query import QueueQuery

pytestmark = pytest.mark.django_db
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


def test_every_filter_of_the_lists_is_a_parameter():
    declared = {each.alias or name for name, each in tickets.TicketQuery.model_fields.items()}

    for query in (PortalQuery, QueueQuery):
        filters = {each.parameter for each in query.filters.values()} - tickets.OF_PAGES
        assert filters <= declared
