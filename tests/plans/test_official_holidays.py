"""Official holidays: what is known of a year, what an admin adds, what is proposed."""

from datetime import UTC, date, datetime

import jdatetime
import pytest
from django.urls import reverse

from plans import services
from plans.errors import PlanError
from plans.models import Holiday, HolidayProposal, Plan
from plans.official_holidays import KNOWN_YEARS, official_holidays, year_bounds
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_admin_pages")]

BEFORE, FROM = datetime(2028, 1, 19, 12, tzinfo=UTC), datetime(2028, 1, 21, 12, tzinfo=UTC)


@pytest.fixture
def calendar(db):
    return Plan.objects.get(key="developer").calendar


# --- What is known ----------------------------------------------------------------------------


def test_a_year_goes_from_nowruz_to_the_day_before_the_next():
    assert year_bounds(1407) == (date(2028, 3, 20), date(2029, 3, 19))


def test_nowruz_is_certain_and_the_moon_is_an_estimate():
    known = {each.held_on: each for each in official_holidays(1407)}

    assert known[date(2028, 3, 20)].name_en == "Nowruz"
    assert known[date(2028, 3, 20)].name_fa == "جشن نوروز"
    assert not known[date(2028, 3, 20)].is_estimate
    assert known[date(2028, 5, 6)].is_estimate
    assert known[date(2028, 5, 6)].name_fa == "عید سعید قربان"


@pytest.mark.parametrize("year", [KNOWN_YEARS[0], 1403, 1405, 1408, KNOWN_YEARS[-1]])
def test_every_date_of_a_known_year_lies_in_it_once_and_its_names_fit(year):
    known = official_holidays(year)
    first, last = year_bounds(year)

    assert len(known) >= 15
    assert len({each.held_on for each in known}) == len(known)
    assert all(first <= each.held_on <= last for each in known)
    assert all(0 < len(name) <= 80 for each in known for name in (each.name_fa, each.name_en))
    nowruz = jdatetime.date(year, 1, 1).togregorian()
    assert known[0].held_on == nowruz


def test_an_unknown_year_has_no_list():
    assert official_holidays(1300) == []
    assert official_holidays(1499) == []
    for year in (1299, 1500):
        with pytest.raises(ValueError, match="No year"):
            official_holidays(year)


# --- The page ---------------------------------------------------------------------------------


@pytest.fixture
def desk(admin, client_of):
    admin.language = "en"
    admin.save()
    return client_of(admin)


@pytest.fixture
def url(calendar):
    return reverse("admin:plans_calendar_holidays", args=[calendar.pk])


def shown(response):
    """What a browser would send of the unchanged list."""
    return read(response).one("#holidays_form").fields()


def names_on(response):
    """The English names of the dates that are offered, each with whether it is ticked."""
    page = read(response)
    names = [each for each in page.all(".holiday-choice input") if "-name_en" in each["name"]]
    return {each.value: page.field(each["name"].replace("name_en", "is_taken")) for each in names}


def test_looking_saves_nothing(desk, url, calendar):
    before = calendar.holidays.count()

    response = desk.get(f"{url}?year=۱۴۰۷")

    assert len(read(response).all(".holiday-choice tbody tr")) == len(official_holidays(1407))
    assert (calendar.holidays.count(), calendar.versions.count()) == (before, 1)


def test_a_year_is_added_as_the_admin_left_it_and_published(desk, url, calendar, admin):
    fields = shown(desk.get(f"{url}?year=1407"))
    del fields["days-1-is_taken"]
    fields |= {"days-6-held_on": "2028-05-07", "days-6-name_en": "Feast", "days-6-is_estimate": ""}

    response = desk.post(f"{url}?year=1407", fields, follow=True)

    added = calendar.holidays.between(*year_bounds(1407))
    assert (
        f"{len(official_holidays(1407)) - 1} holidays have been added." in response.content.decode()
    )
    assert added.count() == len(official_holidays(1407)) - 1
    assert not added.filter(held_on=date(2028, 3, 21)).exists()
    feast = added.get(held_on=date(2028, 5, 7))
    assert (feast.name_en, feast.is_estimate) == ("Feast", False)
    version = calendar.versions.latest("number")
    assert (version.number, version.created_by) == (2, admin)
    assert "2028-05-07" in version.definition["holidays"]


def test_what_the_calendar_has_already_is_not_offered_again(desk, url, calendar):
    fields = shown(desk.get(f"{url}?year=1407"))
    desk.post(f"{url}?year=1407", fields)

    response = desk.get(f"{url}?year=1407")

    assert names_on(response) == {}
    assert "already has all official holidays" in response.content.decode()


def test_the_shipped_years_are_known_already(desk, url):
    assert names_on(desk.get(f"{url}?year=1406")) == {}


