"""The cast of every test: two organizations, their people, and the helpdesk's own."""

import gc
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.template import Template
from django.test import Client, TransactionTestCase
from django.test.utils import _TestState

from notifications import outbox
from organizations.models import Role, StaffRole
from tests import databases, shipped_rows
from tests import local_mail as local_mail_server
from tests.factories import make_agent, make_member, make_organization, make_ticket, session_of
from tests.selection import leave_to_the_full_run, needs_database
from webhooks.services import planning

TESTS = Path(__file__).parent
# Begun first of those that need the database, because each keeps its worker for long, and the
# others must not wait for it at the end.
LONGEST = [
    "browser/test_pages.py",
    "demo/test_generate_tickets.py",
    "test_access.py",
]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config, items):
    leave_to_the_full_run(config, items)
    # Now marks decide what is run, and pytest-django brings it into an order of its own.
    result = yield
    # The first worker makes the database for all; the others begin with what needs none.
    first = TESTS / "tickets/clocks/test_properties.py"
    longest = {TESTS / name for name in LONGEST}
    waiting = {item.path for item in items if needs_database(item)} - {first}
    places = {path: 2 + (path not in longest) for path in waiting} | {first: 0}
    items.sort(key=lambda item: places.get(item.path, 1))
    return result


def pytest_collection_finish():
    """Spare the garbage collector what stays to the end: a tenth of the time went into that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_modify_db_settings, django_db_blocker):
    """After a test that commits, the tables get back to what migrations shipped."""
    with django_db_blocker.unblock(), databases.one_at_a_time():
        databases.start_from_copy()
        request.getfixturevalue("django_db_setup")
        shipped_rows.keep()
        databases.leave_copy()
    TransactionTestCase._fixture_teardown = lambda _test: shipped_rows.restore()
    yield
    with django_db_blocker.unblock():
        left = databases.end_connections()
    if left:
        request.node.warn(pytest.PytestWarning(f"Connections were left open after {left}"))


@pytest.fixture(scope="session", autouse=True)
def _contexts_are_not_copied(django_test_environment):
    """Render as in production: Django copies every context for tests, and none of ours reads it."""
    Template._render = _TestState.saved_data.template_render


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """No test inherits the rate limits of another, nor a channel that is paused after a failure.
    A test begins as a process that knows that nobody has webhooks: none of its statements asks."""
    cache.clear()
    outbox._paused_until.clear()
    planning.KEPT_SECONDS = 3600
    planning._Listening.owners = frozenset()
    planning._Listening.until = time.monotonic() + planning.KEPT_SECONDS


@pytest.fixture
def organization(db):
    return make_organization("Pars Cloud", key="pars")


@pytest.fixture
def other_organization(db):
    return make_organization("Arya Trade", key="arya")


@pytest.fixture
def requester(organization):
    return make_member(organization, "sara@pars.example", name="سارا احمدی", role=Role.OWNER)


@pytest.fixture
def colleague(organization):
    return make_member(organization, "nima@pars.example", name="نیما رضایی")


@pytest.fixture
def outsider(other_organization):
    return make_member(other_organization, "reza@arya.example", name="رضا کریمی", role=Role.OWNER)


@pytest.fixture
def agent(db):
    return make_agent("agent@helpdesk.example", name="مریم صادقی")


@pytest.fixture
def second_agent(db):
    return make_agent("agent2@helpdesk.example", name="امیر حسینی")


@pytest.fixture
def supervisor(db):
    return make_agent(
        "supervisor@helpdesk.example", name="لیلا مرادی", staff_role=StaffRole.SUPERVISOR
    )


@pytest.fixture
def admin(db):
    return make_agent("admin@helpdesk.example", name="کاوه نوری", staff_role=StaffRole.ADMIN)


@pytest.fixture
def ticket(requester):
    return make_ticket(requester)


@pytest.fixture
def client_of():
    """A client signed in as somebody, as `client_of(agent)`; it checks CSRF when asked to."""

    def sign_in(user, *, csrf=False):
        client = Client(enforce_csrf_checks=csrf)
        client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
        return client

    return sign_in


@pytest.fixture(scope="module")
def _mail_server(tmp_path_factory):
    with local_mail_server.running(tmp_path_factory.mktemp("run")) as server:
        yield server


@pytest.fixture
def local_mail(_mail_server, settings):
    """Mail as with `make run`: sent by SMTP, shown, answered, fetched by IMAP; with DEBUG."""
    _mail_server.use(settings)
    for path in _mail_server.run_dir.glob("sent-mail/*"):
        path.unlink()
    return _mail_server
