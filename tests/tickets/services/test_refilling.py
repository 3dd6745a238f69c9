"""Rows that the previous release wrote while the new one was brought in."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from tests.factories import NOW, again, make_content, make_ticket
from tickets import services
from tickets.choices import HoldCode
from tickets.models import Event, Message, Ticket
from tickets.rows import update_columns

pytestmark = pytest.mark.django_db


def columns_of(ticket):
    row = again(ticket)
    return [bytes(row.title_place), row.title_folded, row.support_spoke_last]


@pytest.fixture
def answered(requester, agent):
    ticket = make_ticket(requester, title="ﮐﺎرت شبكه")
    services.reply_as_agent(
        ticket, actor=agent, content=make_content("پاسخ يك"), then="wait", now=NOW
    )
    return ticket


def as_the_release_before(ticket):
    """Leave the columns as they are when code that does not know them writes the row."""
    Ticket.objects.filter(pk=ticket.pk).update(
        title_place=b"", support_spoke_last=False, title_folded="older"
    )
    Message.objects.filter(ticket=ticket).update(body_folded="older")


def test_rows_written_during_an_upgrade_do_not_stay_wrong(answered, requester):
    untouched = make_ticket(requester)
    right, bodies = columns_of(answered), set(Message.objects.values_list("pk", "body_folded"))
    as_the_release_before(answered)

    changed = services.refill(since=NOW - timedelta(hours=1))

    assert changed == 1 + Message.objects.filter(ticket=answered).count()
    assert columns_of(answered) == right
    assert set(Message.objects.values_list("pk", "body_folded")) == bodies
    assert again(untouched).version == untouched.version


def test_older_rows_are_left_alone(answered):
    as_the_release_before(answered)

    assert services.refill(since=NOW + timedelta(hours=1)) == 0


def test_the_command_says_what_it_corrected(answered, capsys):
    as_the_release_before(answered)

    call_command("refill_columns", hours=10**5)
    call_command("refill_columns", hours=10**5)

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("refill_columns: corrected 3 ")
    assert second == "refill_columns: corrected 0 rows"


@pytest.mark.parametrize(
    "sentence",
    [
        "آخرین پاسخ به دست مشتری نرسید.",
        "The latest reply could not be delivered to the customer.",
    ],
)
def test_a_hold_that_the_release_before_stored_as_a_sentence_gets_its_code(sentence, answered):
    services.hold_auto_close(answered, actor=None, code=HoldCode.UNREACHED, now=NOW)
    rows = Ticket.objects.filter(pk=answered.pk)
    rows.update(auto_close_hold_code="", auto_close_hold_reason=sentence)
    event = answered.events.get(kind="held")
    event.changes = {"reason": sentence}
    update_columns(Event, [event], {"changes"})

    assert services.refill(since=NOW - timedelta(hours=1)) == 1

    row = again(answered)
    assert (row.auto_close_hold_code, row.auto_close_hold_reason) == ("unreached", "")
    assert answered.events.get(kind="held").changes == {"code": "unreached"}


def test_the_same_sentence_of_an_agent_stays(answered, agent):
    reason = "The latest reply could not be delivered to the customer."
    services.hold_auto_close(answered, actor=agent, reason=reason, now=NOW)

    assert services.refill(since=NOW - timedelta(hours=1)) == 0
    assert again(answered).auto_close_hold_reason == reason
