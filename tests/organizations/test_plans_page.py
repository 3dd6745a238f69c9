"""The page of the support plans: the document's table, one's own plan, and asking for another."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from organizations.models import Role
from plans.models import Plan
from plans.opening_hours import weekly_lines
from plans.services import publish_plan
from plans.working_time import WorkingTime
from tests.factories import (
    NOW,
    make_custom_plan,
    make_member,
    make_promised_plan,
)
from tests.pages import read
from tests.plans.test_document import bare, read_table
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def page_of(client):
    response = client.get("/plans/")
    assert response.status_code == 200
    return response.content.decode()


def plan_names(*keys):
    return [Plan.objects.get(key=key).name for key in keys]


def new_ticket_form(client, plan):
    page = read(client.get("/tickets/new/", {"plan": plan}))
    return page.one("main form[data-draft]").fields()


def table_of(client):
    """The rows of the page from its head on, the plans from large to small as in the document."""
    rows = [row.all("*") for row in read(page_of(client)).all(".plan-matrix tr")]
    texts = [[cell.text for cell in row if cell.tag in {"th", "td"}] for row in rows]
    return [[row[0], *reversed(row[1:])] for row in texts]


def speak_english(*people):
    for person in people:
        person.language = "en"
        person.save()


# --- The table --------------------------------------------------------------------------------


def test_the_page_says_what_the_persian_document_says_cell_by_cell(client_of, requester):
    head, *rows = read_table("support-service.fa.md")

    shown_head, *shown = table_of(client_of(requester))

    for name, cell in zip(head[1:], shown_head[1:], strict=True):
        english, persian = name.replace("<br/>", "").rstrip(")").split("(")
        assert bare(cell).startswith(bare(persian + english))
    for row, cells in zip(rows, shown, strict=True):
        assert bare(cells[0]) == bare(row[0]).replace("(", "").replace(")", "")
        for written, cell in zip(row[1:], cells[1:], strict=True):
            assert as_the_document_writes(cell).startswith(bare(written)), (row[0], written, cell)


def as_the_document_writes(cell):
    """The cell of the page in the signs of the document's table."""
    text = bare(cell)
    if text == bare("بدون تعهد"):
        return "-"
    # Counted in working hours, an hour is written as one of these.
    return text.replace("ساعتکاری", "ساعت").replace("کمتراز", "<").replace("هدف", "-")


def test_the_page_says_what_the_english_table_says_cell_by_cell(client_of, requester):
    speak_english(requester)
    *rows, _support, _guidance = read_table("plans.en.md")[1:]

    shown = table_of(client_of(requester))[1:6]

    for row, cells in zip(rows, shown, strict=True):
        for written, cell in zip(row[1:], cells[1:], strict=True):
            wanted = "No commitment" if written == "–" else f"less than {written.partition(',')[0]}"
            assert " ".join(cell.split()).replace(" working hours", " h").startswith(wanted)


def test_working_hours_are_written_as_such_with_the_days_they_take(client_of, requester):
    speak_english(requester)

    normal = table_of(client_of(requester))[2]

    assert "less than 24 working hours" in " ".join(normal[-1].split())
    assert "about 3 working days" in normal[-1]


def test_the_opening_hours_stand_in_words_beside_working_hours(client_of, requester):
    speak_english(requester)

    support = table_of(client_of(requester))[6]

    assert "Saturday to Wednesday from 09:00 to 18:00" in support[-1]
    assert "24/7" in support[1]


def test_phones_get_a_card_a_plan_the_own_one_first(client_of, other_organization):
    other_organization.plan = Plan.objects.get(key="sme")
    other_organization.save()
    owner = make_member(other_organization, "mina@arya.example", role=Role.OWNER)

    page = read(client_of(owner).get("/plans/"))

    cards = [card["aria-label"] for card in page.all(".plan-card")]
    assert cards == plan_names("sme", "developer", "business", "enterprise")


def test_a_resolution_target_is_shown_only_where_there_is_one(client_of, organization, requester):
    speak_english(requester)
    client = client_of(requester)
    assert "resolved in less than" not in page_of(client)
    plan = Plan.objects.get(key="enterprise")
    plan.targets.filter(priority="low").update(resolution=timedelta(hours=72))
    publish_plan(plan, actor=None, now=NOW)

    page = page_of(client)

    assert "resolved in less than 72 h" in page


def test_the_present_plan_is_marked_by_tick_word_and_tint(client_of, requester):
    speak_english(requester)

    page = page_of(client_of(requester))

    assert page.count("Your current plan") == 2  # in the table and on its card
    assert page.count('class="is-present"') == 8
    assert "icons.svg#check" in page


def test_counting_costs_the_same_however_many_plans_there_are(
    client_of, requester, django_assert_max_num_queries
):
    client = client_of(requester)
    page_of(client)
    for number in range(30):
        plan = Plan.objects.create(key=f"more-{number}", name_fa="بیشتر", name_en="More")
        publish_plan(plan, actor=None, now=NOW)

    with django_assert_max_num_queries(9):
        assert "More" in page_of(client)


