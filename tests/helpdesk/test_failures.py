"""What people see when something went wrong: a page in their language with a reference."""

import logging
import re
import sys

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.utils.translation import override

from helpdesk import views
from helpdesk.logs.plain import OneLine

REFERENCE = re.compile(r'<bdi class="id">([0-9a-f]{12})</bdi>')


def answer_to(error, view):
    """The page of a handler that is called, as Django does, while the error is being handled."""
    with override("en"):
        try:
            raise error
        except type(error):
            assert sys.exc_info()[1] is error
            return view(RequestFactory().get("/somewhere/"))


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (ZeroDivisionError("secret detail"), 500, "Something went wrong on our side"),
        (OperationalError("secret detail"), 503, "Temporarily unavailable"),
    ],
)
def test_a_failure_shows_a_reference_that_the_log_has_too(caplog, error, status, sentence):
    with caplog.at_level(logging.WARNING):
        response = answer_to(error, views.broken)

    page = response.content.decode()
    assert response.status_code == status
    assert sentence in page
    assert "secret detail" not in page
    assert REFERENCE.search(page)[1] in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing/here/", "/tickets/KT-999999/"])
def test_what_is_missing_is_named_in_the_readers_language(client_of, requester, path):
    requester.language = "en"
    requester.save()

    response = client_of(requester).get(path)

    page = response.content.decode()
    assert response.status_code == 404
    assert "Page not found" in page
    assert REFERENCE.search(page)
    assert '<html lang="en" dir="ltr"' in page


@pytest.mark.django_db
def test_the_missing_page_is_ours_in_development_too(client_of, requester, settings):
    settings.DEBUG = True

    response = client_of(requester).get("/tickets/KT-999999/")

    assert response.status_code == 404
    assert b"URLconf" not in response.content


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_explained_without_a_detail(
    client_of, requester, monkeypatch
):
    def away(*args, **kwargs):
        raise OperationalError("password=hunter2")

    client = client_of(requester)
    client.raise_request_exception = False
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)

    response = client.get("/tickets/")

    assert response.status_code == 503
    assert b"hunter2" not in response.content


@pytest.mark.django_db(transaction=True)
def test_a_read_only_database_is_no_fault_of_ours(client_of, requester):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite tells of it in another way")
    client = client_of(requester)
    client.raise_request_exception = False
    written = {"title": "kept text", "description": "d", "category": "technical"}
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")

        response = client.post("/tickets/new/", {**written, "priority": "normal"})

        cursor.execute("SET default_transaction_read_only = off")
    assert response.status_code == 503
    assert b"kept text" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("later", ["RENAME TO later", "RENAME COLUMN title TO later"])
def test_a_page_is_away_and_not_broken_while_migrations_are_to_come(client_of, requester, later):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite tells of it in another way")
    client = client_of(requester)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE tickets_ticket {later}")

    assert client.get("/tickets/?view=all").status_code == 503


def test_line_breaks_in_an_address_do_not_forge_the_log(caplog):
    with override("en"), caplog.at_level(logging.WARNING):
        views.not_found(RequestFactory().get("/a%0d%0aFORGED line"))

    record = caplog.records[-1]
    OneLine().filter(record)
    assert "\n" not in record.getMessage()


@pytest.mark.django_db
@pytest.mark.parametrize("is_development", [False, True])
def test_too_many_parameters_of_an_address_do_not_keep_a_thread_for_minutes(
    is_development, client, settings
):
    """As Django's own page of the error does, which shows all that a request holds."""
    settings.DEBUG = is_development

    response = client.get("/accounts/login/?" + "a=1&" * 1001)

    assert response.status_code == 413
    assert REFERENCE.search(response.content.decode())
