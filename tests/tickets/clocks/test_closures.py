"""A declared closure moves the running clocks of its calendar, and notifies whom it concerns."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress

from notifications.models import AccountMail
from notifications.services import choose
from notifications.topics import Topic
from plans import services as plans
from plans.models import Calendar, Plan
from tests.factories import again, make_ticket
from tickets import services
from tickets.models import Event, Recalculation

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TEHRAN = ZoneInfo("Asia/Tehran")


def response(ticket):
    return ticket.clocks.exclude(kind="resolution").latest("pk")


@pytest.fixture
def close(admin):
    def declare(calendar, now, until):
        closure = plans.declare_closure(
            calendar,
            until=until,
            reason_fa="برق رفت",
            reason_en="No power",
            actor=admin,
            now=now,
        )
        services.run_recalculations(now=now)
        return closure

    return declare


def saturday(hour, minute=0):
    return datetime(2026, 5, 2, hour, minute, tzinfo=TEHRAN)


def test_a_closure_moves_running_clocks_in_its_calendar(requester, close):
    calendar = Calendar.objects.get()
    ticket = make_ticket(requester, now=saturday(9))
    before = ticket.due_at

    close(calendar, saturday(11), saturday(13))

    assert again(ticket).due_at == before + 2 * HOUR
    line = response(ticket).changes.last()
    assert (line.reason, line.old_due_at, line.new_due_at) == (
        "closure",
        before,
        before + 2 * HOUR,
    )
    assert ticket.events.get(kind="clocks_moved").changes["because"] == {
        "closure": {"fa": "برق رفت", "en": "No power"}
    }


def test_a_closure_brings_no_other_edit_along(requester, close, admin):
    calendar = Calendar.objects.get()
    ticket = make_ticket(requester, now=saturday(9))
    before = ticket.due_at
    calendar.holidays.create(held_on=date(2026, 5, 3), name_fa="جشن", name_en="Feast")
    plans.publish_calendar(calendar, actor=admin, now=saturday(10))

    close(calendar, saturday(11), saturday(13))
    fresh = make_ticket(requester, now=saturday(14))

    assert again(ticket).due_at == before + 2 * HOUR
    # New clocks count by the version with both: 4 hours on Saturday, none on Sunday.
    assert fresh.due_at == datetime(2026, 5, 6, 11, tzinfo=TEHRAN)


def test_a_second_closure_adds_to_the_first(requester, close):
    calendar = Calendar.objects.get()
    ticket = make_ticket(requester, now=saturday(9))
    before = ticket.due_at

    close(calendar, saturday(11), saturday(12))
    close(calendar, saturday(14), saturday(15))

    assert again(ticket).due_at == before + 2 * HOUR


def test_a_closure_that_ends_early_gives_the_rest_back(requester, close, admin):
    calendar = Calendar.objects.get()
    ticket = make_ticket(requester, now=saturday(9))
    before = ticket.due_at
    close(calendar, saturday(11), saturday(17))

    plans.end_closure(calendar, actor=admin, now=saturday(12))
    services.run_recalculations(now=saturday(12))

    assert again(ticket).due_at == before + HOUR


def test_a_closure_is_no_concern_of_clocks_around_the_clock(requester, organization, close):
    organization.plan = Plan.objects.get(key="enterprise")
    organization.save()
    ticket = make_ticket(requester, now=saturday(9))

    close(Calendar.objects.get(), saturday(11), saturday(13))

    assert again(ticket).due_at == saturday(21)
    assert not Event.objects.filter(kind="clocks_moved").exists()


def test_a_closure_notifies_once_whom_it_concerns(requester, colleague, close):
    calendar = Calendar.objects.get()
    make_ticket(colleague, now=saturday(9))
    make_ticket(colleague, now=saturday(9))

    close(calendar, saturday(11), saturday(13))

    row = Recalculation.objects.get()
    assert row.finished_at == saturday(11).astimezone(UTC)
    assert set(row.concerned.all()) == {requester, colleague}
    mails = {mail.recipient: mail for mail in AccountMail.objects.all()}
    assert set(mails) == {requester.email, colleague.email}
    assert "برق رفت" in mails[colleague.email].body


@pytest.mark.parametrize("reason", ["chose no e-mail", "address not verified"])
def test_a_closure_mails_nobody_who_wants_no_mail_or_whose_address_is_unproven(
    requester, colleague, close, reason
):
    make_ticket(colleague, now=saturday(9))
    if reason == "chose no e-mail":
        choose(colleague, "email", wanted=[], unwanted=list(Topic))
    else:
        EmailAddress.objects.filter(user=colleague).update(verified=False)

    close(Calendar.objects.get(), saturday(11), saturday(13))

    assert [mail.recipient for mail in AccountMail.objects.all()] == [requester.email]