def test_a_date_that_was_corrected_is_offered_unticked(desk, url, calendar):
    Holiday.objects.create(
        calendar=calendar, held_on=date(2028, 5, 7), name_fa="عید سعید قربان", name_en="Feast"
    )

    ticked = names_on(desk.get(f"{url}?year=1407"))

    assert (ticked["Eid al-Adha"], ticked["Nowruz"]) == (None, "on")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"days-6-held_on": "2028-03-20"}, "held_on", "already a holiday"),
        ({"days-6-held_on": "2029-05-06"}, "held_on", "not in the year 1407"),
        ({"days-6-held_on": "someday"}, "held_on", "Enter a date"),
        ({"days-6-name_fa": ""}, "name_fa", "required"),
        ({"days-6-name_en": "x" * 81}, "name_en", "at most 80"),
    ],
)
def test_what_cannot_be_added_is_explained_beside_the_field(
    desk, url, calendar, changes, field, sentence
):
    before = calendar.holidays.count()
    fields = shown(desk.get(f"{url}?year=1407")) | changes

    response = desk.post(f"{url}?year=1407", fields)

    assert sentence in read(response).errors()[f"days-6-{field}"]
    assert calendar.holidays.count() == before


def test_nothing_ticked_is_explained(desk, url):
    fields = shown(desk.get(f"{url}?year=1407"))
    fields = {name: value for name, value in fields.items() if not name.endswith("is_taken")}

    response = desk.post(f"{url}?year=1407", fields)

    assert read(response).texts(".errorlist") == ["Choose at least one date."]


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        ("1299", "from 1300 to 1499"),
        ("1500", "from 1300 to 1499"),
        ("2028", "from 1300 to 1499"),
        ("soon", "Enter a Persian year"),
        ("", "required"),
    ],
)
def test_a_year_that_is_none_is_explained(desk, url, year, sentence):
    response = desk.get(url, {"year": year})

    assert response.status_code == 200
    assert sentence in read(response).errors()["year"]
    assert desk.post(f"{url}?year={year}", {}).status_code == 200


def test_a_year_beyond_what_is_known_says_so(desk, url):
    assert "not known here" in desk.get(f"{url}?year=1490").content.decode()


def test_a_list_that_is_sent_in_pieces_is_no_accident(desk, url):
    assert desk.post(f"{url}?year=1407", {}).status_code == 200


def test_the_second_of_two_admins_gets_an_explanation(calendar, admin):
    day = date(2028, 3, 20)
    for _each in range(2):
        holiday = Holiday(held_on=day, name_fa="جشن نوروز", name_en="Nowruz")
        if calendar.holidays.filter(held_on=day).exists():
            with pytest.raises(PlanError, match="already a holiday"):
                services.add_official_holidays(calendar, 1407, [holiday], actor=admin, now=FROM)
        else:
            services.add_official_holidays(calendar, 1407, [holiday], actor=admin, now=FROM)

    assert calendar.holidays.filter(held_on=day).count() == 1


# --- Proposals --------------------------------------------------------------------------------


def test_the_next_year_is_proposed_in_the_last_60_days_and_only_once(calendar):
    assert services.propose_holidays(now=BEFORE) == []

    for _run in range(3):
        (proposal,) = services.propose_holidays(now=FROM)

    assert (proposal.calendar, proposal.year, proposal.created_at) == (calendar, 1407, FROM)
    assert HolidayProposal.objects.count() == 1
    assert not calendar.holidays.between(*year_bounds(1407)).exists()


def test_a_year_that_the_calendar_has_is_not_proposed(calendar):
    """The product ships with 1405 and 1406."""
    assert services.propose_holidays(now=FROM.replace(year=2027)) == []


def test_a_calendar_of_another_country_gets_no_proposal(calendar):
    calendar.time_zone = "Europe/Berlin"
    calendar.save()

    assert services.propose_holidays(now=FROM) == []


def test_the_calendars_page_leads_to_the_proposal_and_adding_settles_it(desk, url, calendar, admin):
    services.propose_holidays(now=FROM)
    change = reverse("admin:plans_calendar_change", args=[calendar.pk])
    proposed = desk.get(change).content.decode()

    response = desk.get(url)
    desk.post(f"{url}?year=1407", shown(response))

    assert "The official holidays of 1407 have been proposed." in proposed
    assert read(response).one("#holidays_form")["action"] == "?year=1407"
    proposal = HolidayProposal.objects.get()
    assert (proposal.state, proposal.settled_by) == ("accepted", admin)
    assert "have been proposed" not in desk.get(change).content.decode()
    assert services.propose_holidays(now=FROM) == []


def test_a_dismissed_proposal_adds_nothing_and_stays_dismissed(desk, url, calendar, admin):
    services.propose_holidays(now=FROM)

    response = desk.post(f"{url}dismiss/", {"year": "1407"}, follow=True)

    assert "Nothing was added" in response.content.decode()
    proposal = HolidayProposal.objects.get()
    assert (proposal.state, proposal.settled_by) == ("dismissed", admin)
    assert services.propose_holidays(now=FROM) == []
    assert not calendar.holidays.between(*year_bounds(1407)).exists()
