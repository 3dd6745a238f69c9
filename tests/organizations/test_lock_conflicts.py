"""Writes that meet a lock time-out or a deadlock on a real PostgreSQL are repeated and succeed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from organizations import services
from organizations.models import Membership, Organization, Role, User
from plans import services as plans
from plans.models import Plan
from plans.transactions import in_transaction
from tests.factories import NOW
from tests.pages import read

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 20
LOCK_TIMEOUT = "100ms"


@pytest.fixture(autouse=True)
def _postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks the whole database")


def in_thread(act, failed, *, lock_timeout=LOCK_TIMEOUT):
    """Run `act` on a connection of its own; `failed` is set when a statement of it fails."""

    def notice(execute, *statement):
        try:
            return execute(*statement)
        except OperationalError:
            failed.set()
            raise

    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{lock_timeout}'")
        with connection.execute_wrapper(notice):
            return act()
    finally:
        connection.close()


def after_a_lock_timeout(act, rows):
    """What `act` returns when the first try waits too long for `rows`, which are free from then."""
    failed = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            list(rows.select_for_update())
            outcome = pool.submit(in_thread, act, failed)
            assert failed.wait(SECONDS), "the write did not wait for the rows"
        return outcome.result(SECONDS)


WRITES = {
    "invite": lambda organization, owner, member: services.invite(
        organization, email="new@pars.example", role=Role.MEMBER, actor=owner, now=NOW
    ),
    "remove a member": lambda organization, owner, member: services.remove_member(
        organization, member, actor=owner, now=NOW
    ),
    "change a role": lambda organization, owner, member: services.change_role(
        organization, member, Role.MANAGER, actor=owner, now=NOW
    ),
    "suspend": lambda organization, owner, member: services.suspend(
        organization, actor=None, now=NOW
    ),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_to_an_organization_that_is_locked_for_long_is_repeated(
    write, organization, requester, colleague
):
    held = Organization.objects.filter(pk=organization.pk)

    after_a_lock_timeout(lambda: WRITES[write](organization, requester, colleague), held)

    membership = Membership.objects.filter(user=colleague).first()
    assert {
        "invite": organization.invitations.filter(email="new@pars.example").count() == 1,
        "remove a member": membership is None,
        "change a role": membership and membership.role == Role.MANAGER,
        "suspend": Organization.objects.get(pk=organization.pk).is_suspended,
    }[write]


def test_publishing_a_plan_that_is_locked_for_long_is_repeated(db):
    plan = Plan.objects.get(key="business")
    plan.targets.filter(priority="low").update(target=None)

    version = after_a_lock_timeout(
        lambda: plans.publish_plan(plan, actor=None, now=NOW), Plan.objects.filter(pk=plan.pk)
    )

    assert plan.versions.latest("number") == version


def test_a_page_of_the_admin_that_meets_a_lock_is_saved_in_the_end(
    organization, requester, admin, client_of
):
    client = client_of(admin)
    page = reverse("admin:organizations_organization_change", args=[organization.pk])
    form = read(client.get(page)).one("#organization_form").fields() | {"is_suspended": "on"}

    response = after_a_lock_timeout(
        lambda: client.post(page, form), Organization.objects.filter(pk=organization.pk)
    )

    assert response.status_code == 302
    assert Organization.objects.get(pk=organization.pk).is_suspended


def test_removing_a_member_survives_a_deadlock(organization, requester, colleague):
    """The other transaction locks the organization before the person: one of both must lose."""
    failed, holds = threading.Event(), threading.Event()

    def remove():
        assert holds.wait(SECONDS)
        services.remove_member(organization, colleague, actor=requester, now=NOW)

    @in_transaction
    def lock_the_other_way_round():
        Organization.objects.select_for_update().get(pk=organization.pk)
        if not holds.is_set():
            holds.set()
            wait_until_somebody_waits()
        User.objects.select_for_update().get(pk=colleague.pk)

    with ThreadPoolExecutor(2) as pool:
        acts = [
            pool.submit(in_thread, act, failed, lock_timeout="20s")
            for act in (remove, lock_the_other_way_round)
        ]
        for act in acts:
            act.result(SECONDS)

    assert failed.is_set()
    assert not Membership.objects.filter(user=colleague).exists()


def wait_until_somebody_waits():
    with connection.cursor() as cursor:
        for _attempt in range(10_000):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
            # A transaction sees the activity as it was at its first look.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
    pytest.fail("nobody waits")
