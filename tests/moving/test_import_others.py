"""The readers of Zammad and osTicket, over files as these systems write them; two runs at once."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.factories import make_agent
from tickets.models import Attachment, Event, Message, Ticket

USERS = [
    {"id": 3, "login": "mina@old.example", "email": "mina@old.example", "firstname": "Mina",
     "lastname": "Azad", "organization_id": 2, "roles": ["Customer"]},
    {"id": 5, "login": "agent@helpdesk.example", "email": "agent@helpdesk.example",
     "firstname": "Maryam", "lastname": "", "organization_id": None, "roles": ["Agent", "Admin"]},
]  # fmt: skip
TICKET = {
    "id": 11, "number": "96011", "title": "Backup fails", "state": "closed", "priority": "3 high",
    "group": "Billing", "customer_id": 3, "owner_id": 5, "organization_id": 2,
    "created_at": "2024-03-01T08:00:00.000Z", "close_at": "2024-03-02T08:00:00.000Z",
}  # fmt: skip
ARTICLES = [
    {"id": 21, "ticket_id": 11, "sender": "Customer", "internal": False, "created_by_id": 5,
     "origin_by_id": 3, "content_type": "text/html", "body": "<p>It <b>fails</b></p>",
     "created_at": "2024-03-01T08:00:00.000Z",
     "attachments": [{"id": 31, "filename": "log.txt", "size": "9"}]},
    {"id": 22, "ticket_id": 11, "sender": "Agent", "internal": True, "created_by_id": 5,
     "content_type": "text/plain", "body": "Disk?", "created_at": "2024-03-01T09:00:00.000Z"},
    {"id": 23, "ticket_id": 11, "sender": "Agent", "internal": False, "created_by_id": 5,
     "content_type": "text/plain", "body": "Mended", "created_at": "2024-03-01T10:00:00.000Z"},
]  # fmt: skip
HISTORY = {
    "history": [
        {"id": 1, "o_id": 11, "object": "Ticket", "type": "updated", "attribute": "state",
         "value_from": "new", "value_to": "open", "created_at": "2024-03-01T08:30:00.000Z",
         "created_by_id": 5}
    ]
}  # fmt: skip


def run(form, folder, *options):
    out = StringIO()
    call_command("import_tickets", form, str(folder), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def zammad(tmp_path):
    def write(name, *lines):
        (tmp_path / name).write_text("\n".join(json.dumps(each) for each in lines), "utf-8")

    (tmp_path / "files" / "11" / "21").mkdir(parents=True)
    (tmp_path / "files" / "11" / "21" / "31").write_text("one line\n")
    write("organizations.jsonl", {"id": 2, "name": "Old Customer"})
    write("users.jsonl", USERS)
    write("tickets.jsonl", [TICKET], [])
    write("articles.jsonl", ARTICLES[:2], ARTICLES[2:])
    write("history.jsonl", HISTORY)
    return tmp_path


@pytest.mark.django_db
def test_zammad_is_read_as_its_api_answers(zammad, agent):
    report = run("zammad", zammad)

    ticket = Ticket.objects.get(earlier_number="96011")
    assert (ticket.status, ticket.priority, ticket.category) == ("closed", "high", "financial")
    assert (ticket.organization.name, ticket.assignee) == ("Old Customer", agent)
    messages = ticket.messages.order_by("pk").values_list("author__email", "kind", "body")
    assert list(messages) == [
        ("mina@old.example", "public", "It fails"),
        ("agent@helpdesk.example", "note", "Disk?"),
        ("agent@helpdesk.example", "public", "Mended"),
    ]
    assert Attachment.objects.get().name == "log.txt"
    line = ticket.events.get(kind=Event.Kind.HAPPENED_EARLIER)
    assert line.changes == {"who": "Maryam", "text": "updated state new → open"}
    assert "closed → closed  1" in report


@pytest.mark.django_db
def test_a_dump_of_zammad_that_is_cut_off_stops_before_anything(zammad):
    path = zammad / "articles.jsonl"
    path.write_text(path.read_text()[:-40])

    with pytest.raises(CommandError, match="cut off"):
        run("zammad", zammad)

    assert not Ticket.objects.exists()


TABLES = {
    "organization": [{"id": "2", "name": "Old Customer"}],
    "user": [{"id": "3", "org_id": "2", "default_email_id": "7", "name": "Mina Azad"}],
    "user_email": [{"id": "7", "user_id": "3", "address": "mina@old.example"}],
    "staff": [
        {"staff_id": "5", "email": "agent@helpdesk.example", "firstname": "M", "lastname": ""}
    ],
    "ticket": [
        {"ticket_id": "11", "number": "480011", "user_id": "3", "status_id": "3", "topic_id": "0",
         "staff_id": "5", "created": "2024-03-01 11:30:00", "closed": "2024-03-02 11:30:00"},
        {"ticket_id": "12", "number": "480012", "user_id": "3", "status_id": "1", "topic_id": "0",
         "staff_id": "0", "created": "2024-03-03 11:30:00", "closed": "NULL"},
    ],
    "ticket__cdata": [
        {"ticket_id": "11", "subject": "Backup fails", "priority": "4"},
        {"ticket_id": "12", "subject": "Slow", "priority": "NULL"},
    ],
    "ticket_status": [
        {"id": "1", "name": "Open", "state": "open"},
        {"id": "3", "name": "Closed", "state": "closed"},
    ],
    "ticket_priority": [{"priority_id": "4", "priority": "emergency"}],
    "thread": [
        {"id": "41", "object_id": "11", "object_type": "T"},
        {"id": "42", "object_id": "12", "object_type": "T"},
        {"id": "43", "object_id": "11", "object_type": "A"},
    ],
    "thread_entry": [
        {"id": "51", "thread_id": "41", "staff_id": "0", "user_id": "3", "type": "M",
         "format": "html", "body": "<p>It fails</p>", "created": "2024-03-01 11:30:00"},
        {"id": "52", "thread_id": "41", "staff_id": "5", "user_id": "0", "type": "R",
         "format": "text", "body": "Mended", "created": "2024-03-01 12:30:00"},
        {"id": "53", "thread_id": "41", "staff_id": "5", "user_id": "0", "type": "N",
         "format": "text", "body": "Disk", "created": "2024-03-01 12:31:00"},
        {"id": "54", "thread_id": "43", "staff_id": "5", "user_id": "0", "type": "N",
         "format": "text", "body": "A task", "created": "2024-03-01 12:31:00"},
    ],
    "attachment": [{"id": "1", "object_id": "51", "type": "H", "file_id": "61", "name": ""}],
    "file": [{"id": "61", "name": "log.txt"}],
}  # fmt: skip


@pytest.fixture
def osticket(tmp_path):
    for name, rows in TABLES.items():
        with (tmp_path / f"ost_{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "61").write_text("one line\n")
    return tmp_path


@pytest.mark.django_db
def test_osticket_is_read_from_its_tables(osticket, agent):
    run("osticket", osticket, "--time-zone", "Asia/Tehran")

    closed, opened = Ticket.objects.order_by("pk")
    assert (closed.earlier_number, closed.status, closed.priority) == ("480011", "closed", "urgent")
    assert closed.created_at == datetime(2024, 3, 1, 8, tzinfo=UTC)
    assert (opened.title, opened.status, opened.assignee) == ("Slow", "awaiting_response", None)
    messages = closed.messages.order_by("pk").values_list("author__email", "kind", "body")
    assert list(messages) == [
        ("mina@old.example", "public", "It fails"),
        ("agent@helpdesk.example", "public", "Mended"),
        ("agent@helpdesk.example", "note", "Disk"),
    ]
    assert Attachment.objects.get().name == "log.txt"


@pytest.mark.django_db
def test_a_missing_table_of_osticket_is_named(osticket):
    (osticket / "ost_thread.csv").unlink()

    with pytest.raises(CommandError, match="no table ost_thread"):
        run("osticket", osticket)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_import_each_ticket_once(zammad, monkeypatch):
    make_agent()
    tickets = [TICKET | {"id": number, "number": f"N{number}"} for number in range(100, 130)]
    (zammad / "tickets.jsonl").write_text(json.dumps(tickets))
    monkeypatch.setattr("moving.importing.BATCH", 10)
    barrier, failed = Barrier(2), []

    def at_once():
        try:
            barrier.wait(10)
            run("zammad", zammad)
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    runs = [Thread(target=at_once) for _run in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()

    assert failed == []
    assert Ticket.objects.count() == 30
    assert Message.objects.count() == 30
