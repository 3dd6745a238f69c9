"""The lists and scans that are asked all day walk one index each, in a table of some size."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection, transaction

from organizations.models import Role, User
from plans.models import PlanVersion, Priority
from tests.factories import NOW, make_agent, make_member, make_organization
from tickets import services
from tickets.choices import Category
from tickets.lists.filters import Reader
from tickets.models import Clock, DayTotal, Ticket, place_of
from tickets.portal.query import PortalQuery
from tickets.querysets.list_order import (
    COLUMNS,
    FALLING_PLACES,
    LONG_AGO,
    NEVER,
    OPEN_COLUMNS,
    OPEN_FALLING_PLACES,
    order_of,
)
from tickets.querysets.text_search import MOST_FOUND, TextSearch
from tickets.workspace.query import ANY, STATUSES, TEAMS, QueueQuery
from tickets.workspace.references import Chosen

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
TICKETS, OPEN_SHARE = 3000, 10


@pytest.fixture(scope="module")
def _once(django_db_setup, django_db_blocker):
    """What is made for all tests of this file, and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def organization(_once):
    return make_organization("Pars Cloud", key="pars")


@pytest.fixture(scope="module")
def requester(organization):
    return make_member(organization, "sara@pars.example", role=Role.OWNER)


@pytest.fixture(scope="module")
def agent(_once):
    return make_agent()


@pytest.fixture(scope="module")
def many_tickets(requester, organization, agent):
    """One in ten open, as after some months; a tenth belongs to the requester's organization.

    Tests that change them come last: versions of rows that are left behind count in plans.
    """
    with connection.cursor() as cursor:
        # Pages that earlier tests left empty would count in the costs of a plan.
        cursor.execute("TRUNCATE tickets_ticket CASCADE")
        # As of a server with solid-state disks; with the default two indexes cost nearly the same.
        cursor.execute("SET LOCAL random_page_cost = 1.1")
    others = [make_organization(f"Company {n}") for n in range(9)]
    owners = [requester, *(make_member(each, f"a@{each.key}.example") for each in others)]
    homes = [organization, *others]
    tickets = Ticket.objects.bulk_create(
        ticket_row(n, owners[n % 10], homes[n % 10], agent) for n in range(TICKETS)
    )
    version = PlanVersion.objects.get(plan__key="enterprise")
    Clock.objects.bulk_create(clock_row(each, version) for each in tickets)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def ticket_row(n, requester, organization, agent):
    moment = NOW + n * MINUTE
    is_open, awaits = n // 10 % OPEN_SHARE == 0, n // 10 % (2 * OPEN_SHARE) == 0
    status = ("awaiting_customer" if awaits else "awaiting_response") if is_open else "closed"
    return Ticket(
        organization=organization,
        requester=requester,
        opened_by=requester,
        assignee=agent if n % 2 else None,
        title=f"Ticket {n}",
        title_folded=f"ticket {n}",
        title_place=f"ticket {n:05}".encode(),
        organization_place=place_of(organization),
        assignee_place=place_of(agent if n % 2 else None),
        support_spoke_last=n % 3 == 0,
        category="technical",
        status=status,
        created_at=moment,
        updated_at=moment,
        public_updated_at=moment,
        last_public_message_at=moment,
        closed_at=None if is_open else moment,
        waiting_since=moment if is_open and not awaits else None,
        due_at=moment if is_open and not awaits else None,
        auto_close_at=moment if awaits else None,
        auto_close_remind_at=moment if awaits else None,
        queue_band=(4 if awaits else 1) if is_open else 9,
        queue_at=moment,
    )


def clock_row(ticket, version):
    runs = ticket.due_at is not None
    start = ticket.created_at - MINUTE
    return Clock(
        ticket=ticket,
        kind="first_response",
        state="running" if runs else "met",
        priority="normal",
        plan_version=version,
        started_at=start,
        target=MINUTE,
        reckoned_from=start,
        reckoned_for=MINUTE,
        due_at=ticket.created_at,
        due_soon_at=start,
        stopped_at=None if runs else start,
    )


def queue():
    return Ticket.objects.open().with_queue_row().in_queue_order()


