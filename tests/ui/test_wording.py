"""How numbers, durations and times are read and written, in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from plans.durations import DurationField, parse_duration
from plans.models import LONGEST_TARGET
from ui import wording
from ui.calendars import JALALI
from ui.dates import parse_date
from ui.forms import ClockTimeField, JalaliDateField, NumberField, TextField

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ZWNJ = "\u200c"
# Saturday 2026-05-02 (12 Ordibehesht 1405), 10:00 in Tehran.
NOW = datetime(2026, 5, 2, 6, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_tehran():
    with timezone.override(ZoneInfo("Asia/Tehran")):
        yield


def both(function, *args, **kwargs):
    """What a function writes in Persian and in English."""
    return tuple(function(*args, language=language, **kwargs) for language in ("fa", "en"))


# --- Numbers ----------------------------------------------------------------------------------


def test_digits_are_persian_for_persian_readers_only():
    assert both(wording.digits, "تا 18:00") == ("تا ۱۸:۰۰", "تا 18:00")


def test_numbers_have_the_separators_of_the_language():
    assert both(wording.number, 1261.5) == ("۱٬۲۶۱٫۵", "1,261.5")


@pytest.mark.parametrize(
    ("size", "persian", "english"),
    [
        (0, "۰ بایت", "0 bytes"),
        (1, "۱ بایت", "1 byte"),
        (1023, "۱٬۰۲۳ بایت", "1,023 bytes"),
        (1024, "۱ کیلوبایت", "1 KB"),
        (1536, "۱٫۵ کیلوبایت", "1.5 KB"),
        (200_000, "۱۹۵ کیلوبایت", "195 KB"),
        (10 * 1024 * 1024, "۱۰ مگابایت", "10 MB"),
        (1_200_000, "۱٫۱ مگابایت", "1.1 MB"),
    ],
)
def test_sizes_are_written(size, persian, english):
    assert both(wording.format_size, size) == (persian, english)


# --- Durations written ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duration", "persian", "english"),
    [
        (30 * MINUTE, "۳۰ دقیقه", "30 min"),
        (48 * HOUR, "۴۸ ساعت", "48 h"),
        (2 * HOUR + 15 * MINUTE, "۲ ساعت و ۱۵ دقیقه", "2 h 15 min"),
        (2 * HOUR + 15 * MINUTE + 59 * SECOND, "۲ ساعت و ۱۵ دقیقه", "2 h 15 min"),
        (2 * HOUR + 30 * SECOND, "۲ ساعت", "2 h"),
        (45 * SECOND, "۴۵ ثانیه", "45 sec"),
        (timedelta(0), "۰ دقیقه", "0 min"),
        (-22 * MINUTE, "۲۲ دقیقه", "22 min"),
    ],
)
def test_durations_are_written_in_two_parts(duration, persian, english):
    assert both(wording.format_duration, duration) == (persian, english)


@pytest.mark.parametrize(
    ("duration", "persian", "english"),
    [
        (59 * SECOND, "۵۹ ثانیه", "59 sec"),
        (59 * MINUTE + 59 * SECOND, "۵۹ دقیقه", "59 min"),
        (119 * MINUTE, "۱ ساعت", "1 h"),
        (48 * HOUR, "۴۸ ساعت", "48 h"),
        (48 * HOUR + SECOND, "۲ روز", "2 d"),
        (75 * HOUR, "۳ روز", "3 d"),
    ],
)
def test_short_durations_have_one_unit(duration, persian, english):
    assert both(wording.format_short, duration) == (persian, english)


@pytest.mark.parametrize(
    ("duration", "persian", "english"),
    [
        (24 * HOUR, "۲۴ ساعت کاری (حدود ۳ روز کاری)", "24 working hours (about 3 working days)"),
        (48 * HOUR, "۴۸ ساعت کاری (حدود ۵ روز کاری)", "48 working hours (about 5 working days)"),
        (10 * HOUR, "۱۰ ساعت کاری (حدود ۱ روز کاری)", "10 working hours (about 1 working day)"),
        (9 * HOUR, "۹ ساعت کاری", "9 working hours"),
        (1 * HOUR, "۱ ساعت کاری", "1 working hour"),
        (30 * MINUTE, "۳۰ دقیقه‌ی کاری", "30 working minutes"),
        (90 * MINUTE, "۱ ساعت و ۳۰ دقیقه در زمان کاری", "1 h 30 min of working time"),
    ],
)
def test_working_targets_are_written_in_working_hours(duration, persian, english):
    written = both(wording.format_target, duration, working=True, day=9 * HOUR)

    assert written == (persian, english)


def test_targets_around_the_clock_are_plain_durations():
    assert both(wording.format_target, 24 * HOUR) == ("۲۴ ساعت", "24 h")


# --- Durations read ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30 min", 30 * MINUTE),
        ("30min", 30 * MINUTE),
        ("30 Minutes", 30 * MINUTE),
        ("12 h", 12 * HOUR),
        ("12 hours", 12 * HOUR),
        ("1 h 30 min", 90 * MINUTE),
        ("1 h, 30 min", 90 * MINUTE),
        ("1 hour and 30 minutes", 90 * MINUTE),
        ("1.5 h", 90 * MINUTE),
        ("90 sec", 90 * SECOND),
        ("۳۰ دقیقه", 30 * MINUTE),
        ("۳۰دقیقه", 30 * MINUTE),
        ("٣٠ دقیقه", 30 * MINUTE),
        ("۱۲ ساعت", 12 * HOUR),
        ("۱ ساعت و ۳۰ دقیقه", 90 * MINUTE),
        ("۱ ساعت ۳۰ دقیقه", 90 * MINUTE),
        (f"۱۲{ZWNJ}ساعت", 12 * HOUR),
        ("۱٫۵ ساعت", 90 * MINUTE),
        ("", None),
        ("   ", None),
        (None, None),
        ("–", None),
        ("\u200f۳۰ دقيقه", 30 * MINUTE),
        ("30 min.", 30 * MINUTE),
    ],
)
def test_durations_are_read_as_people_type_them(text, duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "zero"),
        ("0 h", "zero"),
        ("۰ دقیقه", "zero"),
        ("-2 h", "negative"),
        ("−2 h", "negative"),
        ("99999 h", "too_long"),
        ("8784 h 1 min", "too_long"),
        ("9" * 30 + " h", "too_long"),
        ("9" * 5000 + " h", "unreadable"),
        ("30", "unreadable"),
        ("soon", "unreadable"),
        ("12 hh", "unreadable"),
        ("1 h 2 h", "unreadable"),
        ("1 h -30 min", "unreadable"),
        ("0.0001 h", "unreadable"),
        ("2 d", "days"),
        ("۲ روز", "days"),
        ("\x00 h", "unreadable"),
    ],
)
@pytest.mark.parametrize("language", ["fa", "en"])
def test_other_durations_are_refused_with_a_sentence(text, code, language):
    with override(language), pytest.raises(ValidationError) as refusal:
        parse_duration(text)

    assert refusal.value.code == code
    with override(language):
        sentence = refusal.value.messages[0]
    assert sentence.endswith(".")
    assert sentence.isascii() is (language == "en")


@given(st.integers(1, int(LONGEST_TARGET.total_seconds())), st.sampled_from(["fa", "en"]))
def test_a_duration_is_read_back_as_it_was_written(seconds, language):
    duration = seconds * SECOND

    with override(language):
        assert DurationField().clean(DurationField().prepare_value(duration)) == duration


# --- Dates and times --------------------------------------------------------------------------


def test_dates_are_jalali_in_persian_and_gregorian_in_english():
    assert both(wording.format_date, NOW) == ("۱۲ اردیبهشت ۱۴۰۵", "2 May 2026")
    assert both(wording.format_date, date(2026, 5, 2)) == ("۱۲ اردیبهشت ۱۴۰۵", "2 May 2026")


def test_times_are_of_the_active_zone():
    assert both(wording.format_time, NOW) == ("۱۰:۰۰", "10:00")
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert both(wording.format_time, NOW) == ("۰۸:۳۰", "08:30")


def test_a_date_with_time_has_the_year():
    assert both(wording.format_datetime, NOW) == (
        "۱۲ اردیبهشت ۱۴۰۵، ۱۰:۰۰",
        "2 May 2026, 10:00",
    )


@pytest.mark.parametrize(
    ("hours", "persian", "english"),
    [
        (4, "امروز ۱۴:۰۰", "today 14:00"),
        (13.5, "امروز ۲۳:۳۰", "today 23:30"),
        (14, "فردا ۰۰:۰۰", "tomorrow 00:00"),
        (-11, "دیروز ۲۳:۰۰", "yesterday 23:00"),
        (4 * 24, "چهارشنبه ۱۶ اردیبهشت ۱۰:۰۰", "Wed 6 May 10:00"),
        (-60 * 24, "سه‌شنبه ۱۲ اسفند ۱۴۰۴ ۱۰:۰۰", "Tue 3 Mar 10:00"),
        (300 * 24, "جمعه ۷ اسفند ۱۰:۰۰", "Fri 26 Feb 2027 10:00"),
    ],
)
def test_moments_are_written_as_seen_from_now(hours, persian, english):
    moment = NOW + hours * HOUR

    assert both(wording.format_moment, moment, NOW) == (persian, english)


def test_weekdays_have_their_zwnj():
    with override("fa"):
        assert wording.weekday_name(date(2026, 5, 5)) == f"سه{ZWNJ}شنبه"


@pytest.mark.parametrize(
    "text", ["1405/02/12", "۱۴۰۵/۰۲/۱۲", "1405-2-12", "۱۲ اردیبهشت ۱۴۰۵", " 1405.02.12 "]
)
def test_jalali_dates_are_read(text):
    assert parse_date(text) == date(2026, 5, 2)


@pytest.mark.parametrize(
    "text",
    ["", "1405/13/01", "1404/12/30", "2026/05/02", "1405/02", "x/y/z", "²", "1405/2/²", "①/②/③"],
)
def test_what_is_no_jalali_date_is_refused(text):
    with pytest.raises(ValidationError):
        parse_date(text, (JALALI,))


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("fa", "۱۴۰۵/۰۲/۱۲", date(2026, 5, 2)),
        ("fa", "1403/12/30", date(2025, 3, 20)),
        ("fa", "2026-05-02", date(2026, 5, 2)),
        ("en", "2026-05-02", date(2026, 5, 2)),
        ("en", "2026/05/02", date(2026, 5, 2)),
        ("en", "۲۰۲۶-۰۵-۰۲", date(2026, 5, 2)),
    ],
)
def test_the_date_field_reads_what_the_reader_writes(language, text, day):
    with override(language):
        assert JalaliDateField().clean(text) == day


@pytest.mark.parametrize(
    ("language", "text"),
    [("fa", "1404/12/30"), ("fa", "فردا"), ("en", "1405-02-12"), ("en", "2026-02-30")],
)
def test_the_date_field_refuses_what_is_no_date(language, text):
    with override(language), pytest.raises(ValidationError):
        JalaliDateField().clean(text)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("fa", "\u200f۱۴۰۵/۰۲/۱۲\u200e", date(2026, 5, 2)),
        ("fa", "\u2067۱۴۰۵/۲/۱۲\u2069", date(2026, 5, 2)),
        ("fa", "١٤٠٥/٠٢/١٢", date(2026, 5, 2)),
        ("fa", "۱۲ ارديبهشت ۱۴۰۵", date(2026, 5, 2)),
        ("fa", "شنبه ۱۲ اردیبهشت ۱۴۰۵", date(2026, 5, 2)),
        ("fa", "سه‌شنبه، ۱۵ اردیبهشت‌ماه ۱۴۰۵", date(2026, 5, 5)),
        ("fa", "سه شنبه ۱۵ اردیبهشت ماه ۱۴۰۵", date(2026, 5, 5)),
        ("fa", "۱۲/۲/۱۴۰۵", date(2026, 5, 2)),
        ("fa", "۲ مه ۲۰۲۶", date(2026, 5, 2)),
        ("fa", "۵ مرداد ۱۴۰۵", date(2026, 7, 27)),
        ("en", "Sat 2 May 2026", date(2026, 5, 2)),
        ("en", "Saturday, May 2nd, 2026", date(2026, 5, 2)),
        ("en", "\u200e2026-05-02", date(2026, 5, 2)),
        ("en", "23/11/2026", date(2026, 11, 23)),
        ("en", "11/23/2026", date(2026, 11, 23)),
        ("fa", "۱۲ اردی بهشت ۱۴۰۵", date(2026, 5, 2)),
        ("fa", "دوازدهم اردیبهشت ۱۴۰۵", date(2026, 5, 2)),
        ("fa", "بیست و سوم آبان ۱۴۰۵", date(2026, 11, 14)),
        ("fa", "۱۲\u200cام اردیبهشت ۱۴۰۵", date(2026, 5, 2)),
        ("fa", "مورخهٔ ۱۴۰۵/۲/۱۲ هجری شمسی", date(2026, 5, 2)),
        ("fa", "۲ می ۲۰۲۶ میلادی", date(2026, 5, 2)),
        ("fa", "12 Ordibehesht 1405", date(2026, 5, 2)),
        ("fa", "۱۴۰۵۰۲۱۲", date(2026, 5, 2)),
        ("fa", "\ufe81\ufeab\ufead ۱، ۱۴۰۵", date(2026, 11, 22)),
        ("fa", "２０２６/０５/０２", date(2026, 5, 2)),
        ("fa", "۱۴۰۵ـ۲ـ۱۲", date(2026, 5, 2)),
        ("fa", "۱۲ ارديـبهشت ۱۴۰۵", date(2026, 5, 2)),
        ("fa", "سی‌ام مهر ۱۴۰۵", date(2026, 10, 22)),
        ("fa", "بیست‌ودوم آذر ۱۴۰۵", date(2026, 12, 13)),
        ("fa", "۲ نومبر ۲۰۲۶", date(2026, 11, 2)),
    ],
)
def test_a_date_with_marks_arabic_letters_or_a_weekday_is_not_refused(language, text, day):
    with override(language):
        assert JalaliDateField().clean(text) == day


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fa", "شنبه ۱۲ اردیبهشت ۱۴۰۵، ۱۴:۳۳"),
        ("fa", "۱۴۰۵/۰۲/۱۲ ساعت ۹:۰۵"),
        ("fa", "۱۴۰۵/۰۲/۱۲ ساعت ۹"),
        ("fa", "۱۲ اردیبهشت ۱۴۰۵ ساعت ۹ صبح"),
        ("en", "Saturday, 2 May 2026, 14:33"),
        ("en", "2 May 2026 at 2:33 pm"),
        ("en", "2026-05-02T10:00:00.123Z"),
        ("en", "2026-05-02 10:00:00+03:30"),
    ],
)
def test_a_date_that_is_copied_with_its_time_is_not_refused(language, text):
    with override(language):
        assert JalaliDateField().clean(text) == date(2026, 5, 2)


@pytest.mark.parametrize(
    ("language", "text", "sentence"),
    [
        ("fa", "1405/13/1", "سال فقط ۱۲ ماه دارد."),
        ("fa", "2026-02-30", "فوریه ۲۰۲۶ فقط ۲۸ روز دارد."),
        ("fa", "۱۴۰۴/۱۲/۳۰", "اسفند ۱۴۰۴ فقط ۲۹ روز دارد."),
        ("fa", "۳۱ آبان ۱۴۰۵", "آبان ۱۴۰۵ فقط ۳۰ روز دارد."),
        ("en", "2026-02-30", "February 2026 has only 28 days."),
        ("fa", "۱۴۰۵/۰/۱۲", "روز و ماه از ۱ شمرده می‌شوند."),
        ("fa", "0 مهر 1405", "روز و ماه از ۱ شمرده می‌شوند."),
        ("fa", "۲ محرم ۱۴۰۵", "ماهی به نام «محرم» نیست."),
        ("fa", "۵/۲/۱۲", "سال را با چهار رقم بنویسید."),
        ("fa", "۱۵۰۰/۲/۱۲", "سالی از ۱۳۰۰ تا ۱۴۹۹ بنویسید."),
        ("fa", "۲ آذر ۲۰۲۶", "ماه و سال از دو تقویم متفاوت‌اند."),
        ("en", "1405/2/12", "1405 is a year of the Persian calendar. Enter a Gregorian date."),
        (
            "en",
            "5/2/2026",
            "This can be two different days. Write the year first, or the month by its name.",
        ),
    ],
)
def test_a_day_that_does_not_exist_has_not_the_sentence_of_nonsense(language, text, sentence):
    with override(language), pytest.raises(ValidationError) as refused:
        JalaliDateField().clean(text)

    assert refused.value.messages == [sentence]


@pytest.mark.parametrize("text", ["5/2/2026", "2 آذر 2026", "1 2 3 4", "12345/1/1", "99999999999"])
def test_a_date_that_may_mean_two_days_is_refused(text):
    with override("fa"), pytest.raises(ValidationError):
        JalaliDateField().clean(text)


@pytest.mark.parametrize("text", ["1000", "۱٬۰۰۰", "1,000", "\u200f۱۰۰۰", " ١٠٠٠ "])
def test_a_number_with_separators_or_marks_is_not_refused(text):
    assert NumberField().clean(text) == 1000


def test_the_date_field_shows_what_it_reads():
    for language in ("fa", "en"):
        with override(language):
            field = JalaliDateField()
            assert field.clean(field.prepare_value(date(2026, 5, 2))) == date(2026, 5, 2)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("9:00", "09:00"),
        ("۱۷:۳۰", "17:30"),
        ("24:00", "00:00"),
        ("00:00", "00:00"),
        ("\u200fساعت ۹:۳۰", "09:30"),
        ("17:30:00", "17:30"),
        ("۱۷٫۳۰", "17:30"),
        ("17 : 30", "17:30"),
        ("1730", "17:30"),
        ("5:30 PM", "17:30"),
        ("12 am", "00:00"),
        ("۵ بعدازظهر", "17:00"),
        ("ساعت ۹ صبح", "09:00"),
        ("۱۲ شب", "00:00"),
        ("۱ ظهر", "13:00"),
        ("۵ ب.ظ", "17:00"),
        ("۹:۳۰ ق.ظ.", "09:30"),
        ("5:30 p.m.", "17:30"),
    ],
)
def test_the_time_field_reads_times(text, time):
    assert f"{ClockTimeField().clean(text):%H:%M}" == time


@pytest.mark.parametrize("text", ["25:00", "9", "17:30:15", "noon"])
def test_the_time_field_refuses_other_texts(text):
    with pytest.raises(ValidationError):
        ClockTimeField().clean(text)


# --- Limits of texts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("fa", "حداکثر ۱٬۰۰۰ نویسه بنویسید."), ("en", "Enter at most 1,000 characters.")],
)
def test_the_error_of_a_long_text_has_the_limit_in_the_readers_digits(language, sentence):
    field = TextField(max_length=1000)

    with override(language):
        with pytest.raises(ValidationError) as refused:
            field.clean("x" * 1001)

        assert refused.value.messages == [sentence]
