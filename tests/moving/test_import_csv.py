"""`manage.py import_tickets csv`: what becomes of what, and what stays as it is."""

import csv
import json
import tempfile
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moving.records import PersonRecord
from moving.staging import staged
from notifications.models import Notification
from organizations.models import Membership, Organization, Role, User
from tests.factories import make_agent, make_member
from tickets.choices import Band
from tickets.models import Attachment, Clock, Event, Message, StaleDay, Ticket

pytestmark = pytest.mark.django_db
TICKETS = {
    "id": "7",
    "number": "96007",
    "title": "Disk full",
    "status": "closed",
    "priority": "high",
    "category": "technical",
    "organization": "Old Customer",
    "requester": "mina@old.example",
    "assignee": "agent@helpdesk.example",
    "created_at": "2024-03-01T08:00:00Z",
    "closed_at": "2024-03-03T12:00:00Z",
}
MESSAGES = {
    "ticket": "7",
    "author": "mina@old.example",
    "side": "customer",
    "note": "",
    "format": "",
    "body": "The disk of web-3 is full.",
    "created_at": "2024-03-01T08:00:00Z",
    "files": "",
}
ANSWER = {
    "author": "agent@helpdesk.example",
    "side": "agent",
    "body": "We made it larger.",
    "created_at": "2024-03-01T09:30:00Z",
}
PEOPLE = {"id": "", "email": "", "name": "", "organization": "", "role": ""}
HISTORY = {"ticket": "7", "at": "2024-03-02T10:00:00Z", "who": "Bob", "text": "moved to level 2"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "files").mkdir()
    return tmp_path


