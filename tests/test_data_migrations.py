"""Each migration that moves rows, from a filled database as it was before it.

The database of these tests goes forward only, one migration after the other, because going back
and forth through all of them takes minutes. A new RunPython needs a test here.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, models
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor

from tests.test_migrations import OURS, migrations, of_database
from tickets.models import place_of
from tickets.search.folding import alphabetical

LONG = pytest.mark.full
NOW = datetime(2026, 5, 5, 8, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMED = re.compile(r'migrated_from\("(\w+)", "(\w+)"\)')
REQUIRED = {
    models.DateTimeField: NOW,
    models.DateField: NOW.date(),
    models.DurationField: 4 * HOUR,
    models.JSONField: {},
    models.BooleanField: False,
    models.BinaryField: b"",
}


class EarlierDatabase:
    """A database in which each migration can be tested once, in the order of their dependencies."""

    def migrate(self, *targets):
        """Bring it to at least these migrations; gives the models as they are there."""
        executor = MigrationExecutor(connection)
        applied = executor.loader.applied_migrations
        executor.migrate([target for target in targets if target not in applied])
        loader = MigrationExecutor(connection).loader
        return loader.project_state(list(loader.applied_migrations)).apps

    def is_past(self, target):
        return target in MigrationExecutor(connection).loader.applied_migrations


@pytest.fixture(scope="module")
def earlier_database(django_db_setup, django_db_blocker):
    """An empty database beside that of the other tests; queries go to it meanwhile."""
    if connection.vendor != "postgresql":
        pytest.skip("makes a database of its own on PostgreSQL")
    usual = connection.settings_dict["NAME"]
    name = f"{usual}_earlier"
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    with django_db_blocker.unblock():
        run(drop, f'CREATE DATABASE "{name}"')
        use(name)
        yield EarlierDatabase()
        use(usual)
        run(drop)


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def use(name):
    connection.close()
    connection.settings_dict["NAME"] = name


@pytest.fixture
def migrated_from(earlier_database):
    """Gives the models before a migration, and what applies it."""

    def before(app, name):
        assert not earlier_database.is_past((app, name)), "tests run in the order of migrations"
        parents = migrations()[f"{app}.{name}"].dependencies
        known = {tuple(each.split(".")) for each in migrations()}
        old = earlier_database.migrate(*[each for each in parents if tuple(each) in known])
        return old, lambda: earlier_database.migrate((app, name))

    return before


def make(apps, label, **given):
    """A row of an earlier model; fills what it requires and what is not given."""
    model = apps.get_model(label)
    for field in model._meta.concrete_fields:
        names = {field.name, field.attname}
        optional = field.primary_key or field.null or field.has_default()
        if not optional and not names & given.keys():
            given[field.name] = required(apps, field)
    return model.objects.create(**given)


def required(apps, field):
    if field.is_relation:
        return make(apps, field.related_model._meta.label)
    if field.choices:
        return field.choices[0][0]
    for kind, value in REQUIRED.items():
        if isinstance(field, kind):
            return value
    if isinstance(field, models.IntegerField):
        return 1
    if field.unique:
        required.count = getattr(required, "count", 0) + 1
        return f"{field.name}{required.count}"
    return ""


def make_ticket(apps, **given):
    values = {"status": "awaiting_response", "category": "technical", "priority": "normal"}
    return make(apps, "tickets.Ticket", **values | given)


@LONG
def test_plans_are_shipped_into_an_empty_database(migrated_from):
    old, migrate = migrated_from("plans", "0004_shipped_plans")
    assert not old.get_model("plans.Plan").objects.exists()

    new = migrate()

    shipped = new.get_model("plans.Plan").objects
    assert {"developer", "business", "sme", "enterprise"} <= set(
        shipped.values_list("key", flat=True)
    )
    assert all(plan.versions.exists() for plan in shipped.all())


@LONG
def test_plans_without_history_get_a_first_line(migrated_from):
    old, migrate = migrated_from("plans", "0008_first_history")
    remembered, other = old.get_model("plans.Plan").objects.order_by("pk")[:2]
    history = old.get_model("plans.HistoricalPlan").objects
    fields = {field.attname for field in remembered._meta.concrete_fields}
    history.create(
        **{name: getattr(remembered, name) for name in fields},
        history_date=NOW,
        history_type="+",
    )

    new = migrate()

    lines = new.get_model("plans.HistoricalPlan").objects
    assert lines.get(id=remembered.pk).history_date == NOW
    assert lines.get(id=other.pk).history_date == other.versions.earliest("number").created_at


@LONG
def test_clocks_get_the_sum_behind_their_due(migrated_from):
    old, migrate = migrated_from("tickets", "0005_fill_sums_of_clocks")
    ticket = make_ticket(old, queue_band=1)
    values = {"ticket": ticket, "kind": "response", "target": 4 * HOUR, "started_at": NOW}
    dues = {"due_at": NOW + 4 * HOUR, "due_soon_at": NOW + 3 * HOUR}
    running = make(old, "tickets.Clock", state="running", **values, **dues)
    met = make(
        old,
        "tickets.Clock",
        state="met",
        stopped_at=NOW + HOUR,
        **values | {"kind": "resolution"},
        **dues,
    )
    change = {"clock": running, "at": NOW + HOUR, "reason": "raised"}
    moved = {"old_due_at": NOW + 8 * HOUR, "new_due_at": NOW + 4 * HOUR}
    make(old, "tickets.ClockChange", **change, **moved)

    new = migrate()

    clocks = new.get_model("tickets.Clock").objects
    running, met = clocks.get(pk=running.pk), clocks.get(pk=met.pk)
    assert (running.reckoned_from, running.reckoned_for) == (NOW + HOUR, 4 * HOUR)
    assert running.counting_from == NOW
    assert (met.reckoned_from, met.counted, met.counting_from) == (NOW, HOUR, None)


@LONG
def test_every_day_with_a_due_is_counted_again(migrated_from):
    old, migrate = migrated_from("tickets", "0014_mark_days_stale")
    dues = [clock.due_at for clock in old.get_model("tickets.Clock").objects.all()]
    days = {due.date() for due in dues}

    new = migrate()

    assert days <= set(new.get_model("tickets.StaleDay").objects.values_list("day", flat=True))


@LONG
def test_tickets_get_their_place_by_title_and_who_spoke_last(migrated_from):
    old, migrate = migrated_from("tickets", "0016_fill_list_columns")
    silent = make_ticket(old, queue_band=1, title_folded="پ")
    answered = make_ticket(old, queue_band=1, title_folded="ب")
    values = {"ticket": answered, "kind": "public", "is_from_staff": True, "body": "Answer"}
    answered.last_public_message = make(old, "tickets.Message", **values)
    answered.save()

    new = migrate()

    tickets = new.get_model("tickets.Ticket").objects
    silent, answered = tickets.get(pk=silent.pk), tickets.get(pk=answered.pk)
    assert bytes(answered.title_place) < bytes(silent.title_place)
    assert (silent.support_spoke_last, answered.support_spoke_last) == (False, True)


@LONG
def test_indexes_that_begin_another_one_are_dropped(migrated_from):
    _old, migrate = migrated_from("tickets", "0022_drop_prefix_indexes")
    before = indexes_of("tickets_ticket")

    migrate()

    gone = before - indexes_of("tickets_ticket")
    assert {name.split("_")[2] for name in gone} == {"organization", "requester"}


@LONG
def test_titles_and_texts_are_folded_again(migrated_from):
    old, migrate = migrated_from("tickets", "0026_fold_again")
    ticket = make_ticket(old, queue_band=1, title="خطاي ۱٬۲۰۰", title_folded="before")
    values = {"ticket": ticket, "kind": "public", "is_from_staff": True}
    message = make(old, "tickets.Message", **values, body="كتاب", body_folded="before")

    new = migrate()

    ticket = new.get_model("tickets.Ticket").objects.get(pk=ticket.pk)
    assert ticket.title_folded == "خطای 1200"
    assert bytes(ticket.title_place)
    assert new.get_model("tickets.Message").objects.get(pk=message.pk).body_folded == "کتاب"


@LONG
def test_sentences_of_holds_become_codes(migrated_from):
    old, migrate = migrated_from("tickets", "0028_fill_hold_codes")
    sentence = "The latest reply could not be delivered to the customer."
    hold = {"auto_close_held_at": NOW, "auto_close_hold_reason": sentence}
    ticket = make_ticket(old, queue_band=3, **{"status": "awaiting_customer", **hold})
    event = {"ticket": ticket, "kind": "held", "created_at": NOW, "changes": {"reason": sentence}}
    event = make(old, "tickets.Event", **event)

    new = migrate()

    ticket = new.get_model("tickets.Ticket").objects.get(pk=ticket.pk)
    assert (ticket.auto_close_hold_code, ticket.auto_close_hold_reason) == ("unreached", "")
    changes = new.get_model("tickets.Event").objects.get(pk=event.pk).changes
    assert changes == {"code": "unreached"}


@LONG
def test_searched_texts_get_trigram_indexes(migrated_from):
    _old, migrate = migrated_from("tickets", "0030_index_text")

    migrate()

    assert "ticket_title_trigrams" in indexes_of("tickets_ticket")
    assert "message_text_trigrams" in indexes_of("tickets_message")


@LONG
def test_running_clocks_get_the_stretch_that_they_count(migrated_from):
    old, migrate = migrated_from("tickets", "0033_fill_stretches")
    begun = {"started_at": NOW, "counting_from": NOW, "reckoned_from": NOW, "target": 4 * HOUR}
    dues = {"due_at": NOW + 4 * HOUR, "due_soon_at": NOW + 3 * HOUR, "reckoned_for": 4 * HOUR}
    values = {"ticket": make_ticket(old, queue_band=1), "kind": "response", "state": "running"}
    clock = make(old, "tickets.Clock", **values, **begun, **dues)
    line = {"clock": clock, "at": NOW, "reason": "started", "new_due_at": NOW + 4 * HOUR}
    make(old, "tickets.ClockChange", **line)

    new = migrate()

    clock = new.get_model("tickets.Clock").objects.get(pk=clock.pk)
    assert (clock.sum_from, clock.stretch_from) == (NOW, NOW)


@LONG
def test_reasons_of_not_sending_become_codes(migrated_from):
    old, migrate = migrated_from("notifications", "0007_reason_codes")
    known = make(old, "notifications.AccountMail", error="no verified address")
    other = make(old, "notifications.AccountMail", error="550 mailbox full")

    new = migrate()

    mails = new.get_model("notifications.AccountMail").objects
    assert mails.get(pk=known.pk).error == "no_address"
    assert mails.get(pk=other.pk).error == "550 mailbox full"


@LONG
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no fill factor")
def test_pages_of_tickets_get_room(migrated_from):
    _old, migrate = migrated_from("tickets", "0046_room_on_pages")

    migrate()

    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'tickets_ticket'")
        assert cursor.fetchone() == (["fillfactor=80"],)


@LONG
def test_who_is_away_becomes_absent(migrated_from):
    old, migrate = migrated_from("organizations", "0012_fill_absences")
    away = make(old, "organizations.User", email="away@helpdesk.example", is_present=False)
    there = make(old, "organizations.User", email="there@helpdesk.example", is_present=True)

    new = migrate()

    people = new.get_model("organizations.User").objects
    assert people.get(pk=away.pk).absent_since is not None
    assert people.get(pk=there.pk).absent_since is None


@LONG
def test_open_tickets_get_their_places_by_the_names(migrated_from):
    old, migrate = migrated_from("tickets", "0063_fill_places_by_name")
    agent = make(old, "organizations.User", email="a@helpdesk.example", name="كاوه")
    mine = make_ticket(old, queue_band=1, assignee=agent)
    closed = make_ticket(old, queue_band=9, status="closed", closed_at=NOW, assignee=agent)

    new = migrate()

    tickets = new.get_model("tickets.Ticket").objects
    mine, closed = tickets.get(pk=mine.pk), tickets.get(pk=closed.pk)
    assert bytes(mine.assignee_place) == place_of("کاوه")
    assert bytes(mine.organization_place) == place_of(mine.organization.name)
    assert bytes(closed.assignee_place) == b""


@LONG
def test_letters_that_look_alike_are_folded_again(migrated_from):
    old, migrate = migrated_from("tickets", "0072_fold_look_alikes")
    ticket = make_ticket(old, queue_band=1, title_folded="ٱلف‐ب")
    values = {"ticket": ticket, "kind": "public", "is_from_staff": True}
    message = make(old, "tickets.Message", **values, body_folded="don’t ۆ")
    other = make(old, "tickets.Message", **values, body_folded="don't")
    canned = make(
        old, "tickets.CannedReply", title="x", searched="a–b", body_fa="x", scope="shared"
    )
    tag, taken = (make(old, "tickets.Tag", name=key, name_key=key) for key in ("a–b", "c–d"))
    make(old, "tickets.Tag", name="c-d", name_key="c-d")

    new = migrate()

    ticket = new.get_model("tickets.Ticket").objects.get(pk=ticket.pk)
    assert ticket.title_folded == "الف-ب"
    assert bytes(ticket.title_place) == alphabetical("الف-ب")
    messages, tags = (new.get_model(f"tickets.{name}").objects for name in ("Message", "Tag"))
    assert messages.get(pk=message.pk).body_folded == "don't و"
    assert messages.get(pk=other.pk).body_folded == "don't"
    assert new.get_model("tickets.CannedReply").objects.get(pk=canned.pk).searched == "a-b"
    assert (tags.get(pk=tag.pk).name_key, tags.get(pk=taken.pk).name_key) == ("a-b", "c–d")


def indexes_of(table):
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


def test_every_migration_that_moves_rows_has_a_test():
    moving = {
        name
        for name, migration in migrations().items()
        if migration.app_label in OURS
        and any(isinstance(each, RunPython) for each in of_database(migration.operations))
    }

    tested = {".".join(each) for each in NAMED.findall(Path(__file__).read_text("utf-8"))}

    assert tested == moving
