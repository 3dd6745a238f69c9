"""The bell: what is unread on every page, its list, and how it is marked as read."""

from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import services
from notifications.bell import bell_page, bell_state
from notifications.models import Notification
from tests.factories import NOW, make_content, make_ticket
from tickets import services as tickets
from tickets.models import Event, Watcher

SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(minutes=10)
PAGE, READ = "/notifications/", "/notifications/read/"


@pytest.fixture
def answered(ticket, agent):
    """A ticket that an agent has answered: news for its requester."""
    return tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)


def unread(person):
    return bell_state(person).unread


def head(client, page="/plans/"):
    return client.get(page).content.decode()


# --- The count on every page ----------------------------------------------------------------------


def test_both_sides_see_on_every_page_how_much_is_unread(answered, requester, agent, client_of):
    requester.language = "en"
    requester.save()
    make_ticket(requester)

    assert 'aria-label="Notifications, 1 unread"' in head(client_of(requester))
    assert 'data-bell-count aria-hidden="true">۱</span>' in head(client_of(agent), "/queue/")


def test_without_news_the_bell_has_no_count(requester, client_of):
    page = head(client_of(requester))

    assert "data-bell" in page
    assert "data-bell-count" not in page


def test_the_count_of_much_is_bounded(answered, requester, client_of):
    row = Notification.objects.get(channel="bell", recipient=requester)
    for minute in range(120):
        tickets.reply_as_customer(
            answered, actor=requester, content=make_content(), now=SOON + timedelta(minutes=minute)
        )
    events = list(answered.events.all())
    Notification.objects.exclude(pk=row.pk).filter(recipient=requester).delete()
    fields = {"ticket": answered, "recipient": requester, "channel": "bell", "state": "sent"}
    Notification.objects.bulk_create(
        Notification(event=event, **fields) for event in events if event.pk != row.event_id
    )

    assert "۹۹+</span>" in head(client_of(requester))


def test_the_count_is_one_statement_however_much_there_is(answered, agent):
    with CaptureQueriesContext(connection) as asked:
        bell_state(agent)

    assert len(asked) == 1


def test_somebody_who_may_not_see_the_ticket_any_more_sees_nothing_of_it(
    answered, requester, client_of
):
    assert unread(requester) == 1
    requester.memberships.all().delete()

    client = client_of(requester)
    assert unread(type(requester).objects.get(pk=requester.pk)) == 0
    assert answered.number not in head(client, PAGE)


def test_a_watcher_of_a_restricted_organization_who_is_removed_sees_nothing_of_it(
    ticket, colleague, requester, agent
):
    watching = Watcher.objects.create(
        ticket=ticket, user=colleague, added_by=requester, added_at=NOW
    )
    ticket.organization.is_restricted = True
    ticket.organization.save()
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)
    assert unread(type(colleague).objects.get(pk=colleague.pk)) == 1
    watching.delete()

    assert unread(type(colleague).objects.get(pk=colleague.pk)) == 0


