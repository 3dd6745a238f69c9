"""Who is notified of the open tickets of somebody who left their organization."""

import pytest

from notifications import services
from notifications.models import AccountMail
from notifications.topics import Topic
from organizations import services as people
from organizations.models import Role
from tests.factories import NOW, make_member, make_ticket
from tests.notifications.test_audience import LATER
from tickets.models import Watcher


@pytest.fixture
def theirs(colleague):
    return make_ticket(colleague)


def departures():
    return list(AccountMail.objects.order_by("recipient").values_list("recipient", flat=True))


def test_who_follows_a_leavers_open_ticket_is_notified(theirs, organization, requester, colleague):
    watcher = make_member(organization, "mina@pars.example")
    Watcher.objects.create(ticket=theirs, user=watcher, added_by=colleague, added_at=NOW)

    people.remove_member(organization, colleague, actor=requester, now=LATER)

    assert departures() == [watcher.email]
    assert f"http://testserver{theirs.get_absolute_url()}" in AccountMail.objects.get().body


def test_without_followers_the_owners_are_notified_but_not_the_one_who_did_it(
    theirs, organization, requester, colleague
):
    second = make_member(organization, "mina@pars.example", role=Role.OWNER)
    make_member(organization, "plain@pars.example")

    people.remove_member(organization, colleague, actor=requester, now=LATER)

    assert departures() == [second.email]


def test_who_leaves_is_not_notified_and_the_owners_are(theirs, organization, requester, colleague):
    people.remove_member(organization, colleague, actor=colleague, now=LATER)

    assert departures() == [requester.email]


def test_nobody_is_notified_of_a_leaver_without_open_tickets(organization, requester, colleague):
    people.remove_member(organization, colleague, actor=colleague, now=LATER)

    assert departures() == []


def test_who_wants_no_progress_is_not_notified_of_leavers(
    theirs, organization, requester, colleague
):
    services.choose(requester, "email", wanted=[], unwanted=[Topic.PROGRESS])

    people.remove_member(organization, colleague, actor=colleague, now=LATER)

    assert departures() == []


def test_many_tickets_of_a_leaver_are_one_mail(organization, requester, colleague):
    for _number in range(23):
        make_ticket(colleague)

    people.remove_member(organization, colleague, actor=colleague, now=LATER)

    body = AccountMail.objects.get().body
    assert body.count("/tickets/") == 20
    assert "۳" in body
