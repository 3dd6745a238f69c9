"""Plans and calendars in the admin: what the pages show, take, refuse and keep."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from plans.models import Calendar, Plan, ResponseTarget
from plans.promises import current_promise
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_admin_pages")]

HOUR = timedelta(hours=1)
ROWS = {"low": 0, "normal": 1, "high": 2, "urgent": 3, "critical": 4}


@pytest.fixture
def admin(admin):
    admin.language = "en"
    admin.save()
    return admin


@pytest.fixture
def client(admin, client_of):
    return client_of(admin)


@pytest.fixture
def whole_calendar(developer):
    return developer.calendar


@pytest.fixture
def calendar(whole_calendar):
    """The shipped one with one holiday left: a page of three years of them takes a second."""
    whole_calendar.holidays.exclude(held_on=date(2027, 3, 21)).delete()
    return whole_calendar


def page_of(thing):
    return reverse(f"admin:plans_{thing._meta.model_name}_change", args=[thing.pk])


def cell_name(priority, field):
    return f"targets-{ROWS[priority]}-{field}"


def save(client, thing, **changes):
    """Open the page of a plan or a calendar, change fields, press Save."""
    page = client.get(page_of(thing))
    fields = read(page).one(f"#{thing._meta.model_name}_form").fields()
    return client.post(page_of(thing), fields | changes)


def text_of(response):
    return response.content.decode()


# --- Access -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["requester", "agent", "supervisor"])
def test_only_admins_find_the_plans(who, request, client_of, developer):
    somebody = request.getfixturevalue(who)

    response = client_of(somebody).get(page_of(developer), follow=True)

    assert response.status_code == 404


# --- The matrix -------------------------------------------------------------------------------


def test_the_plan_is_a_matrix_of_readable_durations(client, enterprise):
    fields = read(client.get(page_of(enterprise))).one("#plan_form").fields()

    targets = [fields[cell_name(priority, "target")] for priority in ROWS]
    assert targets == ["24 h", "12 h", "4 h", "1 h", "30 min"]
    assert fields[cell_name("critical", "aim")] == "10 min"
    assert fields[cell_name("low", "resolution")] == ""


def test_the_matrix_is_persian_for_a_persian_reader(client, admin, enterprise):
    admin.language = "fa"
    admin.save()

    fields = read(client.get(page_of(enterprise))).one("#plan_form").fields()

    assert fields[cell_name("critical", "target")] == "۳۰ دقیقه"


def test_saving_what_the_page_shows_changes_nothing(client, enterprise):
    response = save(client, enterprise)

    assert response.status_code == 302
    assert enterprise.versions.count() == 1


def test_a_changed_cell_is_published_by_the_admin(client, admin, developer):
    response = save(client, developer, **{cell_name("normal", "target"): "1 h 30 min"})

    assert response.status_code == 302
    version = developer.versions.latest("number")
    assert (version.number, version.created_by) == (2, admin)
    assert current_promise(developer).cell("normal").target == 1.5 * HOUR


def test_persian_durations_and_digits_are_taken(client, admin, developer):
    admin.language = "fa"
    admin.save()

    save(client, developer, **{cell_name("high", "target"): "۱ ساعت و ۳۰ دقیقه"})

    assert current_promise(developer).cell("high").target == 1.5 * HOUR


def test_an_emptied_cell_is_no_commitment(client, developer):
    save(client, developer, **{cell_name("low", "target"): ""})

    assert current_promise(developer).cell("low").target is None


@pytest.mark.parametrize(
    ("priority", "field", "text", "sentence"),
    [
        ("normal", "target", "0 h", "cannot be zero"),
        ("normal", "target", "-2 h", "cannot be negative"),
        ("normal", "target", "99999 h", "maximum is 8784 h"),
        ("normal", "target", "soon", "Enter a number and a unit"),
        ("normal", "target", "0", "cannot be zero"),
        ("normal", "target", "-1 h", "cannot be negative"),
        ("normal", "target", "12x", "Enter a number and a unit"),
        ("normal", "target", "999999 h", "maximum is 8784 h"),
        ("normal", "target", "2 days", "Enter days as hours"),
        ("normal", "aim", "24 h", "must be shorter"),
        ("normal", "aim", "30 h", "must be shorter"),
        ("high", "aim", "10 min", "needs a response target"),
        ("normal", "resolution", "0 min", "cannot be zero"),
    ],
)
def test_a_cell_that_cannot_be_kept_is_explained_beside_the_field(
    client, developer, priority, field, text, sentence
):
    name = cell_name(priority, field)

    response = save(client, developer, name_en="Kept as typed", **{name: text})

    assert response.status_code == 200
    assert sentence in read(response).errors()[name]
    fields = read(response).one("#plan_form").fields()
    assert (fields[name], fields["name_en"]) == (text, "Kept as typed")
    assert developer.versions.count() == 1


def test_a_target_that_the_calendar_could_not_keep_in_ten_years_is_refused(
    client, developer, calendar
):
    calendar.working_hours.exclude(weekday=0).delete()

    response = save(client, developer, **{cell_name("low", "target"): "8784 h"})

    assert "too little working time" in read(response).errors()[cell_name("low", "target")]


def test_a_new_plan_gets_its_five_rows_and_a_version(client):
    add = reverse("admin:plans_plan_add")
    fields = read(client.get(add)).one("#plan_form").fields()
    fields |= {"name_fa": "ویژه", "name_en": "Special", "key": "special", "position": "50"}
    fields[cell_name("urgent", "target")] = "15 min"

    response = client.post(add, fields)

    plan = Plan.objects.get(key="special")
    assert response.status_code == 302
    assert [row.priority for row in plan.targets.all().by_priority()] == list(ROWS)
    assert current_promise(plan).cell("urgent").target == timedelta(minutes=15)
    assert not plan.is_default


def test_the_page_of_a_plan_asks_few_queries(client, enterprise, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        client.get(page_of(enterprise))


# --- Default ----------------------------------------------------------------------------------


def test_choosing_another_default_moves_it(client, developer, enterprise):
    response = save(client, enterprise, becomes_default="on")

    assert response.status_code == 302
    assert Plan.objects.default() == enterprise


def test_the_default_cannot_be_given_up_without_another(client, developer):
    save(client, developer, becomes_default="")

    assert Plan.objects.default() == developer


def test_a_posted_is_default_is_not_a_field(client, developer, enterprise):
    save(client, enterprise, is_default="on")

    assert Plan.objects.default() == developer


# --- Two admins -------------------------------------------------------------------------------


def test_a_stale_page_does_not_overwrite_what_another_saved(client, developer):
    stale = read(client.get(page_of(developer))).one("#plan_form").fields()
    save(client, developer, **{cell_name("normal", "target"): "20 h"})

    stale[cell_name("normal", "target")] = "10 h"
    response = client.post(page_of(developer), stale)

    assert "Somebody else changed this in the meantime" in text_of(response)
    assert read(response).one("#plan_form").fields()[cell_name("normal", "target")] == "10 h"
    assert current_promise(developer).cell("normal").target == 20 * HOUR


def test_a_stale_page_does_not_overwrite_names_either(client, calendar):
    stale = read(client.get(page_of(calendar))).one("#calendar_form").fields()
    save(client, calendar, name_en="Iran")

    response = client.post(page_of(calendar), stale)

    assert "Somebody else changed this in the meantime" in text_of(response)


def test_rows_that_were_filled_meanwhile_are_not_doubled(client, developer):
    fields = read(client.get(page_of(developer))).one("#plan_form").fields()
    fields["targets-INITIAL_FORMS"] = "0"

    response = client.post(page_of(developer), fields)

    assert response.status_code == 200
    assert developer.targets.count() == 5


# --- Versions ---------------------------------------------------------------------------------


def test_the_page_shows_who_published_what_and_when(client, admin, developer):
    save(client, developer, **{cell_name("normal", "target"): "20 h"})

    page = text_of(client.get(page_of(developer)))

    assert admin.name in page
    assert "<td>20 working hours</td>" in page
    assert "<td>24 working hours</td>" in page


def test_versions_have_no_page_of_their_own(client):
    assert client.get("/admin/plans/planversion/").status_code == 404


# --- Deletion ---------------------------------------------------------------------------------


def test_the_default_plan_is_not_deleted(client, developer):
    address = reverse("admin:plans_plan_delete", args=[developer.pk])

    response = client.post(address, {"post": "yes"}, follow=True)

    assert "The default plan cannot be deleted" in text_of(response)
    assert Plan.objects.filter(pk=developer.pk).exists()


def test_a_plan_in_use_is_not_deleted(client, organization, enterprise):
    organization.plan = enterprise
    organization.save()

    response = client.get(reverse("admin:plans_plan_delete", args=[enterprise.pk]), follow=True)

    assert "This plan is in use" in text_of(response)


def test_an_unused_plan_is_deleted(client, enterprise):
    address = reverse("admin:plans_plan_delete", args=[enterprise.pk])

    client.post(address, {"post": "yes"})

    assert not Plan.objects.filter(pk=enterprise.pk).exists()


def test_a_calendar_in_use_is_not_deleted(client, calendar):
    address = reverse("admin:plans_calendar_delete", args=[calendar.pk])

    response = client.post(address, {"post": "yes"}, follow=True)

    assert "This calendar is in use" in text_of(response)
    assert Calendar.objects.filter(pk=calendar.pk).exists()


def test_deleting_what_is_not_there_says_so(client):
    response = client.get(reverse("admin:plans_plan_delete", args=[99999]), follow=True)

    assert response.status_code == 200


# --- Calendars --------------------------------------------------------------------------------


def add_row(fields, prefix, **values):
    """Fill the empty row of the page."""
    row = int(fields[f"{prefix}-TOTAL_FORMS"]) - 1
    return fields | {f"{prefix}-{row}-{name}": value for name, value in values.items()}


def post_calendar(client, calendar, prefix=None, **values):
    fields = read(client.get(page_of(calendar))).one("#calendar_form").fields()
    fields = add_row(fields, prefix, **values) if prefix else fields | values
    return client.post(page_of(calendar), fields)


def error_of(response, prefix, field):
    """What is wrong with a field of the latest row of a kind."""
    page = read(response)
    row = int(page.field(f"{prefix}-TOTAL_FORMS")) - 1
    return page.errors()[f"{prefix}-{row}-{field}"]


def test_saving_the_calendar_as_it_is_changes_nothing(client, whole_calendar):
    response = post_calendar(client, whole_calendar)

    assert response.status_code == 302
    assert whole_calendar.versions.count() == 1


def test_the_days_of_the_week_start_on_saturday(client, calendar):
    fields = read(client.get(page_of(calendar))).one("#calendar_form").fields()

    assert [fields[f"working_hours-{row}-weekday"] for row in range(5)] == list("56012")


def test_hours_are_added_and_published(client, admin, calendar):
    response = post_calendar(
        client, calendar, "working_hours", weekday="3", starts_at="9:00", ends_at="۱۳:۰۰"
    )

    assert response.status_code == 302
    version = calendar.versions.latest("number")
    assert (version.number, version.created_by) == (2, admin)
    assert version.definition["weekly"]["3"] == [[540, 780]]


def test_hours_may_end_at_midnight(client, calendar):
    post_calendar(
        client, calendar, "working_hours", weekday="3", starts_at="20:00", ends_at="24:00"
    )

    assert calendar.working_hours.get(weekday=3).ends_at == time(0, 0)
    assert calendar.versions.latest("number").definition["weekly"]["3"] == [[1200, 1440]]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        (("2", "17:00", "20:00"), "starts_at", "overlaps with 09:00–18:00"),
        (("2", "09:00", "18:00"), "starts_at", "overlaps with 09:00–18:00"),
        (("3", "18:00", "09:00"), "ends_at", "must be after the start"),
        (("3", "09:00", "09:00"), "ends_at", "must be after the start"),
        (("3", "late", "18:00"), "starts_at", "Enter a time such as"),
    ],
)
def test_hours_that_cannot_be_are_explained_beside_the_field(
    client, calendar, values, field, sentence
):
    weekday, starts_at, ends_at = values

    response = post_calendar(
        client, calendar, "working_hours", weekday=weekday, starts_at=starts_at, ends_at=ends_at
    )

    assert response.status_code == 200
    assert sentence in error_of(response, "working_hours", field)
    assert calendar.versions.count() == 1


def test_a_calendar_without_working_time_is_refused(client, calendar):
    deleted = {f"working_hours-{row}-DELETE": "on" for row in range(5)}

    response = post_calendar(client, calendar, **deleted)

    sentences = read(response).texts("#working_hours-group .errorlist.nonform")
    assert "needs working hours" in sentences[0]
    assert "needs working hours" in text_of(response)
    assert calendar.working_hours.count() == 5


def test_too_little_working_time_for_a_plan_is_refused(client, developer, calendar):
    ResponseTarget.objects.filter(plan=developer, priority="low").update(target=8784 * HOUR)
    deleted = {f"working_hours-{row}-DELETE": "on" for row in range(4)}

    response = post_calendar(client, calendar, **deleted)

    sentences = read(response).texts("#working_hours-group .errorlist.nonform")
    assert sentences == ["These working hours are too short for 8784 h of the plan Developer."]


def test_a_holiday_is_added_in_the_readers_calendar(client, admin, calendar):
    admin.language = "fa"
    admin.save()

    response = post_calendar(
        client, calendar, "holidays", held_on="۱۴۰۵/۱۲/۰۱", name_fa="ویژه", name_en="Special"
    )

    assert response.status_code == 302
    assert calendar.holidays.get(name_en="Special").held_on == date(2027, 2, 20)
    assert "2027-02-20" in calendar.versions.latest("number").definition["holidays"]


def test_a_date_is_a_holiday_only_once(client, calendar):
    response = post_calendar(
        client, calendar, "holidays", held_on="2027-03-21", name_fa="نوروز", name_en="Nowruz"
    )

    assert "already a holiday" in error_of(response, "holidays", "held_on")


def test_a_holiday_of_some_hours_is_published_with_them(client, calendar):
    values = {"held_on": "2027-02-20", "name_fa": "ویژه", "name_en": "Special"}

    response = post_calendar(
        client, calendar, "holidays", **values, starts_at="12:00", ends_at="24:00"
    )

    assert response.status_code == 302
    assert calendar.versions.latest("number").definition["holidays"]["2027-02-20"] == {
        "fa": "ویژه",
        "en": "Special",
        "from": 720,
        "to": 1440,
    }


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        (("2027-02-20", "12:00", ""), "ends_at", "Enter both times, or neither"),
        (("2027-02-20", "", "12:00"), "starts_at", "Enter both times, or neither"),
        (("2027-02-20", "15:00", "12:00"), "ends_at", "must be after the start"),
        (("2027-02-20", "noon", "12:00"), "starts_at", "Enter a time such as"),
        (("2027-03-21", "12:00", "15:00"), "held_on", "already a holiday"),
        (("2027-02-21", "11:00", "13:00"), "starts_at", "overlaps with 09:00–12:00"),
        (("2027-02-21", "", ""), "held_on", "already a holiday"),
    ],
)
def test_holidays_that_cannot_be_are_explained_beside_the_field(
    client, calendar, values, field, sentence
):
    part = {"starts_at": time(9), "ends_at": time(12)}
    calendar.holidays.create(held_on=date(2027, 2, 21), name_fa="صبح", name_en="Morning", **part)
    held_on, starts_at, ends_at = values

    response = post_calendar(
        client,
        calendar,
        "holidays",
        held_on=held_on,
        starts_at=starts_at,
        ends_at=ends_at,
        name_fa="ویژه",
        name_en="Special",
    )

    assert response.status_code == 200
    assert sentence in error_of(response, "holidays", field)


def test_a_date_may_have_two_holidays_that_do_not_overlap(client, calendar):
    part = {"starts_at": time(9), "ends_at": time(12)}
    calendar.holidays.create(held_on=date(2027, 2, 21), name_fa="صبح", name_en="Morning", **part)

    post_calendar(
        client,
        calendar,
        "holidays",
        held_on="2027-02-21",
        starts_at="12:00",
        ends_at="13:00",
        name_fa="ظهر",
        name_en="Noon",
    )

    day = calendar.versions.latest("number").definition["holidays"]["2027-02-21"]
    assert [(each["from"], each["to"]) for each in day] == [(540, 720), (720, 780)]


def test_extra_hours_are_published(client, calendar):
    response = post_calendar(
        client, calendar, "extra_hours", opens_on="2027-02-19", starts_at="10:00", ends_at="14:00"
    )

    assert response.status_code == 302
    assert calendar.versions.latest("number").definition["extra"] == {"2027-02-19": [[600, 840]]}


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field", "sentence"),
    [
        ("14:00", "10:00", "ends_at", "must be after the start"),
        ("11:00", "16:00", "starts_at", "overlaps with 10:00–12:00"),
        ("", "16:00", "starts_at", "required"),
    ],
)
def test_extra_hours_that_cannot_be_are_explained_beside_the_field(
    client, calendar, starts_at, ends_at, field, sentence
):
    day = date(2027, 2, 19)
    calendar.extra_hours.create(opens_on=day, starts_at=time(10), ends_at=time(12))

    response = post_calendar(
        client, calendar, "extra_hours", opens_on="2027-02-19", starts_at=starts_at, ends_at=ends_at
    )

    assert response.status_code == 200
    assert sentence in error_of(response, "extra_hours", field)


@pytest.mark.parametrize(
    ("typed", "sentence"), [("some day", "Enter a date"), ("2027-02-30", "2027 has only 28")]
)
def test_a_date_that_does_not_exist_is_refused_and_kept(client, calendar, typed, sentence):
    response = post_calendar(
        client, calendar, "holidays", held_on=typed, name_fa="ویژه", name_en="Special"
    )

    assert sentence in error_of(response, "holidays", "held_on")
    assert typed in text_of(response)


def test_an_unknown_zone_is_refused(client, calendar):
    response = post_calendar(client, calendar, time_zone="Asia/Nowhere")

    assert response.status_code == 200
    assert "time_zone" in read(response).errors()


def test_a_plan_in_an_unknown_zone_is_refused_beside_its_calendar(client, developer):
    Calendar.objects.filter(pk=developer.calendar_id).update(time_zone="Mars/Olympus")

    response = save(client, developer, name_en="Renamed")

    assert response.status_code == 200
    error = read(response).errors()["calendar"]
    assert "Mars/Olympus, is not known here" in error
    assert developer.versions.count() == 1


def test_a_calendar_that_nobody_gave_holidays_says_so(client, whole_calendar):
    quiet = text_of(client.get(page_of(whole_calendar)))
    whole_calendar.holidays.all().delete()

    warned = text_of(client.get(page_of(whole_calendar)))

    assert "no holidays in the next 90 days" not in quiet
    assert "no holidays in the next 90 days" in warned


def test_three_years_of_holidays_are_no_too_many_fields(client, calendar):
    fields = read(client.get(page_of(calendar))).one("#calendar_form").fields()
    first, total = int(fields["holidays-INITIAL_FORMS"]), 120
    fields["holidays-TOTAL_FORMS"] = str(total)
    for row in range(first, total):
        fields |= {
            f"holidays-{row}-id": "",
            f"holidays-{row}-calendar": str(calendar.pk),
            f"holidays-{row}-held_on": (date(2028, 4, 1) + timedelta(days=row)).isoformat(),
            f"holidays-{row}-name_fa": "تعطیل",
            f"holidays-{row}-name_en": "Holiday",
        }

    response = client.post(page_of(calendar), fields)

    assert response.status_code == 302
    assert calendar.holidays.count() == total


# --- Both languages ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("model", ["plan", "calendar"])
def test_lists_and_pages_open_in_both_languages(client, admin, calendar, language, model):
    admin.language = language
    admin.save()
    things = {"plan": Plan.objects.default(), "calendar": calendar}

    listed = client.get(reverse(f"admin:plans_{model}_changelist"))
    page = client.get(page_of(things[model]))

    assert (listed.status_code, page.status_code) == (200, 200)
    with override(language):
        assert things[model].name in text_of(listed)
        assert things[model].name in text_of(page)
    assert "style=" not in text_of(page)


def test_the_matrix_comes_right_after_the_plan_name(client, developer):
    page = client.get(page_of(developer)).content.decode()

    names = ("name_fa", cell_name("normal", "target"), "calendar")
    places = [page.index(f'name="{name}"') for name in names]
    assert places == sorted(places)


def test_the_list_of_plans_shows_and_links_who_uses_each(client, admin, organization):
    client.force_login(admin)
    plan = organization.plan

    page = client.get(reverse("admin:plans_plan_changelist")).content.decode()

    where = f"{reverse('admin:organizations_organization_changelist')}?plan__id__exact={plan.pk}"
    assert f'<a href="{where}">' in page
    assert client.get(where).status_code == 200


def test_the_hours_of_a_calendar_are_not_titled_in_latin_digits(client, admin, calendar):
    admin.language = "fa"
    admin.save()

    page = text_of(client.get(page_of(calendar)))

    assert "شنبه ۰۹:۰۰–۱۸:۰۰" in page
    assert "09:00–18:00" not in page