@pytest.fixture
def much_is_read(answered, agent, requester):
    """Two thousand rows that each has read, as after a year."""
    old = Event(ticket=answered, kind="accepted", is_public=True, created_at=NOW)
    events = Event.objects.bulk_create(copy(old) for _time in range(2000))
    Notification.objects.bulk_create(
        Notification(
            event=event,
            ticket=answered,
            recipient=person,
            channel="bell",
            state="sent",
            read_at=NOW,
        )
        for event in events
        for person in (agent, requester)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL explains so")
@pytest.mark.parametrize("staff", [True, False])
def test_the_count_walks_its_own_index(much_is_read, requester, agent, staff):
    person = agent if staff else requester
    wanted = Notification.objects.on_bell_of(person).unread().newest_first()

    assert "bell_unread" in wanted.values_list("pk", "ticket_id")[:100].explain()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL explains so")
def test_the_list_of_somebody_among_many_walks_its_own_index(much_is_read, second_agent):
    wanted = Notification.objects.on_bell_of(second_agent).newest_first()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")

    assert "bell_of_person" in wanted[:51].explain()


# --- The list -------------------------------------------------------------------------------------


def test_the_list_is_grouped_by_ticket_with_the_newest_first(requester, agent):
    older, newer = make_ticket(requester, title="یک"), make_ticket(requester, title="دو")
    tickets.reply_as_agent(newer, actor=agent, content=make_content(), now=SOON)
    tickets.reply_as_agent(older, actor=agent, content=make_content(), now=LATER)

    groups, _page = bell_page(requester, {})

    assert [group.ticket.title for group in groups] == ["یک", "دو"]
    assert [[entry.is_unread for entry in group.entries] for group in groups] == [[True, False]] * 2


def test_a_page_ends_and_the_next_goes_on(answered, requester, client_of, monkeypatch):
    monkeypatch.setattr("notifications.bell.PAGE_SIZE", 1)
    make_ticket(requester, title="دومی")
    first, page = bell_page(requester, {})

    token = page.next_query.partition("=")[2]
    second, _page = bell_page(requester, {"after": token})

    assert [group.ticket.title for group in first] == ["دومی"]
    assert [group.ticket.pk for group in second] == [answered.pk]


def test_customers_learn_nothing_of_notes_or_of_which_agent_works(ticket, requester, agent):
    tickets.add_note(ticket, actor=agent, content=make_content("محرمانه"), now=SOON)
    tickets.accept(ticket, actor=agent, now=SOON)
    Notification.objects.create(
        event=ticket.events.get(kind="noted"),
        ticket=ticket,
        recipient=requester,
        channel="bell",
        state="sent",
    )

    groups, _page = bell_page(requester, {})

    [sentence] = [entry.sentence for group in groups for entry in group.entries]
    assert agent.name not in sentence
    assert "محرمانه" not in sentence


def test_every_kind_that_somebody_is_notified_of_has_a_sentence(
    new_ticket, requester, agent, client_of
):
    tickets.accept(new_ticket, actor=agent, now=SOON)
    tickets.reply_as_agent(new_ticket, actor=agent, content=make_content(), now=SOON)
    tickets.reply_as_customer(new_ticket, actor=requester, content=make_content(), now=LATER)
    tickets.close_by_customer(new_ticket, actor=requester, now=LATER)

    for person in (requester, agent):
        groups, _page = bell_page(person, {})
        assert all(entry.sentence for group in groups for entry in group.entries)


def test_an_empty_bell_says_so_and_leads_to_the_preferences(requester, client_of):
    page = head(client_of(requester), PAGE)

    assert "/profile/notifications/" in page
    assert 'class="empty"' in page


def test_the_list_costs_the_same_with_many_rows(requester, agent, client_of):
    client = client_of(requester)
    tickets.reply_as_agent(make_ticket(requester), actor=agent, content=make_content(), now=SOON)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for _time in range(5):
        tickets.reply_as_agent(
            make_ticket(requester), actor=agent, content=make_content(), now=SOON
        )

    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)

    assert len(many) <= len(few)


# --- Read -----------------------------------------------------------------------------------------


def test_a_button_marks_one_ticket_as_read(answered, requester, agent, client_of):
    other = make_ticket(requester)
    tickets.reply_as_agent(other, actor=agent, content=make_content(), now=SOON)

    client_of(requester).post(READ, {"ticket": answered.pk, "until": 2**40})

    assert unread(requester) == 1
    assert bell_state(requester).tickets == (other.pk,)


def test_marking_all_leaves_what_arrived_meanwhile(answered, requester, agent, client_of):
    shown = bell_state(requester).newest
    tickets.reply_as_agent(answered, actor=agent, content=make_content(), now=LATER)

    answer = client_of(requester).post(READ, {"until": shown})

    assert answer.url == PAGE
    assert unread(requester) == 1
    assert bell_state(requester).newest > shown


def test_nobody_marks_rows_of_others(answered, requester, colleague, client_of):
    client_of(colleague).post(READ, {"until": 2**40})

    assert unread(requester) == 1


@pytest.mark.parametrize("until", ["", "x", "-1", str(2**63), "1e5"])
def test_a_key_that_is_none_is_refused(answered, requester, client_of, until):
    answer = client_of(requester).post(READ, {"until": until})

    assert answer.status_code == 400
    assert unread(requester) == 1


def test_the_page_of_a_ticket_marks_its_rows_by_script_and_a_get_marks_nothing(
    answered, requester, client_of
):
    page = head(client_of(requester), answered.get_absolute_url())

    assert "data-marks-read" in page
    assert f'name="until" value="{bell_state(requester).newest}"' in page
    assert unread(requester) == 1


def test_the_page_of_a_ticket_without_news_marks_nothing(answered, requester, client_of):
    services.mark_read(requester, until=2**40, now=LATER)

    assert "data-marks-read" not in head(client_of(requester), answered.get_absolute_url())


# --- Kept for 90 days -----------------------------------------------------------------------------


def test_rows_of_the_bell_are_deleted_after_90_days_and_those_of_mail_stay(
    answered, requester, monkeypatch
):
    monkeypatch.setattr(services, "FORGET_BATCH", 1)

    assert services.forget_bell(now=SOON + timedelta(days=90)) == 0
    deleted = services.forget_bell(now=SOON + timedelta(days=90, seconds=1))

    assert deleted >= 1
    assert not Notification.objects.filter(channel="bell").exists()
    assert Notification.objects.filter(channel="email").exists()
