"""Rows that are made without `Model.__init__` are as if made by it."""

import pytest
from django.db.models import Model
from django.db.models.signals import post_init, pre_init

from tests.factories import make_ticket
from tickets.models import Clock, ClockChange, Event, Ticket

QUICK = [Ticket, Clock, ClockChange, Event]


def columns_of(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


@pytest.mark.parametrize("model", QUICK)
@pytest.mark.django_db
def test_a_stored_row_is_as_django_makes_it(model, requester):
    make_ticket(requester)
    row = model.objects.order_by("pk").first()
    names = [field.attname for field in model._meta.concrete_fields]
    values = [vars(row)[name] for name in names]
    usual = Model.from_db.__func__(model, "default", names, values)
    assert columns_of(row) == columns_of(usual)
    assert (row._state.adding, row._state.db) == (False, "default")
    assert row == usual


@pytest.mark.django_db
def test_a_column_that_was_not_read_is_read_when_asked_for(requester, django_assert_num_queries):
    ticket = make_ticket(requester)
    row = Ticket.objects.only("pk").get(pk=ticket.pk)
    assert "title" in row.get_deferred_fields()
    with django_assert_num_queries(1):
        assert row.title == ticket.title


@pytest.mark.django_db
def test_a_new_row_is_as_its_class_makes_it(requester):
    ticket = make_ticket(requester)
    values = {"ticket": ticket, "kind": Event.Kind.RESOLVED, "actor": None, "is_public": True}
    new, usual = Event.new(**values), Event(**values)
    assert columns_of(new) == columns_of(usual)
    assert new.ticket is ticket
    assert new._state.adding


def test_new_rows_do_not_share_a_default():
    one, other = Event.new(), Event.new()
    one.changes["status"] = ["closed", "open"]
    assert other.changes == {}


@pytest.mark.parametrize("signal", [pre_init, post_init])
@pytest.mark.parametrize("model", QUICK)
def test_nothing_listens_to_instances_of_quick_rows(model, signal):
    assert not signal.has_listeners(model)