# --- Custom plans -----------------------------------------------------------------------------


def test_a_custom_plan_shows_its_own_cells_to_its_organization_alone(
    client_of, organization, requester, outsider, agent, settings
):
    settings.STAFF_SECOND_FACTOR = "optional"
    speak_english(requester, outsider, agent)
    organization.plan = make_promised_plan(organization, urgent=timedelta(minutes=7))
    organization.save()

    assert "7 min" in page_of(client_of(requester))
    for stranger in (outsider, agent):
        page = page_of(client_of(stranger))
        assert ">Custom<" not in page
        assert "7 min" not in page


def test_a_custom_plan_that_is_not_in_force_is_shown_to_nobody(client_of, organization, requester):
    speak_english(requester)
    make_promised_plan(organization, urgent=timedelta(minutes=7))

    assert "7 min" not in page_of(client_of(requester))


def test_a_plan_that_promises_nothing_yet_is_left_out(client_of, requester):
    Plan.objects.create(key="unpublished", name_fa="نو", name_en="New")

    page = read(client_of(requester).get("/plans/"))

    heads = page.texts(".plan-matrix thead .plan-name")
    assert heads == plan_names("developer", "business", "sme", "enterprise")


# --- Asking for a plan ------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_owners_and_managers_ask_for_every_plan_but_their_own(client_of, organization, role):
    person = make_member(organization, "asks@pars.example", role=role)

    page = page_of(client_of(person))

    for key in ("business", "sme", "enterprise", "custom"):
        assert f'href="/tickets/new/?plan={key}"' in page
    assert "?plan=developer" not in page


def test_a_plain_member_sees_who_can_ask(client_of, requester, colleague):
    speak_english(colleague)

    page = page_of(client_of(colleague))

    assert "?plan=" not in page
    assert "can request another plan" in page
    assert requester.name in page


def test_nobody_asks_while_the_organization_is_suspended(client_of, organization, requester):
    organization.suspended_at = NOW
    organization.save()

    assert "?plan=" not in page_of(client_of(requester))


def test_staff_and_members_of_nothing_only_read(client_of, agent, requester, settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    requester.memberships.all().delete()

    for person in (agent, requester):
        page = page_of(client_of(person))
        assert "?plan=" not in page
        assert "is-present" not in page


def test_strangers_sign_in_first(client):
    assert client.get("/plans/").url == f"{reverse('account_login')}?next=/plans/"


def test_asking_opens_the_form_with_what_sales_needs_to_know(client_of, requester):
    speak_english(requester)
    client = client_of(requester)

    typed = new_ticket_form(client, "business")

    assert typed["category"] == "sales"
    assert typed["title"] == "Request for the support plan “Business”"
    assert "Pars Cloud" in typed["description"]
    assert "“Developer” to “Business”" in typed["description"]
    client.post("/tickets/new/", typed | {"priority": "normal"})
    assert Ticket.objects.get().category == "sales"


def test_a_plan_with_agreed_times_can_be_talked_about(client_of, requester):
    speak_english(requester)

    form = new_ticket_form(client_of(requester), "custom")

    assert form["title"] == "Request for a custom support plan"


@pytest.mark.parametrize(
    "key", ["developer", "nothing", "<b>free</b>", "x" * 5000, "\x00", "theirs", "business&title=x"]
)
def test_the_address_brings_a_known_key_and_never_a_text(
    client_of, requester, other_organization, key
):
    make_custom_plan(other_organization, key="theirs")

    form = new_ticket_form(client_of(requester), key)

    assert not form["title"]
    assert not form["description"]


def test_a_plain_member_gets_an_empty_form(client_of, colleague):
    assert not new_ticket_form(client_of(colleague), "business")["title"]


# --- Opening hours in words -------------------------------------------------------------------


def hours(*, zone="Asia/Tehran", **by_day):
    weekly = {str(int(day.removeprefix("d"))): stretches for day, stretches in by_day.items()}
    return WorkingTime.from_definition({"time_zone": zone, "weekly": weekly, "holidays": {}})


@pytest.mark.parametrize(
    ("working_time", "lines"),
    [
        (hours(d0=[[540, 1080]]), ["Monday from 09:00 to 18:00"]),
        (
            hours(d5=[[540, 780], [840, 1440]], d6=[[540, 780], [840, 1440]]),
            ["Saturday and Sunday from 09:00 to 13:00 and from 14:00 to 24:00"],
        ),
        (
            hours(**{f"d{day}": [[480, 960]] for day in (5, 6, 0, 1, 2)}, d3=[[480, 750]]),
            ["Saturday to Wednesday from 08:00 to 16:00", "Thursday from 08:00 to 12:30"],
        ),
        (
            hours(zone="Europe/Oslo", d0=[[0, 60]]),
            ["Monday from 00:00 to 01:00", "in Europe/Oslo time"],
        ),
    ],
)
def test_days_of_the_same_hours_stand_in_one_line(working_time, lines):
    with translation.override("en"):
        assert weekly_lines(working_time) == lines
