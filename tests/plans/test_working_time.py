"""Working time against worked examples, odd days of the zones, and a count minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from plans.working_time import AROUND_THE_CLOCK, NoWorkingTime, WorkingTime

TEHRAN = ZoneInfo("Asia/Tehran")
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ZONES = [
    "Asia/Tehran",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
]
MIDNIGHT = 24 * 60


def make_working_time(weekly, *, zone="Asia/Tehran", holidays=()):
    """`weekly`: a weekday (0 is Monday) to its stretches in minutes of the day."""
    return WorkingTime.from_definition(
        {
            "time_zone": zone,
            "weekly": {str(day): stretches for day, stretches in weekly.items()},
            "holidays": {day: {"fa": "تعطیل", "en": "Holiday"} for day in holidays},
        }
    )


def make_iranian_week(**fields):
    return make_working_time({day: [[9 * 60, 18 * 60]] for day in (5, 6, 0, 1, 2)}, **fields)


def make_all_week(stretches, **fields):
    return make_working_time(dict.fromkeys(range(7), stretches), **fields)


def wall(*parts, zone=TEHRAN, fold=0):
    return datetime(*parts, tzinfo=zone, fold=fold)


# --- Worked examples --------------------------------------------------------------------------


def test_24_hours_from_wednesday_17_come_due_on_monday_at_14():
    due = make_iranian_week().add(wall(2026, 7, 8, 17), 24 * HOUR)

    assert due == wall(2026, 7, 13, 14)
    assert due.tzinfo is UTC


def test_the_sum_of_the_example_is_1_9_9_and_5_hours():
    stretches = make_iranian_week().stretches(wall(2026, 7, 8, 17), wall(2026, 7, 13, 14))

    assert [end - start for start, end in stretches] == [1 * HOUR, 9 * HOUR, 9 * HOUR, 5 * HOUR]


def test_a_holiday_moves_the_due_by_a_day():
    due = make_iranian_week(holidays=["2026-07-12"]).add(wall(2026, 7, 8, 17), 24 * HOUR)

    assert due == wall(2026, 7, 14, 14)


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        (wall(2026, 7, 8, 9), 9 * HOUR, wall(2026, 7, 8, 18)),
        (wall(2026, 7, 8, 18), MINUTE, wall(2026, 7, 11, 9, 1)),
        (wall(2026, 7, 8, 8, 59, 59), MINUTE, wall(2026, 7, 8, 9, 1)),
        (wall(2026, 7, 10, 12), 2 * HOUR, wall(2026, 7, 11, 11)),
        (wall(2026, 7, 8, 17, 59, 30), MINUTE, wall(2026, 7, 11, 9, 0, 30)),
        (wall(2026, 7, 8, 17, 0, 0, 7), 24 * HOUR, wall(2026, 7, 13, 14, 0, 0, 7)),
        (wall(2026, 7, 10, 12), timedelta(0), wall(2026, 7, 10, 12)),
    ],
    ids=["to the end", "closed", "just before", "friday", "seconds", "microseconds", "nothing"],
)
def test_adding_counts_only_open_time(start, duration, due):
    assert make_iranian_week().add(start, duration) == due


def test_a_break_is_not_counted():
    working_time = make_all_week([[9 * 60, 13 * 60], [14 * 60, 18 * 60]])

    due = working_time.add(wall(2026, 7, 8, 12), 2 * HOUR)

    assert due == wall(2026, 7, 8, 15)


def test_hours_up_to_midnight_go_on_with_those_from_midnight():
    working_time = make_working_time({2: [[22 * 60, MIDNIGHT]], 3: [[0, 6 * 60]]})
    start = wall(2026, 7, 8, 23)

    assert working_time.add(start, 4 * HOUR) == wall(2026, 7, 9, 3)
    assert working_time.stretches(start, wall(2026, 7, 10)) == [(start, wall(2026, 7, 9, 6))]


def test_a_holiday_ends_hours_at_its_midnight():
    working_time = make_working_time(
        {2: [[22 * 60, MIDNIGHT]], 3: [[0, 6 * 60]]}, holidays=["2026-07-09"]
    )

    due = working_time.add(wall(2026, 7, 8, 23), 2 * HOUR)

    assert due == wall(2026, 7, 15, 23)


def test_the_days_of_nowruz_do_not_count():
    working_time = make_iranian_week(
        holidays=["2026-03-21", "2026-03-22", "2026-03-23", "2026-03-24", "2026-04-01"]
    )

    due = working_time.add(wall(2026, 3, 18, 17), 3 * HOUR)

    assert due == wall(2026, 3, 25, 11)


def test_29_february_is_a_day_like_others():
    due = make_all_week([[9 * 60, 18 * 60]]).add(wall(2028, 2, 28, 17), 11 * HOUR)

    assert due == wall(2028, 3, 1, 10)


def test_a_year_ends_without_a_gap():
    due = make_all_week([[0, MIDNIGHT]]).add(wall(2026, 12, 31, 23, 59), 2 * MINUTE)

    assert due == wall(2027, 1, 1, 0, 1)


# --- Change of summer time --------------------------------------------------------------------


def test_an_hour_that_the_clock_skips_does_not_count():
    working_time = make_all_week([[60, 4 * 60]], zone="Europe/Berlin")  # 01:00-04:00

    counted = working_time.measure(
        wall(2026, 3, 29, zone=BERLIN), wall(2026, 3, 29, 12, zone=BERLIN)
    )

    assert counted == 2 * HOUR


def test_an_hour_that_the_clock_shows_twice_counts_twice():
    working_time = make_all_week([[60, 4 * 60]], zone="Europe/Berlin")

    counted = working_time.measure(
        wall(2026, 10, 25, zone=BERLIN), wall(2026, 10, 25, 12, zone=BERLIN)
    )

    assert counted == 4 * HOUR


def test_hours_that_start_in_the_skipped_hour_start_when_it_ends():
    working_time = make_all_week([[150, 4 * 60]], zone="Europe/Berlin")  # 02:30-04:00

    opening = working_time.next_opening(wall(2026, 3, 29, zone=BERLIN))

    assert opening == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_half_of_a_repeated_hour_counts_in_both_of_its_passes():
    working_time = make_all_week([[150, 3 * 60]], zone="Europe/Berlin")  # 02:30-03:00

    stretches = working_time.stretches(
        wall(2026, 10, 25, zone=BERLIN), wall(2026, 10, 25, 12, zone=BERLIN)
    )

    assert stretches == [
        (
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
        ),
        (
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 2, tzinfo=UTC),
        ),
    ]


def test_the_midnight_that_tehran_skipped_in_spring_2021_costs_its_hour():
    working_time = make_all_week([[0, MIDNIGHT]])

    counted = working_time.measure(wall(2021, 3, 21), wall(2021, 3, 23))

    assert counted == 47 * HOUR


def test_the_hour_that_tehran_repeated_in_autumn_2021_counts_twice():
    working_time = make_all_week([[23 * 60, MIDNIGHT]])

    counted = working_time.measure(wall(2021, 9, 21, 12), wall(2021, 9, 22, 12))

    assert counted == 2 * HOUR


def test_a_clock_set_back_over_midnight_shows_the_end_of_the_day_twice():
    st_johns = ZoneInfo("America/St_Johns")
    working_time = make_all_week([[0, MIDNIGHT]], zone="America/St_Johns")
    start, end = wall(2010, 11, 6, zone=st_johns), wall(2010, 11, 8, zone=st_johns)

    assert working_time.measure(start, end) == 49 * HOUR
    assert working_time.stretches(start, end) == [(start, end)]


# --- What is open -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (wall(2026, 7, 8, 8, 59, 59, 999999), False),
        (wall(2026, 7, 8, 9), True),
        (wall(2026, 7, 8, 17, 59, 59, 999999), True),
        (wall(2026, 7, 8, 18), False),
        (wall(2026, 7, 10, 12), False),
    ],
)
def test_open_is_from_the_start_up_to_the_end(at, is_open):
    assert make_iranian_week().is_open(at) is is_open


def test_the_next_opening_of_an_open_instant_is_itself():
    at = wall(2026, 7, 8, 12, 30)

    assert make_iranian_week().next_opening(at) == at


def test_the_next_opening_passes_over_the_week_end_and_holidays():
    working_time = make_iranian_week(holidays=["2026-07-11"])

    assert working_time.next_opening(wall(2026, 7, 8, 18)) == wall(2026, 7, 12, 9)


def test_measuring_backwards_counts_nothing():
    assert make_iranian_week().measure(wall(2026, 7, 8, 17), wall(2026, 7, 8, 10)) == timedelta(0)


def test_a_typical_day_is_the_mean_of_the_days_with_hours():
    working_time = make_working_time({0: [[540, 1080]], 3: [[540, 780]]})

    assert working_time.typical_day == timedelta(hours=6.5)


# --- Refusals ---------------------------------------------------------------------------------


def test_a_week_without_hours_is_refused():
    with pytest.raises(NoWorkingTime):
        make_working_time({})


@pytest.mark.parametrize(
    "stretches",
    [[[600, 540]], [[540, 540]], [[540, 720], [700, 800]], [[-1, 60]], [[1380, 1441]]],
    ids=["reversed", "empty", "overlapping", "before the day", "after the day"],
)
def test_hours_that_are_no_stretches_of_a_day_are_refused(stretches):
    with pytest.raises(ValueError, match="Working hours"):
        make_working_time({0: stretches})


def test_a_search_without_end_is_given_up():
    every_monday = [
        (date(2026, 1, 5) + timedelta(weeks=week)).isoformat() for week in range(12 * 53)
    ]
    working_time = make_working_time({0: [[540, 1080]]}, holidays=every_monday)

    assert working_time.next_opening(wall(2026, 1, 5)) is None
    with pytest.raises(NoWorkingTime):
        working_time.add(wall(2026, 1, 5), HOUR)


def test_more_time_than_ten_years_have_is_refused():
    working_time = make_working_time({0: [[540, 600]]})

    with pytest.raises(NoWorkingTime):
        working_time.add(wall(2026, 1, 5), timedelta(days=366))


@pytest.mark.parametrize("working_time", [make_iranian_week(), AROUND_THE_CLOCK])
def test_naive_instants_and_negative_durations_are_refused(working_time):
    with pytest.raises(ValueError, match="time zone"):
        working_time.add(datetime(2026, 7, 8), HOUR)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        working_time.add(wall(2026, 7, 8), -HOUR)


# --- 24/7 -------------------------------------------------------------------------------------


def test_around_the_clock_all_time_counts():
    start, end = wall(2026, 3, 20, 23), wall(2026, 3, 21, 1)

    assert AROUND_THE_CLOCK.add(start, 2 * HOUR) == end
    assert AROUND_THE_CLOCK.measure(start, end) == 2 * HOUR
    assert AROUND_THE_CLOCK.measure(end, start) == timedelta(0)
    assert AROUND_THE_CLOCK.stretches(start, end) == [(start, end)]
    assert AROUND_THE_CLOCK.stretches(end, start) == []
    assert AROUND_THE_CLOCK.is_open(start)
    assert AROUND_THE_CLOCK.next_opening(start) == start


# --- Properties -------------------------------------------------------------------------------

ANY_SPEED = {"deadline": None, "suppress_health_check": list(HealthCheck)}
QUICK = settings(max_examples=60, derandomize=True, **ANY_SPEED)
LONG = settings(max_examples=500, **ANY_SPEED)
COUNTING = settings(max_examples=15, derandomize=True, **ANY_SPEED)
COUNTING_LONG = settings(max_examples=100, **ANY_SPEED)

# Around days on which one of the zones changes its clocks, a leap day, Nowruz, the year's end.
ODD_DAYS = [
    date(2010, 11, 6),
    date(2011, 3, 12),
    date(2021, 3, 21),
    date(2021, 9, 21),
    date(2026, 3, 8),
    date(2026, 3, 21),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 12, 31),
    date(2028, 2, 29),
]


@st.composite
def hours_of_a_day(draw):
    bounds = draw(
        st.lists(
            st.one_of(st.sampled_from([0, 150, 540, 1380, MIDNIGHT]), st.integers(0, MIDNIGHT)),
            max_size=6,
            unique=True,
        ).map(sorted)
    )
    return [list(pair) for pair in zip(bounds[::2], bounds[1::2], strict=False)]


@st.composite
def instants(draw):
    day = draw(st.sampled_from(ODD_DAYS))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    return start + draw(st.timedeltas(timedelta(0), timedelta(days=5)))


@st.composite
def working_times(draw):
    weekly = {day: draw(hours_of_a_day()) for day in range(7)}
    # An hour a week at least, or the longest sums would not end within ten years.
    assume(sum(end - start for hours in weekly.values() for start, end in hours) >= 60)
    odd = draw(st.lists(st.sampled_from(ODD_DAYS), max_size=3, unique=True))
    return make_working_time(
        weekly,
        zone=draw(st.sampled_from(ZONES)),
        holidays=[day.isoformat() for day in odd],
    )


durations = st.timedeltas(timedelta(microseconds=1), timedelta(hours=30))


def adding_then_measuring_gives_the_duration_back(working_time, start, duration):
    due = working_time.add(start, duration)

    assert working_time.measure(start, due) == duration
    assert working_time.measure(start, due - timedelta(microseconds=1)) < duration


def longer_durations_come_due_later(working_time, start, duration, more):
    assert working_time.add(start, duration) < working_time.add(start, duration + more)


def later_starts_come_due_no_earlier(working_time, start, duration, more):
    assert working_time.add(start, duration) <= working_time.add(start + more, duration)


def a_duration_may_be_added_in_two_parts(working_time, start, duration, more):
    in_two = working_time.add(working_time.add(start, duration), more)

    assert in_two == working_time.add(start, duration + more)


def a_span_may_be_measured_in_two_parts(working_time, start, duration, more):
    middle, end = start + duration, start + duration + more
    in_two = working_time.measure(start, middle) + working_time.measure(middle, end)

    assert in_two == working_time.measure(start, end)


def stretches_are_apart_in_order_and_open(working_time, start, duration, more):
    end = start + duration + more
    stretches = working_time.stretches(start, end)
    bounds = [bound for stretch in stretches for bound in stretch]

    assert bounds == sorted(set(bounds))
    assert all(start <= opens and closes <= end for opens, closes in stretches)
    assert all(working_time.is_open(opens) for opens, _closes in stretches)
    assert not any(working_time.is_open(closes) for _opens, closes in stretches if closes < end)
    spans = (closes - opens for opens, closes in stretches)
    assert sum(spans, timedelta(0)) == working_time.measure(start, end)


def minutes_counted_one_by_one_agree(working_time, start, hours):
    """The wall clock is read anew for each minute: nothing here is shared with the code tested."""
    start = start.replace(second=0, microsecond=0)
    counted = 0
    for minute in range(hours * 60):
        shown = (start + minute * MINUTE).astimezone(working_time.time_zone)
        of_the_day = shown.hour * 60 + shown.minute
        if shown.date() not in working_time.holidays:
            for first, last in working_time.weekly[shown.weekday()]:
                counted += first <= of_the_day < last

    assert working_time.measure(start, start + timedelta(hours=hours)) == counted * MINUTE


ADDING = [working_times(), instants(), durations]
PAIRS = [*ADDING, durations]
PROPERTIES = [
    (adding_then_measuring_gives_the_duration_back, ADDING),
    (longer_durations_come_due_later, PAIRS),
    (later_starts_come_due_no_earlier, PAIRS),
    (a_duration_may_be_added_in_two_parts, PAIRS),
    (a_span_may_be_measured_in_two_parts, PAIRS),
    (stretches_are_apart_in_order_and_open, PAIRS),
]
named = pytest.mark.parametrize(
    ("property_", "arguments"), PROPERTIES, ids=[each.__name__ for each, _ in PROPERTIES]
)


@named
def test_working_time_keeps_its_laws(property_, arguments):
    QUICK(given(*arguments)(property_))()


@pytest.mark.full
@named
def test_working_time_keeps_its_laws_in_many_more_cases(property_, arguments):
    LONG(given(*arguments)(property_))()


COUNTED = [working_times(), instants(), st.integers(1, 100)]


def test_working_time_agrees_with_a_count_of_minutes():
    COUNTING(given(*COUNTED)(minutes_counted_one_by_one_agree))()


@pytest.mark.full
def test_working_time_agrees_with_a_count_of_minutes_in_many_more_cases():
    COUNTING_LONG(given(*COUNTED)(minutes_counted_one_by_one_agree))()