WALKS = {
    "the queue": ("ticket_queue_with_filters", lambda user: queue()),
    "the queue's next page": (
        "ticket_queue_with_filters",
        lambda user: queue().after(
            ["queue_band", "queue_rank", "queue_at", "id"], [1, 0, NOW + 99 * MINUTE, 5]
        ),
    ),
    "an agent's own": (
        "ticket_queue_of_assignee",
        lambda user: queue().assigned_to(User.objects.agents().get()),
    ),
    "tickets of any status": (
        "ticket_last_changed",
        lambda user: Ticket.objects.with_queue_row().last_changed_first(),
    ),
    "closed tickets": (
        "ticket_closed_last",
        lambda user: Ticket.objects.views_counted(NOW)["closed"],
    ),
    "a customer's list": (
        "ticket_list_with_filters",
        lambda user: (
            Ticket.objects.visible_to(user)
            .of_organization(user.memberships.get().organization)
            .for_portal(user)
        ),
    ),
}
SCANS = {
    "automatic close": ("ticket_auto_close", lambda: Ticket.objects.closing_by(NOW + MINUTE)),
    "its reminder": (
        "ticket_auto_close_remind",
        lambda: Ticket.objects.to_remind_of_close(NOW + MINUTE),
    ),
    "breaches": ("clock_scan_breach", lambda: Clock.objects.breach_to_tell(NOW + MINUTE)),
    "due soon": ("clock_scan_due_soon", lambda: Clock.objects.due_soon_to_tell(NOW + MINUTE)),
}


def of_rows(plan):
    """The plan that finds the rows: below it a row's own few tags are sorted by name."""
    return plan.partition("SubPlan")[0]


def test_each_list_is_a_walk_of_its_index_without_sorting(many_tickets, requester):
    for name, (index, build) in WALKS.items():
        plan = build(requester)[:25].explain()

        assert f"Index Scan using {index} " in plan, f"{name}\n{plan}"
        assert "Sort" not in of_rows(plan), f"{name}\n{plan}"


def test_each_scan_finds_its_work_by_its_index(many_tickets):
    for name, (index, build) in SCANS.items():
        plan = build().explain()

        assert f"{index} " in plan, f"{name}\n{plan}"
        assert "Seq Scan" not in plan, f"{name}\n{plan}"


def test_what_is_behind_a_number_of_a_report_is_a_walk_of_the_dues(many_tickets):
    clocks = Clock.objects.due_between(NOW, NOW + 600 * MINUTE).in_reports().behind_reports()

    plan = clocks[:50].explain()

    assert "Index Scan Backward using clock_due " in plan, plan
    assert "Sort" not in plan, plan


