"""The reports as supervisors use them: figures, filters, the lists behind numbers, files."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from plans.models import PlanVersion
from tests.factories import NOW, make_member, make_organization, make_ticket
from tests.pages import read
from tests.tickets.promises import MINUTE, TEHRAN, clear, count_all, make_clock, make_many
from tickets.models import Clock, DayTotal, ReportExport, Ticket
from tickets.reports.behind import PAGE_SIZE, behind
from tickets.reports.columns import FALLS_FIRST
from tickets.reports.export import is_too_long_for_xlsx
from tickets.reports.figures import Figure
from tickets.reports.page import LINKED, report_page, table
from tickets.reports.periods import Period, read_period, this_month
from tickets.reports.query import DIMENSIONS, read_query
from ui.calendars import month_number

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 3, 25)
# The days on which the clocks of make_many fell due.
SPAN = {"from": "2026-03-20", "to": "2026-03-25"}
REPORT, TICKETS, EXPORT = "/reports/", "/reports/tickets/", "/reports/export/"


@pytest.fixture
def client(client_of, supervisor):
    return client_of(supervisor)


@pytest.fixture
def enterprise(db):
    return PlanVersion.objects.get(plan__key="enterprise")


@pytest.fixture
def ticket(requester):
    ticket = make_ticket(requester, now=NOW)
    clear()
    return ticket


def asked(**query):
    wanted, period = read_query(SPAN | query, today=TODAY)
    return report_page(wanted, period, today=TODAY)


def numbers_of(row):
    return {name: getattr(row.figure, name) for name in LINKED}


# --- Periods --------------------------------------------------------------------------------------

PERIODS = {
    "a Jalali month": ({"month": "1405-01"}, ("2026-03-21", "2026-04-20")),
    "the last month of a leap year": ({"month": "1403-12"}, ("2025-02-19", "2025-03-20")),
    "a Gregorian month": ({"month": "2024-02"}, ("2024-02-01", "2024-02-29")),
    "in Persian digits": ({"month": "۱۴۰۵-۰۱"}, ("2026-03-21", "2026-04-20")),
    "a Jalali year": ({"year": "1405"}, ("2026-03-21", "2027-03-20")),
    "a Gregorian year": ({"year": "2026"}, ("2026-01-01", "2026-12-31")),
    "from and to": ({"from": "2026-01-30", "to": "2026-02-02"}, ("2026-01-30", "2026-02-02")),
    "as a Persian reader types it": (
        {"from": "۱۴۰۵/۱/۱", "to": "۲ فروردین ۱۴۰۵"},
        ("2026-03-21", "2026-03-22"),
    ),
    "from and to before the month": (
        {"month": "1405-01", "from": "2026-01-01", "to": "2026-01-01"},
        ("2026-01-01", "2026-01-01"),
    ),
    "nothing": ({}, ("2026-03-21", "2026-04-20")),
    "a month that is none": ({"month": "1405-13"}, ("2026-03-21", "2026-04-20")),
    "a year of no calendar": ({"year": "1750"}, ("2026-03-21", "2026-04-20")),
}


@pytest.mark.parametrize("name", PERIODS)
def test_the_days_that_an_address_means(name):
    query, days = PERIODS[name]

    with translation.override("fa"):
        found = read_period(query, today=TODAY)

    assert not found.error
    assert found.period == Period(*map(date.fromisoformat, days))


WRONG = {
    "not a date": {"from": "soon", "to": "2026-01-01"},
    "a day that no month has": {"from": "2026-02-30", "to": "2026-03-01"},
    "only one": {"from": "2026-01-01"},
    "reversed": {"from": "2026-02-01", "to": "2026-01-01"},
    "more than three years": {"from": "2020-01-01", "to": "2026-01-01"},
    "a NUL": {"from": "2026-\0", "to": "x" * 5000},
}


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("name", WRONG)
def test_a_period_that_cannot_be_read_is_explained_and_what_was_typed_stays(name, language):
    with translation.override(language):
        found = read_period(WRONG[name], today=TODAY)

        assert found.error
        assert found.period == this_month(TODAY)
    assert found.typed["from"] == WRONG[name]["from"].replace("\0", "")[:40]


@pytest.mark.parametrize("language", ["fa", "en"])
def test_an_address_means_the_same_days_to_every_reader(language):
    for query in ({"month": "1405-01"}, {"month": "2026-03"}, {"year": "2026"}, SPAN):
        with translation.override("fa"):
            period = read_period(query, today=TODAY).period
            pairs = dict(period.pairs)
        with translation.override(language):
            assert read_period(pairs, today=TODAY).period == period
            assert period.moved(-1).last == period.first - DAY
            assert period.moved(1).first == period.last + DAY


def test_a_month_of_the_reader_has_its_name_and_another_its_days():
    with translation.override("fa"):
        assert read_period({"month": "1405-01"}, today=TODAY).period.label == "فروردین ۱۴۰۵"
    with translation.override("en"):
        assert read_period({"month": "2026-03"}, today=TODAY).period.label == "March 2026"
        other = read_period({"month": "1405-01"}, today=TODAY).period.label
        assert other == "21 Mar 2026 – 20 Apr 2026"


# --- Figures --------------------------------------------------------------------------------------


def test_percentiles_are_those_of_the_sorted_times_to_two_percent(ticket, enterprise):
    minutes = [5, 7, 10, 11, 13, 20, 45, 60, 90, 600]
    for each in minutes:
        make_clock(ticket, enterprise, counted=each * MINUTE, answer=ticket.messages.first())
    count_all()

    day = NOW.date().isoformat()
    wanted, _asked = read_query({"from": day, "to": day}, today=TODAY)
    figure = table(wanted)[0].figure

    assert abs(figure.median - 13 * MINUTE) <= 0.02 * 13 * MINUTE
    assert abs(figure.p90 - 90 * MINUTE) <= 0.02 * 90 * MINUTE
    assert figure.percentile(100) > 580 * MINUTE


def test_no_figure_is_made_of_nothing():
    empty = Figure()

    assert (empty.share, empty.aim_share, empty.median, empty.p90) == (None, None, None, None)
    assert empty.is_empty


# Of the dimensions only the months are others in the other language.
@pytest.mark.parametrize(
    ("by", "language"),
    [
        *((by, "fa") for by in DIMENSIONS),
        ("month", "en"),
        *(pytest.param(by, "en", marks=pytest.mark.full) for by in DIMENSIONS if by != "month"),
    ],
)
def test_the_rows_of_a_table_add_up_to_all_of_the_period(by, language):
    make_many(90, seed=11)
    count_all()

    with translation.override(language):
        page = asked(by=by)

    responses = Clock.objects.exclude(kind="resolution")
    assert page["total"].figure.kept == responses.filter(state="met").count()
    assert page["total"].figure.late == responses.filter(state="breached").count()
    assert page["total"].figure.withdrawn == responses.filter(state="withdrawn").count()
    assert sum(step.figure.counted for step in page["steps"]) == page["total"].figure.counted
    resolutions = Clock.objects.filter(kind="resolution", state__in=["met", "breached"])
    assert page["other"].figure.counted == resolutions.count()


def test_a_month_of_the_table_is_the_readers(ticket, enterprise):
    make_clock(ticket, enterprise, due_at=datetime(2026, 3, 20, 12, tzinfo=TEHRAN))
    make_clock(ticket, enterprise, due_at=datetime(2026, 3, 21, 12, tzinfo=TEHRAN))
    count_all()

    for language, expected in (("fa", ["اسفند ۱۴۰۴", "فروردین ۱۴۰۵"]), ("en", ["March 2026"])):
        with translation.override(language):
            assert [row.label for row in asked(by="month")["rows"]] == expected


@pytest.mark.parametrize("sort", FALLS_FIRST)
def test_a_table_is_sorted_by_each_of_its_figures(sort):
    make_many(60, seed=12)
    count_all()

    rows = asked(by="organization", sort=sort)["rows"]

    found = [value for row in rows if (value := getattr(row.figure, sort)) is not None]
    assert found == sorted(found, reverse=FALLS_FIRST[sort])


# --- What is behind a number ----------------------------------------------------------------------


def behind_of(href):
    """How many promises the list at an address holds."""
    wanted, _asked = read_query(QueryDict(href.partition("?")[2]), today=TODAY)
    return behind(wanted).count()


@pytest.mark.parametrize("kind", ["responses", "resolution"])
@pytest.mark.parametrize("by", DIMENSIONS)
def test_each_number_opens_as_many_promises_as_it_says(by, kind):
    make_many(70, seed=13)
    count_all()
    page = asked(by=by, kind=kind)

    for row in [*page["rows"], page["total"]]:
        for result, number in numbers_of(row).items():
            assert behind_of(row.hrefs[result]) == number, (row.label, result)


def test_each_bar_and_each_short_list_opens_what_it_shows():
    make_many(60, seed=14)
    count_all()
    page = asked(priority="high")

    for bar in page["chart"].bars:
        assert behind_of(bar.counted_href) == bar.step.figure.counted
        assert behind_of(bar.late_href) == bar.step.figure.late
    for panel in page["panels"]:
        for row in panel["rows"]:
            assert behind_of(row.hrefs["counted"]) == row.figure.counted


def test_filters_narrow_figures_and_lists_alike():
    make_many(90, seed=15)
    count_all()
    some = DayTotal.objects.filter(agent__isnull=False, kind="first_response").first()
    query = {
        "plan": some.plan.key,
        "priority": some.priority,
        "category": some.category,
        "organization": some.organization.key,
        "agent": str(some.agent_id),
    }

    page = asked(**query)

    assert page["total"].figure.counted + page["total"].figure.withdrawn > 0
    assert behind_of(page["total"].hrefs["counted"]) == page["total"].figure.counted
    nobody = asked(agent="nobody")
    assert {row.value for row in asked(agent="nobody", by="agent")["rows"]} == {"nobody"}
    assert behind_of(nobody["total"].hrefs["late"]) == nobody["total"].figure.late


def test_the_pages_of_a_list_hold_all_of_it_once(client):
    make_many(180, seed=21)
    seen, query = [], "?from=2026-03-20&to=2026-03-25"
    while query:
        page = read(client.get(f"{TICKETS}{query}"))
        numbers = page.texts(".behind-table .id")
        dues = [each["datetime"] for each in page.all(".behind-table td time")]
        seen += zip(numbers, map(datetime.fromisoformat, dues), strict=True)
        query = page.neighbour("next")

    wanted = Clock.objects.exclude(kind="resolution").exclude(state="running")
    rows = wanted.order_by("-due_at", "-pk").select_related("ticket")
    assert seen == [(clock.ticket.number, clock.due_at) for clock in rows]
    assert len(seen) > PAGE_SIZE


def test_the_list_leads_to_the_tickets_and_back(client, ticket, enterprise):
    make_clock(ticket, enterprise, due_at=datetime(2026, 3, 21, 12, tzinfo=TEHRAN))

    page = client.get(TICKETS, SPAN | {"result": "kept"}).content.decode()

    assert f'href="/queue/{ticket.number}/"' in page
    assert "/reports/?from=2026-03-20&amp;to=2026-03-25" in page


# --- Bad input ------------------------------------------------------------------------------------

ODD = ["\0", "-1", "9" * 400, "__", "plan__key", "'; DROP", "nobody\0", "=1+1", "٣", "\ud83d"[:0]]
NAMES = ["kind", "plan", "priority", "category", "agent", "organization", "by", "sort", "result"]


PERIOD, PLACE = ["month", "year", "from", "to"], ["after", "before"]


@pytest.mark.parametrize("address", [REPORT, TICKETS])
@pytest.mark.parametrize("names", [NAMES, PERIOD, PLACE], ids=["filters", "period", "place"])
def test_unknown_values_are_passed_over_or_explained(client, address, names):
    for value in ODD:
        query = "&".join(f"{name}={quote(value)}" for name in names)

        assert client.get(f"{address}?{query}&nonsense=1").status_code == 200, value


@pytest.mark.full
@pytest.mark.parametrize("address", [REPORT, TICKETS])
@pytest.mark.parametrize("name", [*NAMES, *PERIOD, *PLACE])
def test_an_unknown_value_alone_is_passed_over_or_explained(client, address, name):
    for value in ODD:
        response = client.get(f"{address}?{name}={quote(value)}&nonsense=1")

        assert response.status_code == 200, value
    assert client.get(f"{address}?{name}=%ff%fe").status_code in {200, 400}


# --- Files ----------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1", "@A1", "\tx", "\rx", "＝1", "＋1", "－1", "＠a", " =1", "\u200f=1"]


def export(client, file, **query):
    response = client.post(
        f"{EXPORT}?{'&'.join(f'{k}={v}' for k, v in (SPAN | query).items())}", {"file": file}
    )
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def read_csv(data):
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def read_xlsx(data):
    return [list(row) for row in load_workbook(io.BytesIO(data)).active.values]


def exported_titles(client, ticket, plan_version, texts):
    """The cells of CSV and XLSX for each title."""
    for number, text in enumerate(texts):
        Ticket.objects.filter(pk=ticket.pk).update(title=text)
        due_at = datetime(2026, 3, 21, 12, number, tzinfo=TEHRAN)
        moved = Clock.objects.all().update(due_at=due_at)
        if not moved:
            make_clock(ticket, plan_version, due_at=due_at)
        book = load_workbook(io.BytesIO(export(client, "tickets-xlsx")))
        yield text, read_csv(export(client, "tickets-csv"))[1][1], book.active["B2"]


def test_text_that_a_spreadsheet_would_run_is_disarmed(client, ticket, enterprise):
    for text, in_csv, cell in exported_titles(client, ticket, enterprise, FORMULAS):
        assert in_csv.startswith("'"), text
        assert cell.data_type == "s", text
        assert cell.quotePrefix, text


TYPED = ["=1+1", "-5 درجه", "#N/A", "TRUE", "0012", "1-2", "۱۴۰۵/۰۱/۰۲", "1e5", "MAR1", "12:30 pm"]


def test_a_cell_of_a_workbook_does_not_show_more_than_was_typed(client, ticket, enterprise):
    for text, _in_csv, cell in exported_titles(client, ticket, enterprise, TYPED):
        assert (cell.value, cell.data_type) == (text, "s")


def test_a_title_that_looks_like_a_number_is_not_converted_in_csv(client, ticket, enterprise):
    for text, in_csv, _cell in exported_titles(client, ticket, enterprise, TYPED[3:]):
        assert in_csv == f"'{text}", text


def test_an_ordinary_title_has_no_apostrophe(client, ticket, enterprise):
    texts = ["502 پس از به‌روزرسانی", "march of errors", "3 سرور", "e5", "Mayor", "سلام"]
    for text, in_csv, _cell in exported_titles(client, ticket, enterprise, texts):
        assert in_csv == text


def test_a_code_of_the_file_format_in_a_title_is_shown_as_typed(client, ticket, enterprise):
    [(_text, _in_csv, cell)] = exported_titles(client, ticket, enterprise, ["_x0041_ a_b"])

    assert cell.value == "_x005F_x0041_ a_b"


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_table_as_a_file_has_the_readers_headings_and_numbers(client, supervisor, language):
    supervisor.language = language
    supervisor.save()
    make_many(40, seed=16)
    count_all()

    lines = read_csv(export(client, "table-csv", by="organization"))
    cells = read_xlsx(export(client, "table-xlsx", by="organization"))

    with translation.override(language):
        rows = asked(by="organization")["rows"]
    assert lines[0][0] == ("سازمان" if language == "fa" else "Organization")
    assert [[row[0], int(row[1])] for row in lines[1:]] == [
        [row.label, row.figure.counted] for row in rows
    ]
    assert [row[:2] for row in cells[1:]] == [[row.label, row.figure.counted] for row in rows]
    assert all(isinstance(row[5], float | int | None) for row in cells[1:])


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_tickets_as_a_file_are_those_of_the_list(client, supervisor, language):
    supervisor.language = language
    supervisor.save()
    make_many(40, seed=17)
    count_all()

    lines = read_csv(export(client, "tickets-csv", result="late", kind="resolution"))
    cells = read_xlsx(export(client, "tickets-xlsx", result="late", kind="resolution"))

    late = Clock.objects.filter(kind="resolution", state="breached").count()
    assert len(lines) == len(cells) == late + 1
    due = cells[1][8]
    assert due.startswith("1405/01/") if language == "fa" else due.year == 2026


def test_a_title_with_control_characters_does_not_break_a_workbook(client, ticket, enterprise):
    Ticket.objects.filter(pk=ticket.pk).update(title="a\x0bb")
    make_clock(ticket, enterprise, due_at=datetime(2026, 3, 21, 12, tzinfo=TEHRAN))

    assert read_xlsx(export(client, "tickets-xlsx"))[1][1] == "ab"


def test_a_file_that_was_taken_is_in_the_history(client, supervisor):
    export(client, "table-csv", by="agent", priority="high")

    taken = ReportExport.objects.get()
    assert (taken.actor, taken.content, taken.format) == (supervisor, "table", "csv")
    assert taken.filters == "from=2026-03-20&to=2026-03-25&priority=high&by=agent"
    with pytest.raises(TypeError):
        taken.delete()


def test_an_unknown_file_is_refused_in_words_and_nothing_is_noted(client):
    for file in ("", "table", "table-exe", "users-csv"):
        response = client.post(EXPORT, {"file": file}, follow=True)

        assert response.status_code == 200
        assert read(response).texts(".alert-line")
    assert not ReportExport.objects.exists()


def test_a_workbook_holds_so_many_rows_and_no_more(ticket, enterprise):
    for minute in range(3):
        make_clock(ticket, enterprise, due_at=datetime(2026, 3, 21, 12, minute, tzinfo=TEHRAN))
    wanted, _asked = read_query(SPAN, today=TODAY)

    assert is_too_long_for_xlsx(wanted, most=2)
    assert not is_too_long_for_xlsx(wanted, most=3)


# --- The page itself ------------------------------------------------------------------------------


def queries_of(client, address, **query):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address, SPAN | query).status_code == 200
    return len(captured)


@pytest.mark.parametrize("by", DIMENSIONS)
def test_the_number_of_queries_does_not_grow_with_the_rows(client, enterprise, agent, by):
    owner = make_member(make_organization("First"), "a@first.example")
    first = make_ticket(owner, now=NOW)
    clear()
    make_clock(first, enterprise, due_at=datetime(2026, 3, 21, 12, tzinfo=TEHRAN), agent=agent)
    count_all()
    client.get(REPORT)
    before = queries_of(client, REPORT, by=by), queries_of(client, TICKETS)

    make_many(90, seed=18)
    count_all()

    assert (queries_of(client, REPORT, by=by), queries_of(client, TICKETS)) == before


def test_lengths_of_the_drawing_are_written_for_svg_in_every_language(client, supervisor):
    supervisor.language = "fa"
    supervisor.save()
    make_many(40, seed=19)
    count_all()

    page = client.get(REPORT, SPAN).content.decode()

    lengths = re.findall(r'\b(?:x|y|x1|x2|y1|y2|width|height|viewBox)="([^"]*)"', page)
    assert len(lengths) > 20
    assert all(re.fullmatch(r"[0-9. -]+", each) for each in lengths)
    assert "style=" not in page


def test_time_flows_from_right_to_left_in_persian():
    make_many(40, seed=20)
    count_all()
    places = {}
    for language in ("fa", "en"):
        with translation.override(language):
            places[language] = [float(bar.middle) for bar in asked()["chart"].bars]

    assert places["en"] == sorted(places["en"])
    assert places["fa"] == sorted(places["fa"], reverse=True)


def test_the_page_says_what_is_true_when_nothing_fell_due(client):
    page = client.get(REPORT, {"month": "1390-01"})

    assert page.status_code == 200
    assert read(page).one(".empty h2").text == "در این بازه سررسیدی نبود"
    assert '<svg class="chart"' not in page.content.decode()


def test_only_supervisors_are_shown_the_way_to_the_reports(client, client_of, agent):
    assert 'href="/reports/"' in client.get("/queue/").content.decode()
    assert 'href="/reports/"' not in client_of(agent).get("/queue/").content.decode()


def test_months_are_counted_on_in_both_calendars():
    assert month_number(date(2026, 3, 20), "jalali") == 1404 * 12 + 11
    assert month_number(date(2026, 3, 21), "jalali") == 1405 * 12
    assert month_number(date(2026, 3, 21), "gregorian") == 2026 * 12 + 2
