"""Why the system stopped an automatic close is stored as a code, not as one language's sentence."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from tests.factories import NOW, make_awaiting_customer
from tickets import services
from tickets.choices import HoldCode
from tickets.models import Event, Ticket

LATER = NOW + timedelta(hours=1)
ENGLISH = "The latest reply could not be delivered to the customer."
PERSIAN = "آخرین پاسخ به دست مشتری نرسید."


@pytest.fixture
def held(requester, agent):
    ticket = make_awaiting_customer(requester, agent)
    return services.hold_auto_close(ticket, actor=None, code=HoldCode.UNREACHED, now=LATER)


@pytest.mark.parametrize("address", ["queue:detail", "admin:tickets_ticket_change"])
@pytest.mark.parametrize(
    ("language", "read", "other"), [("en", ENGLISH, PERSIAN), ("fa", PERSIAN, ENGLISH)]
)
def test_an_english_agent_is_not_shown_the_reason_in_persian(
    held, client_of, admin, address, language, read, other
):
    admin.language = language
    admin.save()
    argument = held.pk if address.startswith("admin") else held

    text = client_of(admin).get(reverse(address, args=[argument])).content.decode()

    # Beside the clock and in the history.
    assert text.count(read) >= 2
    assert other not in text


def test_the_row_and_the_event_hold_the_code_alone(held):
    row = Ticket.objects.get(pk=held.pk)

    assert (row.auto_close_hold_code, row.auto_close_hold_reason) == ("unreached", "")
    assert row.events.get(kind="held").changes == {"code": "unreached"}


@pytest.mark.parametrize("act", ["lift", "reply", "close"])
def test_no_code_is_left_when_the_hold_is_over(held, agent, act):
    if act == "lift":
        services.lift_hold(held, actor=agent, now=LATER)
    elif act == "reply":
        content = services.NewMessage("باز هم سلام")
        services.reply_as_agent(held, actor=agent, content=content, now=LATER)
    else:
        services.resolve(held, actor=agent, now=LATER)

    assert Ticket.objects.get(pk=held.pk).auto_close_hold_code == ""


# --- Rows of before -------------------------------------------------------------------------------


@pytest.fixture
def migration():
    return import_module("tickets.migrations.0028_fill_hold_codes")


@pytest.fixture
def apps_then():
    """The models as the migration sees them: rows of events may be changed there."""
    state = MigrationExecutor(connection).loader.project_state(("tickets", "0028_fill_hold_codes"))
    return state.apps


@pytest.mark.parametrize("sentence", [PERSIAN, ENGLISH])
def test_stored_sentences_of_the_system_become_codes(
    requester, agent, migration, apps_then, sentence
):
    ticket = make_awaiting_customer(requester, agent)
    services.hold_auto_close(ticket, actor=None, reason=sentence, now=LATER)

    migration.store_codes(apps_then, None)
    migration.store_codes(apps_then, None)

    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.auto_close_hold_code, row.auto_close_hold_reason) == ("unreached", "")
    assert row.events.get(kind="held").changes == {"code": "unreached"}

    migration.store_sentences(apps_then, None)

    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.auto_close_hold_code, row.auto_close_hold_reason) == ("", PERSIAN)
    assert row.events.get(kind="held").changes == {"reason": PERSIAN}


def test_what_an_agent_typed_stays_though_it_reads_the_same(requester, agent, migration, apps_then):
    by_agent = make_awaiting_customer(requester, agent)
    services.hold_auto_close(by_agent, actor=agent, reason=PERSIAN, now=LATER)
    later = make_awaiting_customer(requester, agent)
    services.hold_auto_close(later, actor=None, reason=PERSIAN, now=NOW)
    services.lift_hold(later, actor=agent, now=NOW)
    services.hold_auto_close(later, actor=agent, reason=PERSIAN, now=LATER)

    migration.store_codes(apps_then, None)

    assert {row.auto_close_hold_reason for row in Ticket.objects.all()} == {PERSIAN}
    stored = Event.objects.filter(kind="held").order_by("pk").values_list("changes", flat=True)
    assert list(stored) == [{"reason": PERSIAN}, {"code": "unreached"}, {"reason": PERSIAN}]
