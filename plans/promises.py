"""What a plan promises at a moment: the cells of its matrix and the time in which they count."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from django.db.models import OuterRef, QuerySet, Subquery

from ui.time_zones import known_zone

from .models import CalendarVersion, Plan, PlanVersion, Priority
from .working_time import AROUND_THE_CLOCK, AroundTheClock, WorkingTime


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix; None is no commitment, no aim, no resolution target."""

    target: timedelta | None = None
    aim: timedelta | None = None
    resolution: timedelta | None = None


@dataclass(frozen=True)
class Promise:
    """A version of a plan with the version of the calendar that it counts in (None: 24/7)."""

    plan_version: PlanVersion
    calendar_version: CalendarVersion | None
    working_time: WorkingTime | AroundTheClock

    @property
    def is_around_the_clock(self) -> bool:
        return self.calendar_version is None

    @property
    def has_resolutions(self) -> bool:
        """Whether a resolution is promised for any priority."""
        return any(self.cell(each).resolution is not None for each in Priority)

    def cell(self, priority: str) -> Cell:
        """The cell of the matrix for a priority; an empty one where there is no commitment."""
        seconds = self.plan_version.targets.get(str(priority)) or {}
        return _cell(seconds.get("target"), seconds.get("aim"), seconds.get("resolution"))


@lru_cache(maxsize=256)
def _cell(*seconds: int | None) -> Cell:
    """A cell of seconds; of the same ones the same cell, for a batch asks for thousands."""
    return Cell(*(None if each is None else timedelta(seconds=each) for each in seconds))


def current_promise(plan: Plan | int) -> Promise:
    """The latest version of the plan (or that of this key) and of its calendar, in one query; in
    one more for a version of the calendar that this process has not met yet.

    Raises PlanVersion.DoesNotExist for a plan that was never published.
    """
    return promise_of_current(current_version(plan).get())


def current_version(plan: Plan | int) -> QuerySet:
    """The latest version of the plan (or that of this key), with the key of that of its calendar;
    nothing of a plan that was never published."""
    calendars = CalendarVersion.objects.filter(calendar=OuterRef("calendar"), amends__isnull=True)
    latest = Subquery(calendars.order_by("-number").values("pk")[:1])
    versions = PlanVersion.objects.filter(plan=plan).annotate(calendar_version_id=latest)
    return versions.order_by("-number")[:1]


def promise_of_current(plan_version: PlanVersion) -> Promise:
    """The promise of what `current_version` finds."""
    key = plan_version.calendar_version_id
    return promise_of(plan_version, _calendar_version(key) if key else None)


def current_calendar_version(calendar) -> CalendarVersion:
    """What a calendar (or that of this key) says to new clocks."""
    versions = CalendarVersion.objects.filter(calendar=calendar, amends__isnull=True)
    return versions.latest("number")


def current_promises(plans: list[Plan]) -> dict[int, Promise]:
    """The current promise of each published plan by its key, in two queries however many."""
    latest = _latest(PlanVersion, "plan")
    versions = list(PlanVersion.objects.filter(plan__in=plans, number=latest))
    calendars = CalendarVersion.objects.filter(
        calendar__in={each.calendar_id for each in versions} - {None},
        amends__isnull=True,
        number=_latest(CalendarVersion, "calendar"),
    )
    of_calendar = {each.calendar_id: each for each in calendars}
    return {each.plan_id: promise_of(each, of_calendar.get(each.calendar_id)) for each in versions}


def _latest(versions, owner):
    """The highest number among the versions of the same plan or calendar."""
    same = versions.objects.filter(**{owner: OuterRef(owner)})
    return Subquery(same.order_by("-number").values("number")[:1])


def promise_of(plan_version: PlanVersion, calendar_version: CalendarVersion | None) -> Promise:
    """The promise that a clock was computed from; no queries."""
    if calendar_version is None:
        return Promise(plan_version, None, AROUND_THE_CLOCK)
    return Promise(plan_version, calendar_version, _working_time(calendar_version))


def working_time_by_key(calendar_version_id: int | None) -> WorkingTime | AroundTheClock:
    """The time in which a version of a calendar counts, where only its key was fetched.

    A query for a version that this process has not met yet, else none.
    """
    if not calendar_version_id:
        return AROUND_THE_CLOCK
    return _working_time(_calendar_version(calendar_version_id))


@lru_cache(maxsize=64)
def _calendar_version(calendar_version_id: int) -> CalendarVersion:
    return CalendarVersion.objects.get(pk=calendar_version_id)


@lru_cache(maxsize=64)
def _working_time(calendar_version: CalendarVersion) -> WorkingTime:
    # Rows are equal when their keys are, and a version never changes.
    definition = calendar_version.definition
    zone = known_zone(definition["time_zone"])
    return WorkingTime.from_definition(definition | {"time_zone": str(zone)})
