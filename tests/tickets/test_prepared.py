"""Queries that are put together once give what they give when they are built each time."""

from datetime import timedelta

import pytest
from django.db import connection

from organizations.models import Role
from tests.factories import NOW, make_member, make_ticket
from tickets import services
from tickets.models import Ticket
from tickets.prepared import Prepared
from tickets.rows import AnyOf

pytestmark = pytest.mark.django_db

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="only there statements are kept"
)
HOUR = timedelta(hours=1)


@Prepared
def of_requester(person):
    return Ticket.objects.filter(requester=person).order_by("pk").values_list("pk", "title")


@Prepared
def created_before(at, tickets):
    found = Ticket.objects.filter(AnyOf("id", tickets), created_at__lt=at)
    return found.order_by("pk").values_list("pk", flat=False)


def test_each_person_gets_their_own_rows_by_the_same_statement(requester, colleague):
    mine, theirs = make_ticket(requester, title="Mine"), make_ticket(colleague, title="Theirs")

    found = [of_requester.rows(person=each.pk) for each in (requester, colleague, requester)]

    assert found == [[(mine.pk, "Mine")], [(theirs.pk, "Theirs")], [(mine.pk, "Mine")]]


def test_moments_and_keys_are_put_in_each_time(requester):
    tickets = [make_ticket(requester) for _each in range(3)]
    keys, now = [ticket.pk for ticket in tickets], NOW

    assert created_before.rows(at=now + HOUR, tickets=keys) == [(key,) for key in keys]
    assert created_before.rows(at=now + HOUR, tickets=keys[1:2]) == [(keys[1],)]
    assert created_before.rows(at=now - HOUR, tickets=keys) == []
    assert created_before.rows(at=now + HOUR, tickets=[]) == []


def test_named_rows_are_named_and_json_is_read(requester):
    ticket = make_ticket(requester)
    rows = Prepared(ticket_events).rows(ticket=ticket.pk)

    assert rows
    assert isinstance(rows[0].changes, dict)


def ticket_events(ticket):
    event = Ticket.events.rel.related_model
    return event.objects.filter(ticket=ticket).values_list("kind", "changes", named=True)


def kept_statements():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


@on_postgresql
def test_the_database_keeps_a_query_that_is_asked_often_and_only_its_values_are_open():
    query = Prepared(lambda person: Ticket.objects.filter(requester=person).open().values("pk"))
    for person in range(1, 5):
        query.rows(person=person)

    [statement] = [each for each in kept_statements() if '"requester_id" = $1' in each]

    assert "$2" not in statement
    assert "'closed'" in statement


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_column_that_a_migration_widens_meanwhile_is_read_all_the_same(requester):
    ticket = make_ticket(requester, title="Mine")
    for _each in range(4):
        of_requester.rows(person=requester.pk)

    alter_title(201)
    try:
        found = of_requester.rows(person=requester.pk)
    finally:
        alter_title(200)

    assert found == [(ticket.pk, "Mine")]


def alter_title(length):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE tickets_ticket ALTER title TYPE varchar({length})")


@on_postgresql
@pytest.mark.parametrize("span", [HOUR, -HOUR])
def test_a_moment_that_is_reckoned_with_is_refused(span):
    query = Prepared(lambda at: Ticket.objects.filter(due_at__lt=at + span).values_list("pk"))

    with pytest.raises((ValueError, OverflowError)):
        query.rows(at=NOW)


@pytest.mark.parametrize("role", [Role.OWNER, Role.MEMBER])
@pytest.mark.parametrize("is_restricted", [True, False])
def test_what_is_visible_in_an_organization_is_what_the_one_rule_says(
    organization, requester, colleague, outsider, agent, role, is_restricted
):
    organization.is_restricted = is_restricted
    organization.save()
    reader = make_member(organization, "reader@pars.example", role=role)
    own, _other, watched = (make_ticket(each) for each in (reader, colleague, requester))
    services.add_watchers(watched, actor=requester, people=[reader.pk])
    make_ticket(outsider)
    membership = reader.membership_by_organization[organization.pk]

    found = Ticket.objects.visible_in(organization.pk, reader.pk, sees_all=membership.sees_all)

    assert set(found) == set(Ticket.objects.visible_to(reader).of_organization(organization))
    assert {own, watched} <= set(found)
