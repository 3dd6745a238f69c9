"""Working time against worked examples, odd days of the zones, and a count minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from plans.working_time import AROUND_THE_CLOCK, FARTHEST, Day, NoWorkingTime, Skip, WorkingTime

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
NAME = {"fa": "تعطیل", "en": "Holiday"}
REASON = {"fa": "قطع برق", "en": "Power cut"}


def make_definition(weekly, *, zone="Asia/Tehran", holidays=(), extra=None, closures=None):
    """`weekly`: a weekday (0 is Monday) to its stretches in minutes of the day.

    `holidays`: whole ones as a list of dates, else dates to the minutes that are one; `extra`:
    dates to stretches; `closures`: pairs of instants. Without the last two it is an old definition.
    """
    definition = {
        "time_zone": zone,
        "weekly": {str(day): stretches for day, stretches in weekly.items()},
        "holidays": dict.fromkeys(holidays, NAME),
    }
    if isinstance(holidays, dict):
        definition["holidays"] = {
            day: [NAME | {"from": first, "to": last} for first, last in parts]
            for day, parts in holidays.items()
        }
    if extra is not None:
        definition["extra"] = extra
    if closures is not None:
        definition["closures"] = [
            {"from": since.isoformat(), "to": until.isoformat(), **REASON}
            for since, until in closures
        ]
    return definition


def make_working_time(weekly, **fields):
    return WorkingTime.from_definition(make_definition(weekly, **fields))


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


# --- Partial holidays, extra hours, closures --------------------------------------------------


def test_a_partial_holiday_takes_only_its_hours():
    working_time = make_iranian_week(holidays={"2026-07-08": [[720, 900]]})

    assert working_time.add(wall(2026, 7, 8, 11), 2 * HOUR) == wall(2026, 7, 8, 16)


def test_a_date_may_have_two_partial_holidays():
    working_time = make_iranian_week(holidays={"2026-07-08": [[540, 600], [720, 900]]})

    assert working_time.measure(wall(2026, 7, 8), wall(2026, 7, 9)) == 5 * HOUR


def test_a_single_partial_holiday_need_not_stand_in_a_list():
    definition = make_definition({2: [[540, 1080]]})
    definition["holidays"] = {"2026-07-08": NAME | {"from": 720, "to": 900}}
    working_time = WorkingTime.from_definition(definition)

    assert working_time.measure(wall(2026, 7, 8), wall(2026, 7, 9)) == 6 * HOUR


@pytest.mark.parametrize(
    ("day", "counted"), [("2026-07-10", 4), ("2026-07-08", 12), ("2026-07-12", 4)]
)
def test_extra_hours_count_on_closed_days_beside_usual_hours_and_on_holidays(day, counted):
    working_time = make_iranian_week(
        holidays=["2026-07-12"], extra={day: [[1020, 1200], [1260, 1320]]}
    )
    start = datetime.fromisoformat(day).replace(tzinfo=TEHRAN)

    assert working_time.measure(start, start + 24 * HOUR) == counted * HOUR


def test_a_closure_wins_over_everything_and_is_exact_to_the_second():
    working_time = make_iranian_week(
        extra={"2026-07-10": [[600, 960]]},
        closures=[(wall(2026, 7, 8, 16, 20, 30), wall(2026, 7, 10, 12))],
    )

    assert working_time.add(wall(2026, 7, 8, 16), HOUR) == wall(2026, 7, 10, 12, 39, 30)
    assert not working_time.is_open(wall(2026, 7, 8, 16, 20, 30))
    assert working_time.is_open(wall(2026, 7, 8, 16, 20, 29))
    assert working_time.is_open(wall(2026, 7, 10, 12))
    assert working_time.next_opening(wall(2026, 7, 9)) == wall(2026, 7, 10, 12)


def test_closures_may_overlap_and_touch():
    closures = [
        (wall(2026, 7, 8, 10), wall(2026, 7, 8, 12)),
        (wall(2026, 7, 8, 11), wall(2026, 7, 8, 13)),
        (wall(2026, 7, 8, 13), wall(2026, 7, 8, 14)),
        (wall(2026, 7, 8, 10), wall(2026, 7, 8, 11)),
    ]

    assert make_iranian_week(closures=closures).stretches(wall(2026, 7, 8), wall(2026, 7, 9)) == [
        (wall(2026, 7, 8, 9), wall(2026, 7, 8, 10)),
        (wall(2026, 7, 8, 14), wall(2026, 7, 8, 18)),
    ]


# --- What counts and why not, day by day ------------------------------------------------------


def test_the_days_say_what_counts_and_why_the_rest_does_not():
    working_time = make_iranian_week(
        holidays=["2026-07-11"], closures=[(wall(2026, 7, 12, 10), wall(2026, 7, 12, 11))]
    )

    wednesday, thursday, friday, saturday, sunday = working_time.days(
        wall(2026, 7, 8, 17), wall(2026, 7, 12, 12)
    )

    assert wednesday == Day(
        date=date(2026, 7, 8),
        hours=((wall(2026, 7, 8, 9), wall(2026, 7, 8, 18)),),
        counted=((wall(2026, 7, 8, 17), wall(2026, 7, 8, 18)),),
        skipped=(Skip(wall(2026, 7, 8, 18), wall(2026, 7, 9), "closed"),),
    )
    assert (thursday.hours, thursday.counted) == ((), ())
    assert friday.skipped == (Skip(wall(2026, 7, 10), wall(2026, 7, 11), "closed"),)
    assert saturday.hours == ((wall(2026, 7, 11, 9), wall(2026, 7, 11, 18)),)
    assert [each.kind for each in saturday.skipped] == ["closed", "holiday", "closed"]
    assert saturday.skipped[1] == Skip(wall(2026, 7, 11, 9), wall(2026, 7, 11, 18), "holiday", NAME)
    assert sunday.counted == (
        (wall(2026, 7, 12, 9), wall(2026, 7, 12, 10)),
        (wall(2026, 7, 12, 11), wall(2026, 7, 12, 12)),
    )
    assert sunday.skipped[-1] == Skip(
        wall(2026, 7, 12, 10), wall(2026, 7, 12, 11), "closure", REASON
    )


def test_a_closure_at_night_or_on_a_holiday_skips_nothing_of_its_own():
    working_time = make_iranian_week(
        holidays=["2026-07-11"], closures=[(wall(2026, 7, 10, 20), wall(2026, 7, 11, 20))]
    )

    days = working_time.days(wall(2026, 7, 10), wall(2026, 7, 12))

    assert {skip.kind for day in days for skip in day.skipped} == {"closed", "holiday"}


def test_the_days_of_24_7_are_those_of_the_readers_zone():
    start, end = wall(2026, 7, 8, 22), wall(2026, 7, 10, 1)

    days = AROUND_THE_CLOCK.days(start, end, TEHRAN)

    assert [day.date.day for day in days] == [8, 9, 10]
    assert days[0].hours == ((wall(2026, 7, 8), wall(2026, 7, 9)),)
    assert days[0].counted == ((start, wall(2026, 7, 9)),)
    assert days[-1].counted == ((wall(2026, 7, 10), end),)
    assert not any(day.skipped for day in days)
    assert [day.date.day for day in AROUND_THE_CLOCK.days(start, end)] == [8, 9]


def test_a_span_that_ends_before_it_starts_has_no_days():
    assert make_iranian_week().days(wall(2026, 7, 9), wall(2026, 7, 8)) == []
    assert AROUND_THE_CLOCK.days(wall(2026, 7, 9), wall(2026, 7, 9)) == []


def test_a_date_that_ends_at_its_midnight_is_the_last():
    days = make_iranian_week().days(wall(2026, 7, 8, 17), wall(2026, 7, 9))

    assert [day.date.day for day in days] == [8]


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


@pytest.mark.parametrize(
    "part", [{"from": 600, "to": 600}, {"from": 900, "to": 600}, {"to": 1441}, {"from": -1}]
)
def test_a_holiday_that_is_no_part_of_a_day_is_refused(part):
    definition = make_definition({0: [[540, 1080]]}) | {"holidays": {"2026-07-08": NAME | part}}

    with pytest.raises(ValueError, match="part of a day"):
        WorkingTime.from_definition(definition)


def test_a_closure_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="closure"):
        make_iranian_week(closures=[(wall(2026, 7, 9), wall(2026, 7, 9))])


def test_extra_hours_alone_are_no_working_time():
    with pytest.raises(NoWorkingTime):
        make_working_time({}, extra={"2026-07-10": [[600, 720]]})


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_instants_of_other_ages_are_refused(at):
    with pytest.raises(ValueError, match="years 1900 and 2200"):
        make_iranian_week().add(at, HOUR)


# --- Bounds -----------------------------------------------------------------------------------


def test_thousands_of_closures_and_a_year_long_target_come_to_an_end():
    start = wall(2026, 7, 8, 17)
    closures = [
        (start + place * HOUR, start + place * HOUR + 20 * MINUTE) for place in range(20_000)
    ]
    working_time = make_iranian_week(closures=closures)

    due = working_time.add(start, timedelta(days=366))

    assert working_time.measure(start, due) == timedelta(days=366)


def test_closures_of_years_are_passed_over_or_given_up():
    start = wall(2026, 7, 8, 17)
    long = make_iranian_week(closures=[(start, wall(2031, 7, 8, 9, 30))])
    endless = make_iranian_week(closures=[(start, wall(2099, 1, 1))])

    assert long.next_opening(start) == wall(2031, 7, 8, 9, 30)
    assert endless.next_opening(start) is None
    with pytest.raises(NoWorkingTime):
        endless.add(start, MINUTE)


def test_a_minute_a_week_keeps_a_long_target_within_ten_years_or_refuses():
    working_time = make_working_time({0: [[540, 541]]})

    assert working_time.add(wall(2026, 1, 5), 500 * MINUTE) < wall(2026, 1, 5) + FARTHEST
    with pytest.raises(NoWorkingTime):
        working_time.add(wall(2026, 1, 5), 10 * HOUR)


def test_no_more_than_ten_years_of_days_are_listed():
    start, end = wall(2026, 1, 5), wall(2099, 1, 1)

    for days in (make_iranian_week().days(start, end), AROUND_THE_CLOCK.days(start, end, TEHRAN)):
        assert len(days) == FARTHEST.days


def test_two_centuries_may_be_measured():
    counted = make_iranian_week().measure(wall(1950, 1, 1), wall(2199, 1, 1))

    assert counted > timedelta(days=20_000)


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
QUICK = settings(max_examples=25, derandomize=True, **ANY_SPEED)
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


def dates_near_odd_days():
    days_around = st.integers(-2, 2).map(lambda days: timedelta(days=days))
    return st.builds(
        lambda day, off: (day + off).isoformat(), st.sampled_from(ODD_DAYS), days_around
    )


@st.composite
def closures(draw):
    """Any minute from two days before until four days after an odd day; they may overlap."""
    found = []
    for day in draw(st.lists(st.sampled_from(ODD_DAYS), max_size=4)):
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
        since = start + draw(st.integers(0, 4 * MIDNIGHT)) * MINUTE
        found.append((since, since + draw(st.integers(1, 2 * MIDNIGHT)) * MINUTE))
    return found


@st.composite
def definitions(draw):
    weekly = {day: draw(hours_of_a_day()) for day in range(7)}
    # An hour a week at least, or the longest sums would not end within ten years.
    assume(sum(end - start for hours in weekly.values() for start, end in hours) >= 60)
    parts = st.one_of(st.just([[0, MIDNIGHT]]), hours_of_a_day())
    return make_definition(
        weekly,
        zone=draw(st.sampled_from(ZONES)),
        holidays=draw(st.dictionaries(dates_near_odd_days(), parts, max_size=4)),
        extra=draw(st.dictionaries(dates_near_odd_days(), hours_of_a_day(), max_size=4)),
        closures=draw(closures()),
    )


def working_times():
    return definitions().map(WorkingTime.from_definition)


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


def days_are_whole_and_add_up(working_time, start, duration, more):
    """What counts and what is skipped covers the span, each instant of it once."""
    end = start + duration + more
    days = working_time.days(start, end)
    counted = [stretch for day in days for stretch in day.counted]
    skipped = [(each.starts_at, each.ends_at) for day in days for each in day.skipped]
    bounds = [bound for piece in sorted(counted + skipped) for bound in piece]

    assert bounds[0] == start
    assert bounds[1:-1:2] == bounds[2::2]
    assert bounds[-1] == end
    spans = (closes - opens for opens, closes in counted)
    assert sum(spans, timedelta(0)) == working_time.measure(start, end)
    assert all(
        any(opens <= begin and finish <= closes for opens, closes in day.hours)
        for day in days
        for begin, finish in day.counted
    )
    assert len({day.date for day in days}) == len(days)


def is_open_by_the_definition(definition, at, zone):
    shown = at.astimezone(zone)
    minute, day = shown.hour * 60 + shown.minute, shown.date().isoformat()
    for closure in definition["closures"]:
        if datetime.fromisoformat(closure["from"]) <= at < datetime.fromisoformat(closure["to"]):
            return False
    if any(first <= minute < last for first, last in definition["extra"].get(day, [])):
        return True
    for holiday in definition["holidays"].get(day, []):
        if holiday["from"] <= minute < holiday["to"]:
            return False
    usual = definition["weekly"][str(shown.weekday())]
    return any(first <= minute < last for first, last in usual)


def minutes_counted_one_by_one_agree(definition, start, hours):
    """The wall clock is read again for each minute: nothing here is shared with the code tested."""
    working_time, zone = WorkingTime.from_definition(definition), ZoneInfo(definition["time_zone"])
    start = start.replace(second=0, microsecond=0)
    minutes = [start + minute * MINUTE for minute in range(hours * 60)]
    counted = sum(is_open_by_the_definition(definition, at, zone) for at in minutes)

    assert working_time.measure(start, start + timedelta(hours=hours)) == counted * MINUTE
    skips = [s for day in working_time.days(start, minutes[-1] + MINUTE) for s in day.skipped]
    kinds = {"holiday": definition["holidays"], "closure": definition["closures"]}
    assert all(skip.name is None or kinds[skip.kind] for skip in skips)


ADDING = [working_times(), instants(), durations]
PAIRS = [*ADDING, durations]
PROPERTIES = [
    (adding_then_measuring_gives_the_duration_back, ADDING),
    (longer_durations_come_due_later, PAIRS),
    (later_starts_come_due_no_earlier, PAIRS),
    (a_duration_may_be_added_in_two_parts, PAIRS),
    (a_span_may_be_measured_in_two_parts, PAIRS),
    (stretches_are_apart_in_order_and_open, PAIRS),
    (days_are_whole_and_add_up, PAIRS),
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


COUNTED = [definitions(), instants(), st.integers(1, 100)]


def test_working_time_agrees_with_a_count_of_minutes():
    COUNTING(given(*COUNTED)(minutes_counted_one_by_one_agree))()


@pytest.mark.full
def test_working_time_agrees_with_a_count_of_minutes_in_many_more_cases():
    COUNTING_LONG(given(*COUNTED)(minutes_counted_one_by_one_agree))()
