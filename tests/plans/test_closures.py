"""Closing a calendar from now on, and opening it again before its time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from plans import services
from plans.errors import PlanError
from plans.models import Closure
from plans.promises import current_promise
from plans.signals import closure_declared, closure_ended
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_admin_pages")]

TEHRAN = ZoneInfo("Asia/Tehran")
HOUR = timedelta(hours=1)
NOW = datetime(2026, 7, 8, 16, tzinfo=TEHRAN)  # a Wednesday


@pytest.fixture
def sent():
    """The signals that were sent: name, version and closure."""
    heard = []

    def declared(sender, calendar, version, closure, actor, now, **kwargs):
        heard.append(("declared", version.number, closure.pk, actor, now))

    def ended(sender, calendar, version, closure, actor, now, **kwargs):
        heard.append(("ended", version.number, closure.pk, actor, now))

    closure_declared.connect(declared)
    closure_ended.connect(ended)
    yield heard
    closure_declared.disconnect(declared)
    closure_ended.disconnect(ended)


def declare(calendar, actor, *, until=NOW + 4 * HOUR, **fields):
    texts = {"reason_fa": "قطع برق", "reason_en": "Power cut", "now": NOW} | fields
    return services.declare_closure(calendar, until=until, actor=actor, **texts)


# --- The service ------------------------------------------------------------------------------


def test_a_closure_is_published_and_signalled_once(calendar, developer, admin, sent):
    closure = declare(calendar, admin, until=datetime(2026, 7, 11, 12, tzinfo=TEHRAN))

    promise = current_promise(developer)
    assert promise.working_time.add(NOW, HOUR) == datetime(2026, 7, 11, 13, tzinfo=TEHRAN)
    assert (closure.declared_by, closure.declared_at, closure.starts_at) == (admin, NOW, NOW)
    assert sent == [("declared", 2, closure.pk, admin, NOW)]


def test_a_closure_ends_early_and_keeps_what_was_declared(calendar, developer, admin, sent):
    closure = declare(calendar, admin)
    later = NOW + HOUR

    services.end_closure(calendar, actor=admin, now=later)

    kept = Closure.objects.get()
    assert kept.ends_at == NOW + 4 * HOUR
    assert (kept.ended_early_at, kept.ended_early_by, kept.reopens_at) == (later, admin, later)
    working_time = current_promise(developer).working_time
    assert working_time.add(NOW, HOUR) == NOW + 2 * HOUR
    assert sent[-1] == ("ended", 3, closure.pk, admin, later)


def test_one_that_ends_in_the_instant_it_began_closed_nothing(calendar, developer, admin):
    declare(calendar, admin)

    services.end_closure(calendar, actor=admin, now=NOW)

    assert current_promise(developer).working_time.add(NOW, HOUR) == NOW + HOUR


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"until": NOW}, "in the future"),
        ({"until": NOW + timedelta(days=30, seconds=1)}, "at most 30 days"),
        ({"reason_fa": " ", "reason_en": ""}, "at least one language"),
    ],
)
def test_a_closure_that_cannot_be_is_refused(calendar, admin, sent, fields, sentence):
    with pytest.raises(PlanError, match=sentence):
        declare(calendar, admin, **fields)

    assert (Closure.objects.count(), calendar.versions.count(), sent) == (0, 1, [])


def test_a_closed_calendar_is_not_closed_again_before_it_opens(calendar, admin):
    declare(calendar, admin)

    with pytest.raises(PlanError, match="already closed"):
        declare(calendar, admin, until=NOW + 3 * HOUR)
    again = declare(calendar, admin, now=NOW + 4 * HOUR, until=NOW + 5 * HOUR)

    assert again.starts_at == NOW + 4 * HOUR


def test_a_closure_that_is_over_is_not_ended(calendar, admin):
    declare(calendar, admin)

    with pytest.raises(PlanError, match="already ended"):
        services.end_closure(calendar, actor=admin, now=NOW + 4 * HOUR)


def test_a_closure_that_is_declared_or_ended_twice_is_one_and_no_refusal(calendar, admin, sent):
    first = declare(calendar, admin)
    second = declare(calendar, admin)
    # Declared for so long, its end moves with the clock.
    third = declare(calendar, admin, now=NOW + HOUR / 60, until=NOW + HOUR * 4 + HOUR / 60)
    # The second of two at once may have looked at its clock first.
    fourth = declare(calendar, admin, now=NOW - HOUR / 3600, until=NOW + HOUR * 4 - HOUR / 3600)
    for _press in range(2):
        services.end_closure(calendar, actor=admin, now=NOW + HOUR)

    assert first == second == third == fourth
    assert [kind for kind, *_rest in sent] == ["declared", "ended"]
    assert Closure.objects.get().ended_early_at == NOW + HOUR


def test_a_reason_in_one_language_is_used_for_both(calendar, admin):
    closure = declare(calendar, admin, reason_fa="", reason_en=" Power cut ")

    assert (closure.reason_fa, closure.reason_en) == ("Power cut", "Power cut")


# --- The page ---------------------------------------------------------------------------------


@pytest.fixture
def desk(admin, client_of):
    admin.language = "en"
    admin.save()
    with time_machine.travel(NOW, tick=False):
        yield client_of(admin)


@pytest.fixture
def url(calendar):
    return reverse("admin:plans_calendar_closures", args=[calendar.pk])


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ({"lasts": "2 h"}, NOW + 2 * HOUR),
        ({"lasts": "۹۰ دقیقه"}, NOW + 1.5 * HOUR),
        ({"until_at": "17:30"}, NOW + 1.5 * HOUR),
        ({"until_at": "24:00"}, datetime(2026, 7, 9, tzinfo=TEHRAN)),
        ({"until_at": "\u200f۲۴٫۰۰"}, datetime(2026, 7, 9, tzinfo=TEHRAN)),
        (
            {"until_on": "2026-07-11", "until_at": "۱۲:۰۰"},
            datetime(2026, 7, 11, 12, tzinfo=TEHRAN),
        ),
    ],
)
def test_the_page_takes_a_duration_or_a_moment(desk, url, admin, typed, until):
    response = desk.post(url, typed | {"reason_fa": "قطع برق"}, follow=True)

    closure = Closure.objects.get()
    assert (closure.ends_at, closure.declared_by) == (until, admin)
    assert admin.name in response.content.decode()


def test_a_persian_reader_types_a_jalali_date(desk, url, admin):
    admin.language = "fa"
    admin.save()

    desk.post(url, {"until_on": "۱۴۰۵/۰۴/۲۰", "until_at": "۱۲:۰۰", "reason_fa": "قطع برق"})

    assert Closure.objects.get().ends_at == datetime(2026, 7, 11, 12, tzinfo=TEHRAN)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "lasts", "a duration or an end time"),
        ({"until_on": "2026-07-11"}, "until_at", "a duration or an end time"),
        ({"lasts": "2 h", "until_at": "19:00"}, "lasts", "not both"),
        ({"lasts": "0"}, "lasts", "cannot be zero"),
        ({"lasts": "-1 h"}, "lasts", "cannot be negative"),
        ({"lasts": "12x"}, "lasts", "Enter a number and a unit"),
        ({"lasts": "999999 h"}, "lasts", "too long"),
        ({"lasts": "721 h"}, "lasts", "at most 30 days"),
        ({"until_at": "15:00"}, "until_at", "in the future"),
        ({"until_on": "soon", "until_at": "15:00"}, "until_on", "Enter a date"),
        ({"until_on": "2027-07-08", "until_at": "15:00"}, "until_at", "at most 30 days"),
        ({"lasts": "2 h", "reason_fa": " "}, "reason_fa", "at least one language"),
        ({"lasts": "2 h", "reason_fa": "x" * 201}, "reason_fa", "at most 200"),
    ],
)
def test_what_cannot_be_is_explained_beside_the_field_and_kept(desk, url, typed, field, sentence):
    response = desk.post(url, {"reason_fa": "قطع برق"} | typed)

    page = read(response)
    assert sentence in page.errors()[field]
    assert page.field(field) == ({"reason_fa": "قطع برق"} | typed).get(field, "")
    assert not Closure.objects.exists()


def test_the_page_ends_a_closure_and_the_calendar_says_that_it_is_closed(desk, url, calendar):
    change = reverse("admin:plans_calendar_change", args=[calendar.pk])
    desk.post(url, {"lasts": "2 h", "reason_en": "Power cut"})
    while_closed = desk.get(change).content.decode()

    ended = desk.post(f"{url}end/", follow=True).content.decode()
    again = desk.post(f"{url}end/", follow=True).content.decode()

    assert "Power cut" in while_closed
    assert "The closure has ended" in ended
    assert "The closure has ended" in again  # pressed twice, it is no refusal
    assert "Power cut" not in desk.get(change).content.decode()


def test_a_second_closure_is_refused_with_a_sentence(desk, url):
    desk.post(url, {"lasts": "2 h", "reason_en": "Power cut"})

    response = desk.post(url, {"lasts": "3 h", "reason_en": "Flood"})

    assert "already closed until" in read(response).one(".errorlist.nonfield").text


def test_the_list_of_closures_asks_as_many_queries_however_many_there_are(
    desk, url, calendar, admin, django_assert_max_num_queries
):
    for days in range(30):
        start = NOW - timedelta(days=days)
        declare(calendar, admin, now=start, until=start + HOUR)

    with django_assert_max_num_queries(12):
        desk.get(url)


def test_a_calendar_that_is_not_there_is_not_found(desk):
    assert desk.get("/admin/plans/calendar/999999/closures/").status_code == 404
