"""Answers by e-mail are on, and mails come from a short builder."""

import os
from urllib.parse import quote, urlsplit

import pytest
from django.db import connection

from intake import services
from tests.factories import NOW, make_ticket
from tickets import reply_addresses

from . import imap_server

ADDRESS = "support@help.example"


@pytest.fixture
def intake(settings, tmp_path):
    settings.INTAKE_ADDRESS = ADDRESS
    settings.SITE_URL = "https://help.example"


@pytest.fixture
def ticket(requester):
    return make_ticket(requester, title="دیسک پر است")


@pytest.fixture
def mail_to(intake):
    """A mail of a person on a ticket, as bytes: `mail_to(ticket, person, "text", …)`."""

    def build(ticket, person, text="هنوز همان است.", **changes):
        values = {
            "sender": person.email,
            "to": reply_addresses.address_for(ticket, person),
            "subject": "Re: [KT-1] ticket",
            "id": "m1@pars.example",
            "more": "",
        } | changes
        return (
            f"From: <{values['sender']}>\nTo: {values['to']}\nSubject: {values['subject']}\n"
            f"Message-ID: <{values['id']}>\nMIME-Version: 1.0\n{values['more']}"
            f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
        ).encode()

    return build


@pytest.fixture
def arrive(intake):
    """Keep and process a mail; returns its row."""

    def run(content, *, now=NOW, **envelope):
        row = services.receive(content, now=now, **envelope)
        return services.process(row.pk, now=now)

    return run


@pytest.fixture(scope="module")
def dovecot():
    with imap_server.running() as server:
        yield server


@pytest.fixture
def server(dovecot, intake, settings):
    for each in [*dovecot.waiting(), *dovecot.processed()]:
        each.unlink()
    settings.IMAP_URL = dovecot.address
    return dovecot


@pytest.fixture
def processes_share_the_database(intake, settings, monkeypatch):
    """Processes that a test starts work on its database, with the same address for answers."""
    if connection.vendor != "postgresql":
        pytest.skip("two processes at once need PostgreSQL")
    name = quote(connection.settings_dict["NAME"])
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
    monkeypatch.setenv("DATABASE_URL", url.geturl())
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    monkeypatch.setenv("INTAKE_ADDRESS", settings.INTAKE_ADDRESS)
