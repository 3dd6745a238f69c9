"""The page and the menu by which agents put tickets away, and what lists show of it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import jdatetime
import pytest
from django.utils import timezone

from organizations.models import User
from plans.models import Calendar
from tests.factories import NOW, again, make_ticket
from tests.pages import read
from tickets import services
from tickets.models import Ticket
from tickets.workspace.snoozing.forms import SnoozeForm
from ui.wording import digits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock", "english_staff")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEHRAN = ZoneInfo("Asia/Tehran")


@pytest.fixture
def put(client_of, agent, ticket):
    """Sends the form: put(when="hour")."""

    def send(**fields):
        version = again(ticket).version
        url = f"{ticket.get_queue_url()}snooze/"
        return client_of(agent).post(url, {"version": version, **fields})

    return send


def words(response):
    return read(response).one("main").text


def test_in_an_hour_is_a_whole_minute_and_never_earlier(put, ticket):
    response = put(when="hour")

    assert response.status_code == 302
    until = again(ticket).snoozed_until
    assert NOW + HOUR <= until <= NOW + HOUR + MINUTE
    assert until.second == 0


def test_until_the_next_message(put, ticket):
    put(when="message")

    assert again(ticket).snoozed_for_message


def test_a_typed_day_and_time_are_of_the_agents_zone(put, ticket):
    day = (NOW + 2 * DAY).astimezone(TEHRAN).date()

    put(when="chosen", on=day.isoformat(), at="17:30")

    expected = datetime(day.year, day.month, day.day, 17, 30, tzinfo=TEHRAN)
    assert again(ticket).snoozed_until == expected


def test_midnight_as_24_00_ends_the_day_that_was_typed(put, ticket):
    day = (NOW + 3 * DAY).astimezone(TEHRAN).date()

    put(when="chosen", on=day.isoformat(), at="24:00")

    assert (
        again(ticket).snoozed_until == datetime(day.year, day.month, day.day, tzinfo=TEHRAN) + DAY
    )


def test_a_persian_reader_types_a_jalali_day(put, ticket, agent):
    User.objects.filter(pk=agent.pk).update(language="fa")

    day = (NOW + 3 * DAY).astimezone(TEHRAN).date()
    typed = jdatetime.date.fromgregorian(date=day).strftime("%Y/%m/%d")

    assert put(when="chosen", on=digits(typed), at="۱۷:۳۰").status_code == 302

    expected = datetime(day.year, day.month, day.day, 17, 30, tzinfo=TEHRAN)
    assert again(ticket).snoozed_until == expected


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"when": "chosen"}, "Enter a day or a time."),
        ({"when": "chosen", "on": "1405/09/10"}, "1405 is a year of the Persian calendar."),
        ({"when": "chosen", "on": "soon"}, "Enter a date as year, month and day."),
        ({"when": "chosen", "on": "2020-01-01"}, "Choose a time that is still to come."),
        ({"when": "chosen", "on": "2036-11-29"}, "at most 90 days"),
        ({"when": "chosen", "on": "2026-13-40"}, ""),
        ({"when": "chosen", "on": "2026-12-01", "at": "25:70"}, "Enter a time such as 17:30."),
        ({"when": "19700101T0000Z"}, "Choose a time that is still to come."),
        ({"when": "00010101T0000Z"}, "Choose from the list."),
        ({"when": "soon"}, "Choose from the list."),
        ({"when": "x" * 300}, ""),
        ({"when": "hour\0"}, ""),
        ({"when": "hour", "version": "9" * 30}, ""),
        ({}, ""),
    ],
)
def test_what_makes_no_sense_is_refused_and_stays_typed(put, ticket, fields, sentence):
    response = put(**fields)

    assert response.status_code in {422, 409}
    assert sentence in response.content.decode()
    assert fields.get("on", "") in response.content.decode()
    assert not again(ticket).is_snoozed


def test_an_hour_that_a_clock_skips_is_no_time():
    sent = {"when": "chosen", "on": "2027-03-28", "at": "2:30"}
    with timezone.override(ZoneInfo("Europe/Berlin")):
        form = SnoozeForm(sent)

        assert form.errors == {"at": ["There is no such time on this day: the clocks change."]}
        assert SnoozeForm({**sent, "at": "3:30"}).is_valid()


def test_the_ready_made_times_are_in_the_agents_working_hours(client_of, agent, ticket):
    User.objects.filter(pk=agent.pk).update(working_hours=Calendar.objects.first())

    page = read(client_of(agent).get(f"{ticket.get_queue_url()}snooze/"))

    labels = [each.text for each in page.all("button[name=when] span")]
    assert "In an hour" in labels
    assert "Until the next message" in labels
    assert {"Tomorrow morning", "Next working day"} & set(labels)
    for each in page.all("button[name=when]"):
        if re.fullmatch(r"\d{8}T\d{4}Z", each["value"]):
            moment = datetime.strptime(each["value"], "%Y%m%dT%H%MZ").replace(
                tzinfo=ZoneInfo("UTC")
            )
            assert moment > NOW


def test_the_page_says_until_when_by_whom_and_has_the_button_that_ends_it(
    client_of, agent, second_agent, ticket
):
    services.snooze(ticket, actor=second_agent, until=NOW + DAY, now=NOW)
    client = client_of(agent)

    line = read(client.get(ticket.get_queue_url())).one("form.snooze-line")
    assert str(second_agent) in line.text
    response = client.post(f"{ticket.get_queue_url()}snooze/", {"wake": "1"})

    assert response.status_code == 302
    assert not again(ticket).is_snoozed


def test_the_queue_leaves_it_out_and_the_list_of_snoozed_ones_has_it(client_of, agent, ticket):
    services.snooze(ticket, actor=agent, until=NOW + DAY, now=NOW)
    client = client_of(agent)

    def numbers(query):
        return [each.text for each in read(client.get(f"/queue/{query}")).all("td .id")]

    assert numbers("") == numbers("?assignee=nobody") == []
    assert numbers("?snoozed=only") == numbers("?snoozed=too") == [ticket.number]
    assert numbers("?status=any") == [ticket.number]
    assert "until tomorrow" in words(client.get("/queue/?snoozed=only")).casefold()


def test_a_list_by_due_hides_nothing(client_of, agent, requester):
    ticket = make_ticket(requester, priority="normal", now=NOW - DAY)
    services.snooze(ticket, actor=agent, until=NOW + HOUR, now=NOW)
    Ticket.objects.update(due_soon_at=NOW, due_at=NOW + HOUR)

    page = read(client_of(agent).get("/queue/?due=soon"))

    assert [each.text for each in page.all("td .id")] == [ticket.number]


def test_a_returned_one_is_first_with_its_mark_until_its_agent_opens_it(
    client_of, agent, requester, ticket
):
    make_ticket(requester, priority="normal", now=NOW - 30 * DAY)
    services.snooze(ticket, actor=agent, until=NOW - MINUTE, now=NOW - HOUR)
    services.return_snoozed(NOW)
    client = client_of(agent)

    page = read(client.get("/queue/"))
    assert page.all("tr.group .label")[0].text == "Returned"
    assert page.all("td .id")[0].text == ticket.number

    assert "Returned to the queue" in words(client.get(ticket.get_queue_url()))

    groups = [each.text for each in read(client.get("/queue/")).all("tr.group .label")]
    assert "Returned" not in groups


def test_a_customers_pages_show_nothing_of_it(client_of, agent, requester, ticket):
    before = client_of(requester).get(ticket.get_absolute_url()).content.decode()
    services.snooze(ticket, actor=agent, until=NOW + DAY, now=NOW)
    services.return_snoozed(NOW + DAY)

    page = client_of(requester).get(ticket.get_absolute_url()).content.decode()

    def shown(text):
        return read(text).one("main").text

    assert shown(page) == shown(before)
    assert client_of(requester).get(f"{ticket.get_queue_url()}snooze/").status_code == 404
