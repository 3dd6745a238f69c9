"""Watchers: who adds and removes them, what they then see, and what the history says of it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notifications.models import Notification
from organizations.models import User
from organizations.services import remove_member
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_member,
    make_ticket,
)
from tests.pages import read
from tickets import services
from tickets.conversation.entries import conversation
from tickets.errors import TicketError
from tickets.models import Event
from tickets.services import MOST_WATCHERS

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _stopped_clock(settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture(autouse=True)
def _in_english(requester, colleague, outsider, agent):
    for person in (requester, colleague, outsider, agent):
        person.language = "en"
        person.save()


@pytest.fixture
def third(organization):
    return make_member(organization, "elham@pars.example", name="الهام رستگار", language="en")


def add(ticket, actor, *people, now=LATER):
    return services.add_watchers(ticket, actor=actor, people=[each.pk for each in people], now=now)


def watching(ticket):
    return set(ticket.watchers.values_list("user", flat=True))


def lines_for(ticket, viewer):
    return [each.text for each in conversation(again(ticket), viewer, now=LATER) if each.text]


OFFERED = "#watch-choices input"


def watchers_on(response):
    """Who watches by a page, and whether its reader may remove them."""
    rows = read(response).all("ul.watchers li")
    return [(row.one("bdi").text, bool(row.all("button"))) for row in rows]


def messages_on(response):
    return read(response).texts(".toast-note span") + read(response).texts(".alert-line span")


# --- Adding -----------------------------------------------------------------------------------


def test_any_member_and_any_agent_adds_colleagues(requester, colleague, third, agent):
    ticket = make_ticket(requester)

    add(ticket, colleague, colleague)
    add(ticket, agent, third)

    assert watching(ticket) == {colleague.pk, third.pk}
    events = Event.objects.filter(kind="watchers_changed").order_by("pk")
    assert [event.changes for event in events] == [{"added": [colleague.pk]}, {"added": [third.pk]}]
    assert all(event.is_public for event in events)


def test_a_closed_ticket_gets_watchers_too(requester, colleague, agent):
    ticket = make_closed(requester, agent)

    add(ticket, requester, colleague)

    assert watching(ticket) == {colleague.pk}


def test_adding_somebody_twice_is_no_error_and_one_line(requester, colleague):
    ticket = make_ticket(requester)

    assert add(ticket, requester, colleague) == [colleague]
    assert add(ticket, requester, colleague) == []

    assert Event.objects.filter(kind="watchers_changed").count() == 1


def test_the_requester_is_notified_anyway(requester, colleague):
    ticket = make_ticket(requester)

    assert add(ticket, colleague, requester) == []

    assert watching(ticket) == set()


@pytest.mark.parametrize("who", ["outsider", "agent", "nobody", "gone"])
def test_only_members_of_the_tickets_organization_can_be_added(
    request, organization, requester, colleague, who
):
    ticket = make_ticket(requester)
    if who == "gone":
        remove_member(organization, colleague, actor=requester, now=NOW)
    person = {"nobody": 999_999, "gone": colleague.pk}.get(who)
    person = person or request.getfixturevalue(who).pk

    with pytest.raises(TicketError) as refused:
        services.add_watchers(ticket, actor=requester, people=[person], now=LATER)

    assert refused.value.code == "person"
    assert watching(ticket) == set()


def test_one_who_is_unknown_refuses_all_of_them(requester, colleague, outsider):
    ticket = make_ticket(requester)

    with pytest.raises(TicketError):
        add(ticket, requester, colleague, outsider)

    assert watching(ticket) == set()


def test_an_outsider_and_a_suspended_organization_add_nobody(
    organization, requester, colleague, outsider
):
    ticket = make_ticket(requester)
    with pytest.raises(TicketError):
        add(ticket, outsider, colleague)
    organization.suspended_at = NOW
    organization.save()

    with pytest.raises(TicketError):
        add(ticket, requester, colleague)

    assert watching(ticket) == set()


def test_no_more_than_twenty_watch(organization, requester):
    ticket = make_ticket(requester)
    people = [
        make_member(organization, f"p{number}@pars.example", password=None)
        for number in range(MOST_WATCHERS + 1)
    ]
    add(ticket, requester, *people[:-1])

    with pytest.raises(TicketError) as refused:
        add(ticket, requester, people[-1])

    assert refused.value.sentence == services.too_many_watchers()
    assert ticket.watchers.count() == MOST_WATCHERS


def test_watching_moves_neither_the_row_nor_its_clock(requester, colleague):
    ticket = make_ticket(requester)

    add(ticket, requester, colleague)

    row = again(ticket)
    assert (row.version, row.updated_at, row.public_updated_at, row.due_at) == (
        ticket.version,
        ticket.updated_at,
        ticket.public_updated_at,
        ticket.due_at,
    )


# --- Removing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["requester", "agent", "manager", "owner", "oneself"])
def test_who_may_end_that_somebody_watches(organization, colleague, third, agent, who):
    ticket = make_ticket(colleague)
    add(ticket, colleague, third)
    actor = {"requester": colleague, "agent": agent, "oneself": third}.get(who) or make_member(
        organization, "boss@pars.example", role=who
    )

    services.remove_watcher(ticket, actor=actor, person=third.pk, now=LATER)

    assert watching(ticket) == set()
    assert Event.objects.latest("pk").changes == {"removed": [third.pk]}


def test_a_plain_colleague_ends_nobody_elses(requester, colleague, third):
    ticket = make_ticket(requester)
    add(ticket, requester, third)

    with pytest.raises(TicketError):
        services.remove_watcher(ticket, actor=colleague, person=third.pk, now=LATER)

    assert watching(ticket) == {third.pk}


def test_ending_what_is_ended_already_is_no_error(requester, colleague, outsider):
    ticket = make_ticket(requester)
    count = Event.objects.count()

    for person in (colleague.pk, outsider.pk, 999_999):
        services.remove_watcher(ticket, actor=requester, person=person, now=LATER)

    assert Event.objects.count() == count


def test_who_leaves_the_organization_watches_none_of_its_tickets(
    organization, requester, colleague, third
):
    tickets = [make_ticket(requester), make_ticket(requester)]
    for ticket in tickets:
        add(ticket, requester, colleague, third)

    remove_member(organization, colleague, actor=requester, now=LATER)

    assert [watching(ticket) for ticket in tickets] == [{third.pk}, {third.pk}]
    events = Event.objects.filter(changes={"removed": [colleague.pk]})
    assert {event.ticket_id for event in events} == {ticket.pk for ticket in tickets}
    assert {event.actor for event in events} == {requester}


# --- What a watcher sees and is notified of -------------------------------------------------------


def test_a_restricted_member_sees_a_ticket_exactly_while_watching_it(
    client_of, organization, requester, colleague
):
    organization.is_restricted = True
    organization.save()
    ticket = make_ticket(requester)
    client = client_of(colleague)
    assert client.get(ticket.get_absolute_url()).status_code == 404

    add(ticket, requester, colleague)
    page = client.get(ticket.get_absolute_url())
    assert "If you stop watching, you no longer see the ticket." in page.content.decode()

    url = f"{ticket.get_absolute_url()}unwatch/"
    assert client.post(url, {"person": colleague.pk}).url == "/tickets/"
    assert client.get(ticket.get_absolute_url()).status_code == 404


def test_a_watcher_is_notified_as_the_requester_is(requester, colleague, agent):
    ticket = make_ticket(requester)
    add(ticket, requester, colleague)

    services.reply_as_agent(
        ticket, actor=agent, content=services.NewMessage("بررسی شد."), now=LATER
    )

    notified = Notification.objects.filter(event__kind="agent_replied").values_list("recipient")
    assert {person for (person,) in notified} == {requester.pk, colleague.pk}


# --- The history ------------------------------------------------------------------------------


def test_the_history_names_the_people_but_to_customers_no_agent(requester, colleague, third, agent):
    ticket = make_ticket(requester)
    add(ticket, requester, colleague, third)
    add_line = f"{requester} added {colleague}, {third} as watchers"
    services.remove_watcher(ticket, actor=agent, person=third.pk, now=LATER)
    services.remove_watcher(ticket, actor=colleague, person=colleague.pk, now=LATER)
    with translation.override("en"):
        customers, agents = lines_for(ticket, requester), lines_for(ticket, agent)

    assert customers[-3:] == [
        add_line,
        f"Support removed {third} from the watchers",
        f"{colleague} no longer watches the ticket",
    ]
    assert agents[-3:] == [
        add_line,
        f"{agent} removed {third} from the watchers",
        f"{colleague} no longer watches the ticket",
    ]
    assert str(agent) not in " ".join(customers)


# --- The pages --------------------------------------------------------------------------------


def test_the_page_lists_those_who_do_not_watch_yet(
    client_of, requester, colleague, third, outsider
):
    ticket = make_ticket(requester)
    add(ticket, requester, third)

    page = client_of(requester).get(ticket.get_absolute_url())

    assert [box["value"] for box in read(page).all(OFFERED)] == [str(colleague.pk)]
    assert watchers_on(page) == [(str(third), True)]


def test_a_colleague_without_a_name_is_offered_by_their_address(client_of, requester, colleague):
    User.objects.filter(pk=colleague.pk).update(name="")
    page = client_of(requester).get(make_ticket(requester).get_absolute_url())
    assert f"<bdi>{colleague.email}</bdi>" in page.content.decode()


def test_a_plain_colleague_is_offered_no_button_that_is_refused(
    client_of, requester, colleague, third
):
    ticket = make_ticket(requester)
    add(ticket, requester, third, colleague)

    page = client_of(colleague).get(ticket.get_absolute_url())

    assert watchers_on(page) == [
        (str(third), False),
        (str(colleague), True),
    ]


@pytest.mark.parametrize("side", ["customer", "agent"])
def test_both_pages_add_and_end(client_of, requester, colleague, agent, side):
    ticket = make_awaiting_customer(requester, agent)
    client = client_of(requester if side == "customer" else agent)
    url = ticket.get_absolute_url() if side == "customer" else ticket.get_queue_url()

    assert client.post(f"{url}watch/", {"person": [colleague.pk]}).url == f"{url}#latest"
    assert watching(ticket) == {colleague.pk}
    page = client.get(url).content.decode()
    assert f"Remove {colleague} from the watchers" in page

    assert client.post(f"{url}unwatch/", {"person": colleague.pk}).url == f"{url}#latest"
    assert watching(ticket) == set()


@pytest.mark.parametrize("side", ["customer", "agent"])
@pytest.mark.parametrize("person", ["", "x", "-1", "9" * 30, "\x00", "stranger"])
def test_what_is_no_colleague_is_refused_beside_the_list(
    client_of, requester, colleague, agent, outsider, side, person
):
    ticket = make_ticket(requester)
    client = client_of(requester if side == "customer" else agent)
    url = ticket.get_absolute_url() if side == "customer" else ticket.get_queue_url()
    sent = [colleague.pk, outsider.pk if person == "stranger" else person]

    response = client.post(f"{url}watch/", {"person": sent if person else []})

    assert response.status_code == 422
    sentence = "Choose from the list." if person else "Choose a colleague."
    assert sentence in response.content.decode()
    if person:
        assert read(response).one(OFFERED).value == str(colleague.pk)
    assert watching(ticket) == set()


def test_someone_added_meanwhile_is_no_error(client_of, requester, colleague):
    ticket = make_ticket(requester)
    add(ticket, colleague, colleague)
    client = client_of(requester)

    response = client.post(
        f"{ticket.get_absolute_url()}watch/", {"person": [colleague.pk]}, follow=True
    )

    assert messages_on(response) == ["They are already watching."]


@pytest.mark.parametrize("person", ["", "x", "9" * 30, "-1"])
def test_ending_for_nobody_changes_nothing(client_of, requester, colleague, person):
    ticket = make_ticket(requester)
    add(ticket, requester, colleague)

    response = client_of(requester).post(f"{ticket.get_absolute_url()}unwatch/", {"person": person})

    assert response.status_code == 302
    assert watching(ticket) == {colleague.pk}


def test_the_limit_is_shown_before_and_when_it_is_reached(client_of, organization, requester):
    ticket = make_ticket(requester)
    client = client_of(requester)
    people = [
        make_member(organization, f"p{number}@pars.example", password=None)
        for number in range(MOST_WATCHERS + 1)
    ]
    assert "At most 20 people." in client.get(ticket.get_absolute_url()).content.decode()

    refused = client.post(
        f"{ticket.get_absolute_url()}watch/", {"person": [each.pk for each in people]}
    )
    assert refused.status_code == 409
    chosen = {box.value for box in read(refused).all(OFFERED)} - {None}
    assert chosen == {str(each.pk) for each in people}
    add(ticket, requester, *people[:-1])

    page = client.get(ticket.get_absolute_url()).content.decode()
    assert "20 people are watching" in page
    assert "Add colleagues" not in page


def test_watchers_cost_the_same_however_many(client_of, organization, requester, agent):
    ticket = make_ticket(requester)
    for person, url in ((requester, ticket.get_absolute_url()), (agent, ticket.get_queue_url())):
        client = client_of(person)
        client.get(url)
        ticket.watchers.all().delete()
        first = make_member(organization, f"first-{person.pk}@pars.example", password=None)
        add(ticket, agent, first)
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        for number in range(12):
            new = make_member(organization, f"w{number}-{person.pk}@pars.example", password=None)
            add(ticket, agent, new)
        with CaptureQueriesContext(connection) as many:
            client.get(url)
        assert len(many) == len(few)
