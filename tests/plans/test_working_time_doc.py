"""The worked examples of docs/working-time.md, computed: the document cannot lie."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plans.durations import parse_duration
from plans.working_time import AROUND_THE_CLOCK, WorkingTime

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "working-time.md"
WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
HOURS = re.compile(r"(\d\d):(\d\d)–(\d\d):(\d\d)")
NAME = {"fa": "تعطیل", "en": "Closed"}


def tables():
    """The rows of each table as lists of texts, without its head."""
    found, rows = [], []
    for line in [*DOCUMENT.read_text("utf-8").splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            found.append(rows[2:])
            rows = []
    return found


CALENDARS, EXAMPLES = tables()


def hours_in(text):
    return [[int(a) * 60 + int(b), int(c) * 60 + int(d)] for a, b, c, d in HOURS.findall(text)]


def weekly_of(text):
    weekly = {}
    for part in text.split(", "):
        first, _, last = part.split(" ")[0].partition("–")
        day = WEEK.index(first)
        while True:
            weekly[str(day)] = hours_in(part)
            if WEEK[day] == (last or first):
                break
            day = (day + 1) % 7
    return weekly


def calendar_of(zone, weekly, exceptions):
    if not zone:
        return AROUND_THE_CLOCK
    definition = {
        "time_zone": zone,
        "weekly": weekly_of(weekly),
        "holidays": {},
        "extra": {},
        "closures": [],
    }
    for kind, text in (each.split(" ", 1) for each in exceptions.split("; ") if each):
        if kind == "closed":
            since, until = (moment(each, zone) for each in text.split(" – "))
            closure = {"from": since.isoformat(), "to": until.isoformat(), **NAME}
            definition["closures"].append(closure)
        elif kind == "extra":
            definition["extra"][text[:10]] = hours_in(text)
        else:
            part = dict(zip(("from", "to"), *hours_in(text), strict=True)) if ":" in text else {}
            definition["holidays"][text[:10]] = NAME | part
    return WorkingTime.from_definition(definition)


def moment(text, zone):
    """2026-07-08 17:00, with an offset where the wall shows the time twice."""
    day, time, *offset = text.split(" ")
    if offset:
        return datetime.fromisoformat(f"{day}T{time}{offset[0]}")
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("row", EXAMPLES, ids=[f"{row[0]}, {row[4]}" for row in EXAMPLES])
def test_a_worked_example_is_true(row):
    name, start_text, duration, due_text, _why = row
    zone, weekly, exceptions = next(each[1:] for each in CALENDARS if each[0] == name)
    calendar, zone = calendar_of(zone, weekly, exceptions), zone or "Asia/Tehran"
    start, due = (moment(text[4:], zone) for text in (start_text, due_text))
    duration = parse_duration(duration)

    found = calendar.add(start, duration)

    assert (
        found.astimezone(ZoneInfo(zone)).isoformat() == due.astimezone(ZoneInfo(zone)).isoformat()
    )
    assert calendar.measure(start, found) == duration
    counted = [stretch for day in calendar.days(start, found) for stretch in day.counted]
    assert sum((end - begin for begin, end in counted), timedelta(0)) == duration
    for text in (start_text, due_text):
        assert WEEK[datetime.fromisoformat(text[4:14]).weekday()] == text[:3]


def test_there_are_enough_examples_and_each_calendar_has_one():
    assert len(EXAMPLES) >= 20
    assert {row[0] for row in EXAMPLES} == {row[0] for row in CALENDARS}
