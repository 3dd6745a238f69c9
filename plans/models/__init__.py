"""What was promised: plans, their response targets, and the calendars these count in."""

from .calendars import (
    Calendar,
    CalendarVersion,
    Closure,
    ExtraHours,
    Holiday,
    HolidayProposal,
    Weekday,
    WorkingHours,
    minutes_of,
)
from .names import Named
from .plans import LONGEST_TARGET, PURPOSES, Plan, PlanVersion, Priority, ResponseTarget

__all__ = [
    "LONGEST_TARGET",
    "PURPOSES",
    "Calendar",
    "CalendarVersion",
    "Closure",
    "ExtraHours",
    "Holiday",
    "HolidayProposal",
    "Named",
    "Plan",
    "PlanVersion",
    "Priority",
    "ResponseTarget",
    "Weekday",
    "WorkingHours",
    "minutes_of",
]
