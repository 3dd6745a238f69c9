"""Addresses of the three lists, whatever they contain: they are answered and read as written."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_ticket
from tickets.lists.filters import Choice
from tickets.lists.query import CURSOR
from tickets.portal.columns import COLUMNS as PORTAL_COLUMNS
from tickets.portal.query import PortalQuery
from tickets.querysets.list_order import COLUMNS as SORTABLE
from tickets.reports.query import ReportQuery, read_query
from tickets.workspace.query import QueueQuery

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 25)
LISTS = {"/tickets/": PortalQuery, "/queue/": QueueQuery, "/reports/": ReportQuery}
STRANGE = ["", "\0", "0", "-1", "²", "۱۰", "٢٥", "9" * 400, "x" * 3000, "'--", "[]", "a,b,,", " "]
LIMITED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def known(organization, agent):
    """Values that mean a row of the database."""
    return [organization.key, str(agent.pk), "me", "nobody", "enterprise"]


def values_of(query, known):
    """Every value that means something in some parameter of a list, and many that mean nothing."""
    found = {
        str(value) for each in query.filters.values() for value in getattr(each, "options", ())
    }
    found |= {f"-{column.key}" for column in PORTAL_COLUMNS} | {"title", "number,due"}
    return [*sorted(found), "1405", "1405-01", "2026-01-01", *known, *STRANGE]


def addresses(query, known):
    """Query strings of a list: its own parameters and others, in any order, repeated or not."""
    names = [each.parameter for each in query.filters.values()]
    names += ["view", "nonsense", "month", "year", "from", "to", *CURSOR]
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=250)
    value = st.sampled_from(values_of(query, known)) | texts
    return st.lists(st.tuples(st.sampled_from(names), value), max_size=12).map(urlencode)


def read(query, address):
    params = QueryDict(address)
    return read_query(params, today=TODAY)[0] if query is ReportQuery else query.read(params)


@pytest.mark.parametrize("query", LISTS.values())
@LIMITED
@given(data=st.data())
def test_what_a_query_writes_is_read_as_the_same_query(query, known, data):
    wanted = read(query, data.draw(addresses(query, known)))

    written = read(query, wanted.query)

    assert written == wanted
    assert hash(written) == hash(wanted)
    assert written.query == wanted.query


@pytest.mark.parametrize("address", LISTS)
@LIMITED
@given(data=st.data())
def test_no_address_breaks_a_list(client_of, requester, agent, supervisor, known, address, data):
    if not requester.requested_tickets.exists():
        make_ticket(requester)
    client = client_of({"/tickets/": requester, "/queue/": agent}.get(address, supervisor))

    page = client.get(f"{address}?{data.draw(addresses(LISTS[address], known))}")

    assert page.status_code in {200, 302}
    assert page.status_code == 200 or page.url.startswith("/")


@pytest.mark.parametrize("query", LISTS.values())
@LIMITED
@given(data=st.data())
def test_each_chip_takes_off_its_filter_and_nothing_else(query, known, data):
    wanted = read(query, data.draw(addresses(query, known)))

    for name, each in wanted.filters.items():
        rest = read(query, wanted.without(name).query)
        assert getattr(rest, name) == each.default or name == "period"
        changed = {
            other for other in wanted.filters if getattr(rest, other) != getattr(wanted, other)
        }
        # A search is of tickets in any status; without it the open ones are shown.
        assert changed <= {name, "status" if name == "text" else name}
    assert len(wanted.chips()) == sum(
        1 for name, each in wanted.filters.items() if each.label and name in vars(wanted)
    )


@pytest.mark.parametrize("address", LISTS)
def test_too_many_parameters_are_refused(client_of, requester, agent, supervisor, address):
    client = client_of({"/tickets/": requester, "/queue/": agent}.get(address, supervisor))

    page = client.get(f"{address}?{'status=open&' * 1001}")

    assert page.status_code == 413


def test_of_a_repeated_parameter_the_last_value_holds():
    assert PortalQuery.from_address("status=open&status=closed").status == "closed"


def test_a_query_does_not_change():
    wanted = PortalQuery(status="open")

    with pytest.raises(AttributeError):
        wanted.status = "closed"
    with pytest.raises(KeyError):
        wanted.with_(nonsense="1")
    assert wanted.with_(status="closed").query == "status=closed"
    assert wanted.query == "status=open"


def test_known_values_have_labels_in_every_list():
    for query in LISTS.values():
        for each in query.filters.values():
            if each.label and isinstance(each, Choice):
                assert all(str(label) for label in each.options.values()), each.name


def test_columns_are_sorted_by_what_has_an_index():
    assert {each.key for each in PORTAL_COLUMNS if each.is_sortable} == set(SORTABLE)
