"""Tickets that are closed for long are continued by new ones, and tickets are linked."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection

from tests.factories import NOW, again, make_closed, make_content, make_ticket
from tickets import services
from tickets.choices import Relation, Status
from tickets.errors import AlreadySent, ClosedForLong, StaleTicket, TicketError
from tickets.models import Event, Message, Ticket, TicketLink

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(days=40)


@pytest.fixture(autouse=True)
def _within_a_month(settings):
    settings.REOPEN_WITHIN_DAYS = 30


@pytest.fixture
def closed(requester, agent):
    return make_closed(requester, agent, category="financial", priority="high")


def write_as_customer(ticket, actor, *, now, **more):
    return services.reply_as_customer(ticket, actor=actor, content=make_content(), now=now, **more)


def links():
    rows = TicketLink.objects.order_by("pk")
    return [(row.ticket_id, row.relation, row.other_id) for row in rows]


def test_until_the_last_second_of_thirty_days_a_ticket_reopens(closed, requester):
    write_as_customer(closed, requester, now=NOW + MONTH - SECOND, intent="problem")

    assert again(closed).status == Status.AWAITING_RESPONSE


@pytest.mark.parametrize("intent", ["problem", None])
def test_after_thirty_days_a_message_reopens_nothing(closed, requester, intent):
    with pytest.raises(ClosedForLong):
        write_as_customer(closed, requester, now=NOW + MONTH, intent=intent)

    assert again(closed).status == Status.CLOSED
    assert Message.objects.filter(ticket=closed).count() == 2


def test_after_thirty_days_neither_side_reopens_by_click(closed, requester, agent):
    for actor in (requester, agent):
        with pytest.raises(ClosedForLong):
            services.reopen(closed, actor=actor, now=LATER)


def test_after_thirty_days_an_agent_does_not_reopen_by_a_reply(closed, agent):
    with pytest.raises(ClosedForLong):
        services.reply_as_agent(
            closed, actor=agent, content=make_content(), reopening=True, now=LATER
        )


def test_thanks_are_stored_however_late(closed, requester):
    write_as_customer(closed, requester, now=LATER, intent="thanks")

    assert Message.objects.filter(ticket=closed, is_just_thanks=True).count() == 1


def test_a_follow_up_has_title_category_and_watchers_but_not_the_priority(
    closed, requester, colleague, agent
):
    services.add_watchers(closed, actor=requester, people=[colleague.pk], now=NOW)

    new = services.follow_up(closed, actor=requester, content=make_content("باز شد."), now=LATER)

    assert (new.title, new.category, new.priority) == (closed.title, "financial", "normal")
    assert (new.status, new.waiting_since) == (Status.AWAITING_RESPONSE, LATER)
    assert new.due_at is not None
    assert list(new.watchers.values_list("user", flat=True)) == [colleague.pk]
    assert links() == [
        (new.pk, Relation.FOLLOWS, closed.pk),
        (closed.pk, Relation.CONTINUED, new.pk),
    ]
    assert Event.objects.get(ticket=new).changes == {"follows": closed.pk}
    assert again(closed).version == closed.version


def test_who_goes_on_with_a_colleagues_ticket_is_the_requester_of_the_new_one(
    closed, requester, colleague
):
    new = services.follow_up(closed, actor=colleague, content=make_content(), now=LATER)

    assert new.requester == colleague
    assert list(new.watchers.values_list("user", flat=True)) == [requester.pk]


def test_who_left_the_organization_watches_no_follow_up(closed, requester, colleague):
    services.add_watchers(closed, actor=requester, people=[colleague.pk], now=NOW)
    colleague.memberships.all().delete()

    new = services.follow_up(closed, actor=requester, content=make_content(), now=LATER)

    assert not new.watchers.exists()


def test_an_agents_follow_up_is_opened_for_the_requester(closed, requester, agent):
    new = services.follow_up(
        closed, actor=agent, content=make_content("دوباره می‌بینیم."), now=LATER
    )

    assert (new.requester, new.opened_by, new.assignee) == (requester, agent, None)
    assert new.last_public_message.author == requester


def test_the_same_follow_up_sent_twice_opens_one_ticket(closed, requester, form_key):
    content = make_content(form_key=form_key)

    first = services.follow_up(closed, actor=requester, content=content, now=LATER)
    second = services.follow_up(closed, actor=requester, content=content, now=LATER + SECOND)

    assert first == second
    assert len(links()) == 2
    with pytest.raises(AlreadySent):
        services.follow_up(
            closed, actor=requester, content=make_content("دیگر", form_key=form_key), now=LATER
        )


def test_a_ticket_that_may_be_reopened_has_no_follow_up(closed, requester):
    with pytest.raises(StaleTicket):
        services.follow_up(closed, actor=requester, content=make_content(), now=NOW + SECOND)


def test_an_outsider_follows_nothing_up(closed, outsider):
    with pytest.raises(TicketError):
        services.follow_up(closed, actor=outsider, content=make_content(), now=LATER)

    assert Ticket.objects.count() == 1


# --- Links ----------------------------------------------------------------------------------------


def test_a_link_is_read_from_either_side_and_has_an_event_on_both(requester, agent):
    one, other = make_ticket(requester), make_ticket(requester)

    services.link_tickets(one, actor=agent, other=other, relation="caused_by", now=NOW)

    assert links() == [(one.pk, "caused_by", other.pk), (other.pk, "causes", one.pk)]
    kinds = [ticket.events.order_by("pk").last() for ticket in (one, other)]
    assert [(event.kind, event.is_public) for event in kinds] == [("linked", False)] * 2
    assert again(one).public_updated_at == one.public_updated_at


def test_linked_once_more_a_link_becomes_the_other_relation(requester, agent):
    one, other = make_ticket(requester), make_ticket(requester)
    for relation in ("related", "related", "causes"):
        services.link_tickets(one, actor=agent, other=other, relation=relation, now=NOW)

    assert links() == [(one.pk, "causes", other.pk), (other.pk, "caused_by", one.pk)]
    assert one.events.filter(kind="linked").count() == 2


def test_a_removed_link_is_gone_on_both_sides(requester, agent):
    one, other = make_ticket(requester), make_ticket(requester)
    services.link_tickets(one, actor=agent, other=other, relation="related", now=NOW)

    services.unlink_tickets(other, actor=agent, other=one, now=NOW)
    services.unlink_tickets(other, actor=agent, other=one, now=NOW)

    assert links() == []
    assert one.events.filter(kind="unlinked").count() == 1


def test_no_ticket_is_linked_to_itself_nor_a_follow_up_by_hand(closed, requester, agent):
    new = services.follow_up(closed, actor=requester, content=make_content(), now=LATER)
    for ticket, other, relation in [
        (new, new, "related"),
        (new, closed, "related"),
        (new, make_ticket(requester), "follows"),
    ]:
        with pytest.raises(TicketError):
            services.link_tickets(ticket, actor=agent, other=other, relation=relation, now=LATER)
    services.unlink_tickets(new, actor=agent, other=closed, now=LATER)

    assert len(links()) == 2


def test_members_link_nothing(requester):
    one, other = make_ticket(requester), make_ticket(requester)

    with pytest.raises(TicketError):
        services.link_tickets(one, actor=requester, other=other, relation="related", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_agents_who_link_the_same_two_at_once_link_them_once(requester, agent, second_agent):
    if connection.vendor != "postgresql":
        pytest.skip("two transactions at once need PostgreSQL")
    one, other = make_ticket(requester), make_ticket(requester)
    start, problems = threading.Barrier(2), []

    def link(actor, first, second):
        start.wait(20)
        try:
            services.link_tickets(first, actor=actor, other=second, relation="related")
        except Exception as error:  # noqa: BLE001 - it is what the test reports
            problems.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=link, args=(agent, one, other)),
        threading.Thread(target=link, args=(second_agent, other, one)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert problems == []
    assert sorted(links()) == sorted([(one.pk, "related", other.pk), (other.pk, "related", one.pk)])
    assert Event.objects.filter(kind="linked").count() == 2


def test_a_retried_form_after_the_days_changed_is_still_one_act(closed, requester, settings):
    key = uuid.uuid4()
    content = make_content(form_key=key)
    new = services.follow_up(closed, actor=requester, content=content, now=LATER)
    settings.REOPEN_WITHIN_DAYS = 365

    with pytest.raises(StaleTicket):
        services.follow_up(closed, actor=requester, content=content, now=LATER)

    assert Ticket.objects.exclude(pk=closed.pk).get() == new
