"""No statement of a page reads the big tables from end to end, however small they are here.

`make bench` looks at what the database does with a million tickets; this, in seconds, whether it
has an index at all: with sequential scans priced out it takes one only where there is none.
"""

import re
import uuid

import bench_pages
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from tests.addresses import LATER, Cast, every_address
from tests.factories import make_awaiting_customer
from tickets.lists.counts import CountOf
from tickets.models import Attachment, Message, Ticket

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL for its plans"),
]
# Django admin counts what it lists, for the few who look after the deployment.
NOT_PAGES = ("/admin/", "/healthz")


def in_full(role):
    return pytest.param(role, marks=pytest.mark.full)


def statements_at(client, path):
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [each["sql"] for each in captured]


@pytest.mark.parametrize(
    "role",
    ["agent", *(in_full(role) for role in ("colleague", "restricted", "supervisor"))],
)
def test_no_page_reads_a_big_table_from_end_to_end(role):
    with time_machine.travel(LATER, tick=False):
        cast, client = Cast(), Client()
        client.force_login(getattr(cast, role))
        paths = [cast.path(each) for each in every_address() if not each.startswith(NOT_PAGES)]
        statements = {path: statements_at(client, path) for path in sorted(set(paths))}

    assert any("tickets_ticket" in sql for sent in statements.values() for sql in sent)
    assert bench_pages.scans_of(statements, priced_out=True) == []


@pytest.mark.full
def test_no_filter_order_search_or_form_reads_a_big_table_from_end_to_end(requester, agent):
    pages = bench_pages.Pages(make_awaiting_customer(requester, agent))
    pages.asked = [each for each in pages.asked if not each.path.startswith("/floor/")]

    assert bench_pages.scans_of(pages.statements(), priced_out=True) == []


@pytest.mark.parametrize(
    ("rows", "table"),
    [
        (Ticket.objects.filter(title="x"), "tickets_ticket"),
        (Message.objects.filter(sent_from="x"), "tickets_message"),
    ],
)
def test_a_condition_without_an_index_is_found(rows, table):
    with CaptureQueriesContext(connection) as captured:
        list(rows.order_by())

    found = bench_pages.scans_of({"page": [each["sql"] for each in captured]}, priced_out=True)

    assert [each.partition(" is read")[0] for each in found] == [f"page: {table}"]


def test_one_file_is_found_without_reading_all_that_its_reader_may_see(requester, agent):
    for reader in (requester, agent):
        plan = Attachment.objects.downloadable_by(reader).filter(pk=uuid.uuid4()).explain()

        assert "hashed" not in plan


def test_the_newest_on_a_bell_are_shown_without_joining_all_earlier_ones(requester):
    plan = Notification.objects.on_bell_of(requester).with_story().order_by("-pk")[:50].explain()

    # Of each row alone it is asked whether its ticket is seen.
    assert re.search(r"Filter: .*\(SubPlan \d\) IS NOT NULL", plan)


def test_no_rows_are_sorted_to_be_counted(requester):
    in_order_of_model = str(Ticket.objects.annotate(of=CountOf(Ticket.objects.open())).query)
    by_index = str(Ticket.objects.annotate(of=CountOf(Ticket.objects.order_by("title"))).query)

    assert in_order_of_model.count("ORDER BY") == 1
    assert by_index.count("ORDER BY") == 2