def test_a_day_of_the_reports_is_found_by_its_index(many_tickets, organization):
    first = NOW.date()
    DayTotal.objects.bulk_create(
        total_row(first + timedelta(days=n), organization) for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_daytotal")

    counted = Clock.objects.due_between(NOW, NOW + MINUTE).in_reports()
    summed = DayTotal.objects.between(first, first + timedelta(days=30)).summed_by("plan")

    assert "clock_due" in counted.explain()
    assert "day_total_day" in summed.explain()


def total_row(day, organization):
    sums = dict.fromkeys(("kept", "late", "withdrawn", "with_aim", "within_aim"), 1)
    return DayTotal(
        day=day,
        jalali_month=0,
        gregorian_month=0,
        kind="first_response",
        plan=organization.plan,
        priority="normal",
        category="technical",
        organization=organization,
        **sums,
    )


MIDDLE = {
    "number": [1500],
    "title": [b"ticket 01500", 1500],
    "priority": [1, 1500],
    "category": [1, 1500],
    "status": [3, 1500],
    "speaker": [False, 1500],
    "due": [NEVER, 1500],
    "updated": [NOW + 1500 * MINUTE, 1500],
}

WALKED = {
    "updated": "ticket_list_with_filters",
    # Where every tenth ticket is of the organization the primary key serves as well.
    "number": "(ticket_list_by_number|tickets_ticket_pkey)",
}


def test_the_customers_list_walks_an_index_in_every_order_and_direction(many_tickets, requester):
    with connection.cursor() as cursor:
        # Of a few rows all would be fetched and sorted: what is asked is whether there is a walk.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")

    for column, falling in product(COLUMNS, [False, True]):
        turned = "_falling" if falling and column in FALLING_PLACES else ""
        index = WALKED.get(column, f"ticket_list_by_{column}{turned}")
        fields = [name.lstrip("-") for name in order_of(column, falling=falling)]
        middle = [LONG_AGO, 1500] if turned else MIDDLE[column]
        rows = portal_rows(requester).sorted_by(column, falling=falling)
        beside = rows.before if falling else rows.after

        first, following = rows[:26].explain(), beside(fields, middle)[:26].explain()

        for plan in (first, following):
            assert re.search(rf"Index (Only )?Scan (Backward )?using {index} ", plan), (
                f"{column}\n{plan}"
            )
            assert "Sort" not in plan, f"{column}\n{plan}"
        # The key is where the walk begins, not a sieve for all that it meets.
        begin = next(line for line in following.splitlines() if "Index Cond" in line)
        assert "1500" in begin, f"{column}\n{following}"


def portal_rows(user):
    organization = user.memberships.get().organization
    tickets = Ticket.objects.visible_to(user).of_organization(organization)
    return tickets.with_portal_row(user)


@pytest.fixture
def dear_scans(many_tickets):
    """A small table is read whole, and few rows are sorted: priced out, a missing index shows."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")


def row(one):
    return (Chosen(str(one.pk), str(one), one.pk),)


def queue_filters(agent, organization, requester):
    """Every filter of the queue alone, of one value and of several, and with any status."""
    lists = [QueueQuery(status=(status,)) for status in STATUSES]
    lists += [QueueQuery(status=("awaiting_response", "in_progress"))]
    lists += [QueueQuery(status=("closed", "in_progress"))]
    for status in ((), (ANY,)):
        filters = [{"priority": (each,)} for each in Priority.values]
        filters += [{"priority": ("critical", "urgent")}]
        filters += [{"category": (each,)} for each in Category.values]
        filters += [{"category": ("sales", "financial")}]
        people = [(Chosen("me"),), (Chosen("nobody"),), row(agent)]
        filters += [{"assignee": each} for each in (*people, people[0] + people[1])]
        filters += [{"organization": row(organization)}]
        filters += [{"plan": row(organization.plan)}, {"requester": row(requester)}]
        filters += [{"team": (Chosen(word),)} for word in TEAMS]
        filters += [{"waiting": 4}, {"opened_from": NOW.date()}, {"opened_to": NOW.date()}]
        filters += [{"rating": (1, 2)}, {"rating": (0,)}]
        lists += [QueueQuery(status=status, **each) for each in filters]
    return lists


def test_no_filter_of_the_queue_sorts_or_reads_all_tickets(
    dear_scans, agent, organization, requester
):
    for wanted in queue_filters(agent, organization, requester):
        rows = wanted.keys(wanted.apply(Ticket.objects.visible_to(agent), Reader(agent, NOW)))

        plan = rows[:26].explain()

        assert not re.search(r"Seq Scan on tickets_ticket\b", plan), f"{wanted}\n{plan}"
        assert "Sort" not in of_rows(plan), f"{wanted}\n{plan}"


OPEN_MIDDLE = {
    "due": [1, 0, NOW, 1500],
    "number": [1500],
    "updated": [NOW + 1500 * MINUTE, 1500],
    "title": [b"ticket 01500", 1500],
    "organization": [b"company 1", 1, 0, NOW, 1500],
    "assignee": [b"an agent", 1, 0, NOW, 1500],
    "priority": [3, 1, 0, NOW, 1500],
    "status": [0, 1, 0, NOW, 1500],
    "waiting": [NOW + 1500 * MINUTE, 1500],
}
OPEN_WALKED = {"due": "ticket_queue_with_filters"}


def test_the_queue_walks_an_index_in_every_order_and_direction(dear_scans, agent):
    for column, falling in product(OPEN_COLUMNS, [False, True]):
        turned = "_falling" if falling and column in OPEN_FALLING_PLACES else ""
        index = OPEN_WALKED.get(column, f"ticket_open_by_{column}{turned}")
        wanted = QueueQuery(sort=f"-{column}" if falling else column)
        fields = [name.lstrip("-") for name in wanted.order]
        rows = wanted.keys(wanted.apply(Ticket.objects.visible_to(agent), Reader(agent, NOW)))
        beside = rows.before if falling else rows.after

        first, following = rows[:26].explain(), beside(fields, OPEN_MIDDLE[column])[:26].explain()

        for plan in (first, following):
            assert re.search(rf"Index (Only )?Scan (Backward )?using {index} ", plan), (
                f"{column}\n{plan}"
            )
            assert "Sort" not in of_rows(plan), f"{column}\n{plan}"
        # The key is where the walk begins, not a sieve for all that it meets.
        begin = next(line for line in following.splitlines() if "Index Cond" in line)
        assert "1500" in begin, f"{column}\n{following}"


@pytest.mark.parametrize("sort", ["number", "-number", "updated", "-updated"])
def test_lists_with_closed_tickets_are_sorted_by_what_all_tickets_have_an_index_for(
    dear_scans, agent, sort
):
    wanted = QueueQuery(status=(ANY,), sort=sort)
    rows = wanted.keys(wanted.apply(Ticket.objects.visible_to(agent), Reader(agent, NOW)))

    plan = rows[:26].explain()

    assert "Index Only Scan" in plan
    assert "Sort" not in of_rows(plan), plan


def test_unassigned_tickets_are_a_walk_of_their_own_index(dear_scans):
    plan = queue().unassigned()[:26].explain()

    assert "Index Scan using ticket_queue_of_nobody " in plan, plan


def test_no_filter_of_the_customers_list_sorts_or_reads_all_tickets(dear_scans, requester):
    queries = [PortalQuery(of="mine")]
    menus = [each for each in PortalQuery.filters.values() if each.label]
    queries += [PortalQuery(**{menu.name: value}) for menu in menus for value in menu.options]
    for wanted in queries:
        rows = wanted.apply(portal_rows(requester), Reader(requester, NOW))

        plan = rows[:26].explain()

        assert "Seq Scan on tickets_ticket" not in plan, f"{wanted}\n{plan}"
        assert "Sort" not in plan, f"{wanted}\n{plan}"


def test_what_one_opened_within_an_hour_is_found_by_its_index(many_tickets, requester):
    plan = Ticket.objects.opened_since(requester, NOW + 2940 * MINUTE)[:30].explain()

    assert "ticket_opened_by_at " in plan, plan


def test_agents_are_read_without_all_people(many_tickets):
    organization = make_organization("Many people")
    for n in range(30):
        make_member(organization, f"member{n}@many.example")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE organizations_user")
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = User.objects.agents().named()[:300].explain()

    assert "user_agents " in plan, plan


def test_a_rare_word_is_found_by_the_indexes_of_titles_and_messages(dear_scans, agent):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = on")  # an index of trigrams has no other
    search = TextSearch(Ticket.objects.visible_to(agent), "absent word", agent)

    plan = search.by_index("absent").explain()

    assert "Bitmap Index Scan on ticket_title_trigrams" in plan, plan
    assert "Bitmap Index Scan on message_text_trigrams" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_the_walk_to_a_common_word_reads_no_whole_table(dear_scans, agent):
    plan = TextSearch(Ticket.objects.visible_to(agent), "ticket", agent).walk(after=100).explain()

    assert "Index Scan Backward using tickets_ticket_pkey " in plan, plan
    assert "message_of_ticket" in plan, plan
    assert not re.search(r"Seq Scan|Sort|hashed", plan), plan


def test_of_a_common_word_the_newest_are_found_and_the_page_says_so(
    many_tickets, client_of, agent, requester
):
    found = Ticket.objects.visible_to(agent).matching("ticket", agent)
    newest = Ticket.objects.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]

    assert set(found.values_list("pk", flat=True)) == set(newest)
    assert found.is_partial
    for person, path in ((agent, "/queue/?status=any&q=ticket"), (requester, "/tickets/?q=ticket")):
        assert "فقط تازه‌ترین نتیجه‌ها" in client_of(person).get(path).content.decode()


def test_a_search_that_finds_all_says_nothing_of_more(many_tickets, client_of, agent):
    page = client_of(agent).get("/queue/?status=any&q=2999").content.decode()

    assert "Ticket 2999" in re.sub(r"</?mark>", "", page)
    assert "فقط تازه‌ترین نتیجه‌ها" not in page


def test_what_is_due_soon_is_found_by_its_index(many_tickets, agent):
    Ticket.objects.filter(pk__in=Ticket.objects.waiting()[:5]).update(due_soon_at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
    wanted = QueueQuery(due="soon")

    found = wanted.apply(Ticket.objects.visible_to(agent), Reader(agent, NOW))
    plan = found.with_queue_row().in_queue_order()[:26].explain()

    assert "ticket_due_soon " in plan, plan


def test_old_contents_are_found_by_their_index(many_tickets):
    found = services.retaining.removable(NOW + 100 * MINUTE).order_by("closed_at", "pk")

    plan = found.values_list("pk", flat=True)[:50].explain()

    assert "ticket_with_old_contents " in plan, plan


def test_only_mine_is_a_walk_within_the_organization(dear_scans, requester, colleague):
    mine = Ticket.objects.requested_by(requester)
    mine.filter(pk__in=mine.order_by("id").values("pk")[:200]).update(requester=colleague)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
    wanted = PortalQuery(of="mine")

    rows = wanted.apply(portal_rows(requester), Reader(requester, NOW))
    plan = rows[:26].explain()

    assert "Index Scan using ticket_list_of_one_requester " in plan, plan
    assert "Sort" not in plan, plan
