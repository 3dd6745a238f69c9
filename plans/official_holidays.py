"""The official holidays of the country by Persian year, as the `holidays` package knows them.

Those of the lunar calendar that are not announced yet are estimates: the admin corrects them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import holidays
import jdatetime

from ui.wording import JALALI_YEARS, digits

from .querysets import COUNTRY_ZONE

# Persian years that lie wholly in the Gregorian years that the package knows (1980 to 2100).
KNOWN_YEARS = range(1359, 1479)
PROPOSED_BEFORE = timedelta(days=60)
LONGEST_NAME = 80
ESTIMATES = {"fa": " (تخمینی)", "en": " (estimated)"}
LOCALES = {"fa": "fa_IR", "en": "en_US"}


@dataclass(frozen=True)
class OfficialHoliday:
    """A date that is a holiday in the whole country; an estimate depends on sighting the moon."""

    held_on: date
    name_fa: str
    name_en: str
    is_estimate: bool


def official_holidays(year: int) -> list[OfficialHoliday]:
    """The holidays of a Persian year in order; none of a year that the package does not know.

    Raises ValueError for a year that is none of 1300 to 1499.
    """
    first, last = year_bounds(year)
    if year not in KNOWN_YEARS:
        return []
    of_language = {
        language: holidays.country_holidays("IR", years=[first.year, last.year], language=locale)
        for language, locale in LOCALES.items()
    }
    return [
        OfficialHoliday(
            held_on=day,
            name_fa=digits(_name(of_language["fa"], day, "fa", "؛ "), language="fa"),
            name_en=_name(of_language["en"], day, "en", "; "),
            is_estimate=any(ESTIMATES["en"] in each for each in of_language["en"].get_list(day)),
        )
        for day in sorted(of_language["fa"])
        if first <= day <= last
    ]


def year_bounds(year: int) -> tuple[date, date]:
    """The first and the last date of a Persian year. Raises ValueError for none of 1300 to 1499."""
    if year not in JALALI_YEARS:
        raise ValueError("No year of the Persian calendar as it is written today.")
    first, after = (jdatetime.date(each, 1, 1).togregorian() for each in (year, year + 1))
    return first, after - timedelta(days=1)


def persian_year_of(now) -> int:
    """The Persian year that it is in the country."""
    return jdatetime.date.fromgregorian(date=now.astimezone(ZoneInfo(COUNTRY_ZONE)).date()).year


def persian_year_to_propose(now) -> int | None:
    """The next Persian year when this one ends within 60 days, else None."""
    year = persian_year_of(now)
    _first, last = year_bounds(year)
    is_near = last - now.astimezone(ZoneInfo(COUNTRY_ZONE)).date() < PROPOSED_BEFORE
    return year + 1 if is_near and year + 1 in KNOWN_YEARS else None


def _name(known, day, language, joiner):
    names = (each.replace(ESTIMATES[language], "") for each in known.get_list(day))
    name = joiner.join(names).replace("عیدنوروز", "عید نوروز").replace("؛شهادت", "؛ شهادت")
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
