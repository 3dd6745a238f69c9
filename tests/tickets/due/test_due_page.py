"""The page behind a due time: who sees what, and the words of each case."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from plans.models import Calendar, Holiday
from plans.services import publish_calendar
from tests.factories import (
    NOW,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_promised_plan,
    make_ticket,
)
from tickets import services
from tickets.due.page import due_page
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

TEHRAN = ZoneInfo("Asia/Tehran")
HOUR = timedelta(hours=1)
# Wednesday evening; a holiday is put on the Saturday after it.
WEDNESDAY_17 = datetime(2026, 5, 6, 17, 0, 20, tzinfo=TEHRAN)
SUNDAY_NOON = datetime(2026, 5, 10, 12, tzinfo=TEHRAN)


def at(hours):
    return NOW + hours * HOUR


def page_of(ticket, now, *, staff=False, language="en", zone="Asia/Tehran", before=None):
    """What the page of a ticket says at `now` to somebody of that language and zone."""
    ticket = Ticket.objects.with_people().get(pk=ticket.pk)
    with override(language), timezone.override(zone):
        return due_page(ticket, staff=staff, now=now, before=before)


def rows_of(explanation):
    with override("en"):
        return [
            (row.when_text, row.why_text, row.length_text, row.total_text)
            for row in explanation.rows
        ]


@pytest.fixture
def holiday(admin):
    """Saturday 9 May is a holiday of the shipped calendar."""
    calendar = Calendar.objects.get()
    Holiday.objects.update_or_create(
        calendar=calendar,
        held_on=date(2026, 5, 9),
        defaults={"name_fa": "عید", "name_en": "Eid"},
    )
    publish_calendar(calendar, actor=admin, now=NOW)


@pytest.fixture
def promised(organization):
    """An answer in 2 hours and a resolution in 10, around the clock; of high 1 and 4."""
    organization.plan = make_promised_plan(
        organization, normal=2 * HOUR, high=HOUR, resolution={"normal": 10 * HOUR, "high": 4 * HOUR}
    )
    organization.save()


@pytest.fixture
def read(client_of):
    def get(user, address, ticket, now):
        with time_machine.travel(now, tick=False):
            return client_of(user).get(reverse(address, args=[ticket]))

    return get


def test_a_developer_ticket_of_a_wednesday_evening_before_a_holiday(requester, holiday):
    ticket = make_ticket(requester, now=WEDNESDAY_17)

    page = page_of(ticket, SUNDAY_NOON)

    explained = page["running"][0]
    assert rows_of(explained) == [
        ("Wed 6 May, 17:00:20 to 18:00", "From the start", "0:59:40", "0:59:40"),
        ("Thu 7 May to Fri 8 May", "Thursday and Friday: closed", "", ""),
        ("Yesterday, 09:00 to 18:00", "Holiday: Eid", "", ""),
        ("Today, 09:00 to 12:00", "Until now", "3:00", "3:59:40"),
        ("Today, 12:00 to 18:00", "From now on", "6:00", "9:59:40"),
        ("Tomorrow, 09:00 to 18:00", "Whole working day", "9:00", "18:59:40"),
        ("Tue 12 May, 09:00 to 14:00:20", "Until 24:00 have been counted", "5:00:20", "24:00"),
        ("Due time", "Tue 12 May, 14:00:20", "", "24:00"),
    ]
    assert [fact.text for fact in explained.facts] == [
        "less than 24 working hours",
        "Wed 6 May 17:00",
        "3:59:40 of 24:00",
        "Tue 12 May 14:00",
    ]
    assert page["heading"] == "Why “Tue 12 May 14:00”?"


def test_it_is_in_the_language_the_calendar_and_the_zone_of_the_reader(requester, holiday):
    ticket = make_ticket(requester, now=WEDNESDAY_17)

    persian = page_of(ticket, SUNDAY_NOON, language="fa")["running"][0]
    norwegian = page_of(ticket, SUNDAY_NOON, zone="Europe/Oslo")["running"][0]

    assert persian.rows[0].when.startswith("چهارشنبه ۱۶ اردیبهشت، ۱۷:۰۰:۲۰")
    assert persian.rows[2].why == "تعطیل: عید"
    assert norwegian.rows[0].when == "Wed 6 May, 15:30:20 to 16:30"
    assert "Europe/Oslo" in norwegian.calendar
    assert norwegian.rows[-1].sum_after == 24 * HOUR


def test_each_day_is_a_row_of_the_drawing_and_the_holiday_is_named(requester, holiday):
    ticket = make_ticket(requester, now=WEDNESDAY_17)

    wide, narrow = page_of(ticket, SUNDAY_NOON)["running"][0].drawings

    texts = [label.text for label in wide.labels]
    assert [
        text for text in texts if text in {"Wed 6 May", "Yesterday", "Today", "Tue 12 May"}
    ] == [
        "Wed 6 May",
        "Yesterday",
        "Today",
        "Tue 12 May",
    ]
    assert {"Eid", "start 17:00", "now 12:00", "due 14:00"} <= set(texts)
    assert {"09:00", "12:00", "15:00", "18:00"} <= set(texts)
    assert {block.css for block in wide.blocks} == {"open", "used", "left", "shut"}
    assert [line.css for line in wide.lines] == ["line-now", "line-due"]
    assert texts == [label.text for label in narrow.labels]


@pytest.mark.parametrize(("minutes", "due"), [(10, "due"), (31, "over")])
def test_a_target_of_half_an_hour_is_not_shown_on_an_axis_of_a_day(
    organization, requester, minutes, due
):
    organization.plan = make_promised_plan(organization, normal=HOUR / 2)
    organization.save()
    ticket = make_ticket(requester, now=NOW)

    for sheet in page_of(ticket, NOW + timedelta(minutes=minutes))["running"][0].drawings:
        ticks = [float(tick.x) for tick in sheet.ticks]
        places = [float(dot.x) for dot in sheet.dots]

        assert 2 <= len(ticks) <= 6
        assert [dot.css for dot in sheet.dots] == ["dot-start", f"dot-{due}"]
        assert all(min(ticks) < place < max(ticks) for place in places)
        assert places[1] - places[0] > 100
        assert any("due" in label.text for label in sheet.labels), "the due is not cut off"


def test_in_persian_time_flows_to_the_left(requester):
    ticket = make_ticket(requester)

    english = page_of(ticket, at(1))["running"][0].drawings[0]
    persian = page_of(ticket, at(1), language="fa")["running"][0].drawings[0]

    assert [float(tick.x) for tick in persian.ticks] == [
        752 - float(tick.x) for tick in english.ticks
    ]


def test_a_short_promise_over_midnight_is_not_lost_on_an_axis_of_a_whole_day(
    requester, organization
):
    organization.plan = make_promised_plan(organization, normal=timedelta(minutes=30))
    organization.save()
    late_evening = datetime(2026, 5, 6, 23, 45, tzinfo=TEHRAN)
    ticket = make_ticket(requester, now=late_evening)

    page = page_of(ticket, late_evening + timedelta(minutes=20))
    for sheet in page["running"][0].drawings:
        texts = [label.text for label in sheet.labels]
        assert "Yesterday – today" in texts
        assert {"23:30", "00:00"} <= set(texts)
        ticks = [float(tick.x) for tick in sheet.ticks]
        counted = sum(float(block.width) for block in sheet.blocks if block.css in {"used", "left"})
        assert counted >= (max(ticks) - min(ticks)) / 2


def test_more_than_four_closed_days_are_one_row_of_the_drawing(requester, admin):
    calendar = Calendar.objects.get()
    for day in range(9, 15):
        Holiday.objects.update_or_create(
            calendar=calendar,
            held_on=date(2026, 5, day),
            defaults={"name_fa": "نوروز", "name_en": "New year"},
        )
    publish_calendar(calendar, actor=admin, now=NOW)
    ticket = make_ticket(requester, now=WEDNESDAY_17)

    explained = page_of(ticket, WEDNESDAY_17 + HOUR / 2)["running"][0]

    assert "9 days" in [label.text for label in explained.drawings[0].labels]
    new_year = [row.when for row in explained.rows if row.why == "Holiday: New year"]
    assert new_year == ["Sat 9 May to Wed 13 May"]


def test_a_raise_shows_the_old_due_the_new_one_and_from_where_it_is_counted(
    requester, promised, agent
):
    ticket = make_ticket(requester)
    services.change_priority(ticket, actor=agent, priority="high", now=at(0.5))

    response = page_of(ticket, at(0.75))["running"][0]

    assert [row.tone for row in response.rows] == ["earlier", "change", "counted", "ahead", "end"]
    assert response.rows[1].why == (
        "The priority was raised to “High”. The due time moved from today, 12:00 to today, 11:30. "
        "From here, 1:00 are counted."
    )
    assert response.rows[2].why_text == "From the change on, until now"
    assert response.rows[-1].sum_after == HOUR


def test_a_raise_to_what_is_not_promised_says_that_the_due_stays(requester, promised, agent):
    ticket = make_ticket(requester)
    services.change_priority(ticket, actor=agent, priority="urgent", now=at(0.5))

    response = page_of(ticket, at(1))["running"][0]

    changes = [row.why for row in response.rows if row.tone == "change"]
    assert len(changes) == 1
    assert "The due time stays today, 12:00" in changes[0]


def test_a_paused_resolution_says_what_is_left_and_that_it_is_not_counted(
    requester, promised, agent
):
    ticket = make_ticket(requester)
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=at(1))

    page = page_of(ticket, at(6))

    resolution = page["running"][0]
    assert resolution.facts[2].text == "1:00 of 10:00"
    assert resolution.facts[3].text == "none while it is paused"
    assert rows_of(resolution) == [
        ("Today, 10:00 to 11:00", "From the start, until the pause", "1:00", "1:00"),
        ("Today, 11:00 to 16:00", "Paused: waiting for the customer's answer", "", ""),
        ("No due time now", "Paused; 9:00 left", "", "10:00"),
    ]
    assert "9:00 are left" in resolution.result
    assert page["ended"][0].label == "First response"


@pytest.mark.parametrize(
    ("answered", "result"),
    [
        (1, "Answered today, 11:00, on time: 1:00 of 2:00 were used."),
        (3, "Answered today, 13:00, 1 h after the due time."),
    ],
)
def test_how_an_answer_kept_its_promise(answered, result, requester, promised, agent):
    ticket = make_ticket(requester)
    services.reply_as_agent(ticket, actor=agent, content=make_content(), now=at(answered))

    assert page_of(ticket, at(4))["ended"][0].result == result


def test_an_overdue_one_says_since_when(requester, promised):
    ticket = make_ticket(requester)

    response = page_of(ticket, at(2.25))["running"][0]

    assert response.facts[3].sub == "overdue by 15 min"
    assert response.result.endswith("there is no answer yet: overdue by 15 min.")


def test_a_withdrawn_one_says_what_ended_it(requester, promised, agent):
    closed = make_ticket(requester)
    services.close_by_customer(closed, actor=requester, now=at(1))
    lowered = make_ticket(requester)
    services.change_priority(lowered, actor=agent, priority="low", reason="کم‌اهمیت", now=at(1))

    results = [page_of(ticket, at(2))["ended"][-1].result for ticket in (closed, lowered)]

    assert "the ticket was closed" in results[0]
    assert "for the new priority the plan promises nothing" in results[1]


def test_without_commitment_the_page_says_so_and_where_promises_are(requester, agent, read):
    ticket = make_ticket(requester, priority="high")

    html = read(requester, "tickets:due", ticket, at(1)).content.decode()

    assert "پلن شما" in html
    assert reverse("plans") in html


@pytest.mark.parametrize(
    ("make", "says"),
    [(make_awaiting_customer, "waiting for the customer"), (make_closed, "is closed")],
)
def test_with_nothing_due_the_page_says_why(make, says, requester, agent):
    assert says in page_of(make(requester, agent), at(1))["nothing"]


def test_the_customer_sees_nothing_internal(requester, organization, agent, read):
    organization.plan = make_promised_plan(organization, normal=2 * HOUR)
    organization.plan.targets.filter(priority="normal").update(aim=HOUR)
    organization.save()
    ticket = make_ticket(requester)
    services.accept(ticket, actor=agent, now=at(0.5))
    services.add_note(ticket, actor=agent, content=make_content("پنهان"), now=at(1))
    services.scan_clocks(now=at(3))

    theirs = read(requester, "tickets:due", ticket, at(4)).content.decode()
    ours = read(agent, "queue:due", ticket, at(4)).content.decode()

    assert agent.name not in theirs
    assert "why-internal" not in theirs
    assert "why-internal" in ours
    assert agent.name in ours
    assert theirs.count("<dt>") == 4


def test_a_ticket_with_many_promises_shows_five_and_leads_to_the_earlier(
    requester, promised, agent
):
    ticket = make_ticket(requester)
    for hour in range(1, 8):
        ticket = services.reply_as_agent(ticket, actor=agent, content=make_content(), now=at(hour))
        ticket = services.reply_as_customer(
            ticket, actor=requester, content=make_content(), now=at(hour + 0.5)
        )

    latest = page_of(ticket, at(9))
    earlier = page_of(ticket, at(9), before=latest["earlier"])

    assert (len(latest["ended"]), len(earlier["ended"])) == (5, 2)
    assert earlier["earlier"] is None
    assert earlier["running"] == []


@pytest.mark.parametrize("before", ["", "0", "x", "-1", "9" * 30, "۵"])
def test_odd_keys_of_earlier_ones_are_no_error(before, requester, client_of):
    ticket = make_ticket(requester)

    address = reverse("tickets:due", args=[ticket])
    answer = client_of(requester).get(address, {"before": before})

    assert answer.status_code == 200


def test_queries_do_not_grow_with_the_promises(
    requester, promised, agent, client_of, django_assert_max_num_queries
):
    few = make_ticket(requester)
    many = make_ticket(requester)
    for hour in range(1, 6):
        many = services.reply_as_agent(many, actor=agent, content=make_content(), now=at(hour))
        many = services.reply_as_customer(
            many, actor=requester, content=make_content(), now=at(hour + 0.5)
        )
    client = client_of(requester)
    client.get(reverse("tickets:due", args=[few]))

    for ticket in (few, many):
        with django_assert_max_num_queries(12):
            client.get(reverse("tickets:due", args=[ticket]))