def write(path, first, *rows):
    """A CSV file of rows that differ from `first` in what each names."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerows(first | row for row in rows)


def fill(folder, *, tickets=({},), messages=({}, ANSWER), people=(), history=()):
    write(folder / "tickets.csv", TICKETS, *tickets)
    write(folder / "messages.csv", MESSAGES, *messages)
    if people:
        write(folder / "people.csv", PEOPLE, *people)
    if history:
        write(folder / "history.csv", HISTORY, *history)


def run(folder, *options):
    """What the command prints."""
    out = StringIO()
    call_command("import_tickets", "csv", str(folder), *options, stdout=out)
    return out.getvalue()


def imported(number="96007"):
    return Ticket.objects.get(earlier_number=number)


def test_a_closed_ticket_keeps_its_times_and_notifies_nobody(folder, agent):
    fill(folder, messages=({}, ANSWER, {**ANSWER, "note": "yes", "body": "Was the log."}))

    run(folder)

    ticket = imported()
    assert ticket.title == "Disk full"
    assert (ticket.status, ticket.priority, ticket.category) == ("closed", "high", "technical")
    assert ticket.created_at == datetime(2024, 3, 1, 8, tzinfo=UTC)
    assert ticket.closed_at == datetime(2024, 3, 3, 12, tzinfo=UTC)
    assert ticket.public_updated_at == ticket.updated_at == ticket.closed_at
    assert ticket.queue_band == Band.CLOSED
    assert ticket.assignee == agent
    assert ticket.waiting_since is None
    written = ticket.messages.values_list("body", "kind", "is_from_staff", "created_at")
    assert list(written.order_by("created_at", "pk")) == [
        ("The disk of web-3 is full.", "public", False, datetime(2024, 3, 1, 8, tzinfo=UTC)),
        ("We made it larger.", "public", True, datetime(2024, 3, 1, 9, 30, tzinfo=UTC)),
        ("Was the log.", "note", True, datetime(2024, 3, 1, 9, 30, tzinfo=UTC)),
    ]
    assert ticket.last_public_message.body == "We made it larger."
    assert ticket.support_spoke_last
    assert not Clock.objects.exists()
    assert not Notification.objects.exists()
    assert not StaleDay.objects.exists()


def test_its_requester_becomes_the_owner_of_a_new_organization(folder, agent):
    fill(
        folder,
        tickets=({}, {"id": "8", "number": "96008", "requester": "ali@old.example"}),
        messages=({}, {"ticket": "8"}),
    )

    run(folder)

    members = Membership.objects.order_by("pk").values_list("user__email", "role")
    assert dict(members) == {"mina@old.example": Role.OWNER, "ali@old.example": Role.MEMBER}
    organization = Organization.objects.get()
    assert (organization.name, organization.plan.is_default) == ("Old Customer", True)
    user = User.objects.get(email="mina@old.example")
    assert not user.has_usable_password()
    assert not user.emailaddress_set.get().verified
    assert organization.history.exists()


def test_people_are_matched_by_address_and_organizations_by_name(folder, agent, organization):
    sara = make_member(organization, "sara@pars.example", role=Role.OWNER)
    fill(folder, tickets=({"requester": " SARA@Pars.example ", "organization": "PARS cloud"},))

    run(folder)

    assert imported().requester == sara
    assert imported().organization == organization
    assert User.objects.filter(email__startswith="sara").count() == 1
    assert Membership.objects.get().role == Role.OWNER


def test_an_organization_here_gets_no_member_who_had_an_account(folder, agent, organization):
    make_member(organization, "sara@pars.example", role=Role.OWNER)
    stranger = User.objects.create(email="mina@old.example", name="Mina")
    fill(folder, tickets=({"organization": "Pars Cloud"},))

    run(folder)

    assert imported().organization == organization
    assert not stranger.memberships.exists()


def test_an_agent_who_does_not_exist_writes_under_an_account_nobody_signs_in_to(folder, agent):
    fill(
        folder,
        messages=({}, {**ANSWER, "author": "gone@old.example"}, {**ANSWER, "author": ""}),
        people=({"email": "gone@old.example", "name": "Gone Agent", "role": "agent"},),
    )

    report = run(folder)

    gone, unknown = (each.author for each in imported().messages.filter(is_from_staff=True))
    assert (gone.name, gone.staff_role, gone.is_active) == ("Gone Agent", "agent", False)
    assert (unknown.name, unknown.is_active) == ("CSV", False)
    assert unknown.is_undeliverable
    assert "Gone Agent <gone@old.example>" in report


def test_an_open_ticket_gets_its_clock_from_the_chosen_moment(folder, agent):
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    fill(folder, tickets=({"status": "open", "closed_at": "", "priority": "normal"},))
    write(folder / "messages.csv", MESSAGES, {}, ANSWER, {"created_at": "2024-03-02T08:00:00Z"})

    run(folder, "--clocks-from", moment.isoformat())

    ticket = imported()
    clock = ticket.clocks.get()
    assert (clock.kind, clock.started_at) == (Clock.Kind.NEXT_RESPONSE, moment)
    assert (ticket.status, ticket.due_at) == ("in_progress", clock.due_at)
    assert ticket.queue_band == Band.DUE
    assert ticket.waiting_since == datetime(2024, 3, 2, 8, tzinfo=UTC)
    assert ticket.messages.waiting().count() == 1
    assert clock.stretch_from == moment
    assert not Notification.objects.exists()


def test_what_awaits_the_customer_closes_48_hours_after_the_chosen_moment(folder, agent):
    moment = datetime.now(UTC).replace(microsecond=0)
    fill(folder, tickets=({"status": "pending close", "closed_at": ""},))

    run(folder, "--clocks-from", moment.isoformat())

    ticket = imported()
    assert (ticket.status, ticket.assignee) == ("awaiting_customer", agent)
    assert ticket.auto_close_at == moment + timedelta(hours=48)
    assert ticket.queue_band == Band.AWAITING_CUSTOMER


def test_what_a_customer_waits_for_is_not_awaiting_the_customer(folder):
    fill(folder, tickets=({"status": "pending close", "closed_at": ""},), messages=({},))

    run(folder)

    assert imported().status == "awaiting_response"
    assert imported().assignee is None


def test_run_twice_it_adds_nothing(folder, agent):
    fill(folder)
    run(folder)
    before = [each.objects.count() for each in (Ticket, Message, Event, User, Organization)]

    report = run(folder)

    assert "imported 0 tickets" in report
    assert before == [each.objects.count() for each in (Ticket, Message, Event, User, Organization)]


def test_a_member_who_was_removed_here_does_not_come_back(folder, agent):
    fill(folder)
    run(folder)
    Membership.objects.all().delete()
    fill(folder, tickets=({}, {"id": "8", "number": "96008"}))

    run(folder)

    assert Ticket.objects.count() == 2
    assert not Membership.objects.exists()


def test_the_same_ids_of_another_source_are_other_tickets(folder, agent):
    fill(folder)
    run(folder)

    run(folder, "--source", "second")

    assert Ticket.objects.count() == 2


def test_a_dry_run_says_what_becomes_of_what_and_writes_nothing(folder, agent):
    fill(
        folder,
        tickets=({"status": "odd", "priority": "P9"}, {"id": "8", "created_at": "soon"}),
    )

    report = run(folder, "--dry-run")

    assert "odd → closed  1  (unknown: a default)" in report
    assert "P9 → normal  1  (unknown: a default)" in report
    assert "its creation time cannot be read: 8" in report
    assert "new: Old Customer" in report
    assert "nothing was written" in report
    assert not Ticket.objects.exists()
    assert list(User.objects.all()) == [agent]


def test_a_file_of_the_operator_decides_what_becomes_of_what(folder, agent, organization):
    fill(
        folder,
        tickets=({"status": "درحال بررسي", "priority": "P9", "category": "Root", "closed_at": ""},),
    )
    mapping = {
        "status": {"در حال بررسی": "awaiting_customer"},
        "priority": {"p9": "critical"},
        "category": {"root": "sales"},
        "organization": {"Old Customer": "pars"},
    }
    (folder / "map.json").write_text(json.dumps(mapping))

    run(folder, "--map", str(folder / "map.json"))

    ticket = imported()
    assert (ticket.status, ticket.priority) == ("awaiting_customer", "critical")
    assert (ticket.category, ticket.organization) == ("sales", organization)


def test_files_keep_their_times_and_are_of_the_kind_that_they_are(folder, agent):
    (folder / "files" / "note.txt").write_text("one line\n")
    (folder / "files" / "page.html").write_text("<script>alert(1)</script>")
    (folder / "files" / "empty.txt").write_text("")
    (folder.parent / "secret.txt").write_text("secret")
    names = "note.txt; page.html; empty.txt; missing.txt; ../../secret.txt"
    fill(folder, messages=({"files": names},))

    report = run(folder)

    files = Attachment.objects.order_by("name").values_list("name", "content_type", "created_at")
    at = datetime(2024, 3, 1, 8, tzinfo=UTC)
    assert list(files) == [
        ("note.txt", "text/plain", at),
        ("page.html", "application/octet-stream", at),
    ]
    first = Attachment.objects.get(name="note.txt")
    assert default_storage.open(first.path).read() == b"one line\n"
    assert (folder / "files" / "note.txt").exists()
    for what in ("empty files", "files that are missing", "files outside the folder"):
        assert f"1 × {what}" in report


def test_history_is_kept_with_its_times_for_agents_alone(folder, agent, client_of):
    fill(folder, history=({},))

    run(folder)

    ticket = imported()
    line = ticket.events.get(kind=Event.Kind.HAPPENED_EARLIER)
    assert line.created_at == datetime(2024, 3, 2, 10, tzinfo=UTC)
    page = client_of(agent).get(ticket.get_queue_url()).content.decode()
    assert "Bob: moved to level 2" in page
    member = User.objects.get(email="mina@old.example")
    page = client_of(member).get(ticket.get_absolute_url()).content.decode()
    assert "moved to level 2" not in page
    assert "96007" in page


@pytest.mark.parametrize(
    ("there", "typed"),
    [("۹۶۰۰۷", "96007"), ("۹۶۰۰۷", "۹۶۰۰۷"), ("INC–٤٢", "＃inc-42"), ("\u200fREQ 7", "#req7")],
)
def test_the_old_number_is_found_in_whatever_digits_and_signs_it_was(folder, agent, there, typed):
    fill(folder, tickets=({"number": there},))
    run(folder)

    assert list(Ticket.objects.matching(typed, agent)) == [Ticket.objects.get()]


@pytest.mark.parametrize("typed", ["96007", "#96007", "۹۶۰۰۷", " 96007 "])
def test_the_old_number_is_found(folder, agent, requester, client_of, typed):
    fill(folder)
    run(folder)

    assert list(Ticket.objects.matching(typed, agent)) == [imported()]
    seen = Ticket.objects.visible_to(requester)
    assert list(seen.matching(typed, requester)) == []
    page = client_of(agent).get("/queue/", {"q": typed, "status": "any"}).content.decode()
    assert imported().number in page


def test_hostile_texts_are_kept_as_text(folder, agent, client_of):
    body = "<script>alert(1)</script>\x00 {{ 7|add:7 }} \u202e'; DROP TABLE x;--"
    fill(
        folder,
        tickets=({"title": "x" * 500, "number": "N" * 90, "organization": "A\u202eB"},),
        messages=({"body": body}, {"body": "long " * 9000}),
    )

    run(folder)

    ticket = Ticket.objects.get()
    assert ticket.title == "x" * 200
    assert len(ticket.earlier_number) == 40
    assert ticket.organization.name == "AB"
    assert "\x00" not in ticket.messages.order_by("pk")[0].body
    whole = Attachment.objects.get()
    assert whole.name == "message.txt"
    assert default_storage.open(whole.path).read().decode() == "long " * 9000
    page = client_of(agent).get(ticket.get_queue_url()).content.decode()
    assert "<script>alert(1)" not in page


def test_html_becomes_the_text_that_a_person_would_read(folder, agent):
    html = "<p>Hello</p><script>alert(1)</script><ul><li>one</li></ul>"
    fill(folder, messages=({"body": html, "format": "html"},))

    run(folder)

    body = Message.objects.get().body
    assert "Hello" in body
    assert "alert" not in body


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda text: text[: text.rindex(b",")], "Is the file cut off?"),
        (lambda text: text + b'"8,half', "Is the file cut off?"),
        (lambda text: text.replace(b"Disk full", "ديسك پر".encode("cp1256")), "not utf-8"),
        (lambda text: text.replace(b"created_at", b"when"), "no column created_at"),
        (lambda text: b"", "no column id"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_stops_before_anything(folder, spoil, sentence):
    fill(folder)
    path = folder / "tickets.csv"
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(CommandError, match=sentence):
        run(folder)

    assert not Ticket.objects.exists()
    assert not Organization.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_that_ends_in_the_middle_of_a_letter_is_named_with_its_line(folder, encoding):
    fill(folder)
    path = folder / "tickets.csv"
    text = path.read_text("utf-8").rstrip("\n") + "\n9,ديسك"
    path.write_bytes(text.encode(encoding)[:-1])

    with pytest.raises(CommandError) as refused:
        run(folder)

    line = len(text.splitlines())
    assert f"tickets.csv, line {line}: the file ends in the middle of a letter" in str(
        refused.value
    )


def test_an_import_that_is_killed_leaves_no_file_of_what_it_had_read(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    people = [PersonRecord(id=str(n), email="", name="x") for n in range(5000)]

    with staged(people) as stage:
        left = list(tmp_path.iterdir())
        found = stage.count(PersonRecord)

    assert left == []
    assert found == 5000


def test_other_encodings_are_read_when_named(folder):
    fill(folder)
    path = folder / "tickets.csv"
    text = path.read_text("utf-8").replace("Disk full", "ديسك پر")
    path.write_bytes(text.encode("cp1256"))

    run(folder, "--encoding", "cp1256")

    assert imported().title == "ديسك پر"


def test_dates_in_the_future_are_taken_as_now(folder):
    fill(folder, tickets=({"created_at": "2199-01-01T00:00:00Z", "closed_at": ""},), messages=())
    before = datetime.now(UTC)

    report = run(folder)

    assert before <= imported().created_at <= datetime.now(UTC)
    assert "times in the future, taken as now (creation time): 7" in report
    assert imported().messages.get().body == "Disk full"


def test_one_address_under_two_ids_is_one_person(folder, agent):
    fill(
        folder,
        tickets=({"requester": "1"}, {"id": "8", "number": "96008", "requester": "2"}),
        people=(
            {"id": "1", "email": "mina@old.example", "name": "Mina"},
            {"id": "2", "email": "MINA@old.example", "name": "Mina K."},
            {"id": "3", "email": "no address", "name": "Phone"},
        ),
    )

    report = run(folder)

    assert {each.requester.name for each in Ticket.objects.all()} == {"Mina"}
    assert "taken as one person: 1" in report


def test_tickets_that_cannot_be_taken_are_named_with_the_reason(folder, agent):
    fill(
        folder,
        tickets=(
            {"requester": "nobody"},
            {"id": "8", "requester": "agent@helpdesk.example"},
            {"id": "9", "organization": ""},
            {"id": "10", "status": "deleted"},
            {"id": "10"},
            {"id": ""},
        ),
        messages=(),
    )

    report = run(folder)

    for reason in (
        "1 × its requester is unknown: 7",
        "1 × its requester is support: 8",
        "1 × it has no organization (--organization names one): 9",
        "1 × it was deleted there: 10",
        "1 × it has no id",
        "left out: 1 ticket",
    ):
        assert reason in report
    assert not Ticket.objects.exists()


def test_a_run_that_was_stopped_goes_on_where_it_was(folder, agent, monkeypatch):
    rows = [{"id": str(n), "number": f"N{n}"} for n in range(1, 8)]
    fill(folder, tickets=rows, messages=({"ticket": "1"},))
    monkeypatch.setattr("moving.importing.BATCH", 3)
    write_batch = "moving.services.importing.import_tickets"
    with monkeypatch.context() as patched:
        patched.setattr(write_batch, _fails_at_second(write_batch))
        with pytest.raises(RuntimeError):
            run(folder)
    assert Ticket.objects.count() == 3

    report = run(folder)

    assert "3 of them are here already" in report
    assert "imported 4 tickets" in report
    assert Ticket.objects.count() == 7


def _fails_at_second(path):
    """The service, which fails when it is called for the second time."""
    from moving.services import importing

    service, called = importing.import_tickets, []

    def failing(*args, **kwargs):
        called.append(1)
        if len(called) == 2:
            raise RuntimeError(path)
        return service(*args, **kwargs)

    return failing


def test_statements_do_not_grow_with_the_tickets(folder, agent):
    def count(size, start):
        rows = [
            {"id": str(n), "number": f"N{n}", "status": "open", "closed_at": ""}
            for n in range(start, start + size)
        ]
        fill(folder, tickets=rows, messages=[{"ticket": each["id"]} for each in rows])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run(folder)
        return len(queries)

    count(60, 1000)
    few = count(60, 2000)

    assert count(120, 3000) <= few + 2


def test_a_removed_agent_is_not_the_assignee_of_an_open_ticket(folder):
    make_agent("gone@old.example", is_active=False)
    fill(
        folder,
        tickets=({"status": "open", "closed_at": "", "assignee": "gone@old.example"},),
        messages=({},),
    )

    run(folder)

    assert (imported().status, imported().assignee) == ("awaiting_response", None)
