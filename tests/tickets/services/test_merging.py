"""A ticket is merged into another one of its organization, and separated from it again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.services import suspend
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_promised_plan,
    make_ticket,
)
from tickets import services
from tickets.choices import Relation, Status
from tickets.errors import StaleTicket, TicketClosed, TicketError, TicketMerged
from tickets.models import Clock, Message, Ticket, TicketLink

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = NOW + HOUR


def merge(source, target, agent, *, now=LATER, **more):
    return services.merge_tickets(again(source), actor=agent, into=target, now=now, **more)


def undo(source, agent, *, now=LATER + MINUTE):
    return services.undo_merge(again(source), actor=agent, now=now)


def rows_of(ticket):
    """All that is stored of a ticket, but for what grows with every change."""
    grows = {"version", "updated_at", "public_updated_at"}
    columns = [each.attname for each in Ticket._meta.concrete_fields if each.attname not in grows]
    clocks = Clock.objects.filter(ticket=ticket).order_by("pk").values()
    messages = ticket.messages.order_by("pk").values_list("pk", "is_waiting", "written_on")
    watchers = ticket.watchers.order_by("user").values_list("user", flat=True)
    stretches = [
        list(clock.stretches.order_by("started_at").values_list("started_at", "ended_at"))
        for clock in Clock.objects.filter(ticket=ticket).order_by("pk")
    ]
    row = again(ticket)
    return (
        {name: getattr(row, name) for name in columns},
        list(clocks),
        list(messages),
        list(watchers),
        stretches,
    )


@pytest.fixture
def target(requester):
    return make_ticket(requester, title="نخستین", now=NOW)


@pytest.fixture
def source(colleague):
    return make_ticket(colleague, title="دوم", now=NOW + MINUTE)


def test_the_merged_ticket_is_closed_and_its_messages_are_in_the_target(source, target, agent):
    merge(source, target, agent)

    source, target = again(source), again(target)
    assert (source.status, source.merged_into, source.closed_at) == ("closed", target, LATER)
    assert (source.waiting_since, source.due_at) == (None, None)
    assert not source.messages.exists()
    assert [each.created_at for each in target.messages.all()] == [NOW, NOW + MINUTE]
    assert target.last_public_message == target.messages.last()
    assert source.events.last().changes == {
        "status": ["awaiting_response", "closed"],
        "other": target.pk,
    }
    assert target.events.last().changes == {"other": source.pk}
    links = TicketLink.objects.order_by("pk").values_list("ticket", "relation", "other")
    assert list(links) == [
        (source.pk, Relation.MERGED_INTO, target.pk),
        (target.pk, Relation.HOLDS, source.pk),
    ]


def test_who_was_notified_of_it_watches_the_target(source, target, colleague, agent):
    merge(source, target, agent)

    assert list(target.watchers.values_list("user", flat=True)) == [colleague.pk]


def test_the_earlier_due_of_the_two_is_kept(requester, agent):
    late, early = make_ticket(requester), make_ticket(requester, now=NOW - HOUR)
    due = early.due_at

    merge(early, late, agent)

    late = again(late)
    assert (late.due_at, late.waiting_since) == (due, NOW - HOUR)
    assert list(late.clocks.running().values_list("due_at", flat=True)) == [due]
    ended = Clock.objects.get(stopped_at=LATER)
    assert (ended.state, ended.ticket_id) == (Clock.State.WITHDRAWN, late.pk)
    assert list(ended.changes.values_list("reason", flat=True)) == ["started", "merged"]


def test_the_later_due_ends_without_a_result(source, target, agent):
    due = target.due_at

    merge(source, target, agent)

    assert again(target).due_at == due
    ended = source.clocks.get()
    assert (ended.state, ended.stopped_at) == (Clock.State.WITHDRAWN, LATER)


def test_what_waits_keeps_the_target_from_closing_by_itself(requester, agent, source):
    target = make_awaiting_customer(requester, agent)

    merge(source, target, agent)

    target = again(target)
    assert (target.status, target.auto_close_at) == (Status.AWAITING_RESPONSE, None)
    assert (target.due_at, target.waiting_since) == (source.due_at, NOW + MINUTE)


def test_the_48_hours_count_from_the_later_answer(requester, agent):
    target = make_awaiting_customer(requester, agent)
    source = make_awaiting_customer(requester, agent, now=NOW + HOUR)

    merge(source, target, agent, now=NOW + 2 * HOUR)

    assert again(target).auto_close_at == NOW + timedelta(hours=49)
    assert again(source).auto_close_at is None


def test_a_breach_stays_one_and_is_counted_once(requester, agent, organization):
    organization.plan = make_promised_plan(organization, normal=HOUR)
    organization.save()
    source, target = make_ticket(requester), make_ticket(requester, now=NOW + 2 * HOUR)

    merge(source, target, agent, now=NOW + 3 * HOUR - MINUTE)

    breached = Clock.objects.get(state=Clock.State.BREACHED)
    assert (breached.ticket_id, breached.is_running) == (target.pk, True)
    assert again(target).due_at == NOW + HOUR


def test_a_resolution_promise_is_not_kept_by_a_merge(requester, agent, organization):
    organization.plan = make_promised_plan(organization, normal=HOUR, resolution={"normal": HOUR})
    organization.save()
    source, target = make_ticket(requester), make_ticket(requester)

    merge(source, target, agent, now=NOW + MINUTE)

    resolution = source.clocks.get(kind=Clock.Kind.RESOLUTION)
    assert resolution.state == Clock.State.WITHDRAWN


@pytest.mark.parametrize("case", ["itself", "circle", "elsewhere", "closed", "merged", "again"])
def test_bad_targets_are_refused(case, source, target, requester, agent, outsider):
    if case == "itself":
        target = source
    elif case == "elsewhere":
        target = make_ticket(outsider)
    elif case == "closed":
        target = make_closed(requester, agent)
    elif case == "merged":
        merge(target, make_ticket(requester), agent)
    elif case == "circle":
        merge(target, source, agent)
    else:
        merge(source, make_ticket(requester), agent)

    with pytest.raises(TicketError) as refused:
        merge(source, target, agent)

    assert refused.value.code == ("merged" if case == "again" else "number")


@pytest.mark.parametrize("case", ["closed", "answered"])
def test_a_form_from_before_a_close_or_an_answer_is_refused(source, target, agent, case):
    version = source.version
    then = "close" if case == "closed" else "work"
    services.reply_as_agent(source, actor=agent, content=make_content(), then=then, now=NOW)

    with pytest.raises(TicketClosed if case == "closed" else StaleTicket):
        merge(source, target, agent, seen_version=version)


def test_pressed_twice_it_is_merged_once(source, target, agent):
    merge(source, target, agent)
    events = target.events.count()

    assert merge(source, target, agent, seen_version=1) == target
    assert target.events.count() == events


def test_members_do_not_merge(source, target, requester):
    with pytest.raises(TicketError) as refused:
        merge(source, target, requester)

    assert refused.value.code == "forbidden"


def test_nothing_happens_to_a_merged_ticket_any_more(source, target, requester, agent):
    merge(source, target, agent)

    for act in (
        lambda: services.reopen(source, actor=agent, now=LATER),
        lambda: services.reopen(source, actor=requester, now=LATER),
        lambda: services.accept(source, actor=agent, now=LATER),
        lambda: services.link_tickets(target, actor=agent, other=source, relation="related"),
    ):
        with pytest.raises(TicketMerged):
            act()


def test_messages_and_notes_go_to_the_target(source, target, colleague, agent):
    merge(source, target, agent)

    for written in (
        # As from a page or a mail that is older than the merge.
        services.reply_as_customer(source, actor=colleague, content=make_content(), now=LATER),
        services.reply_as_customer(
            again(source), actor=colleague, content=make_content(), intent="problem", now=LATER
        ),
        services.add_note(source, actor=agent, content=make_content(), now=LATER),
        services.reply_as_agent(source, actor=agent, content=make_content(), now=LATER),
    ):
        assert written == target
    assert again(target).messages.count() == 6
    assert again(source).status == Status.CLOSED


def test_an_agent_who_wrote_on_the_merged_ticket_is_shown_the_target_first(source, target, agent):
    seen = services.Seen(None, source.last_public_message_id)
    merge(source, target, agent)

    with pytest.raises(StaleTicket):
        services.reply_as_agent(source, actor=agent, content=make_content(), seen=seen, now=LATER)


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("earlier", ["source", "target"])
def test_an_undo_leaves_both_as_they_were(requester, colleague, agent, waits, earlier):
    make = (
        make_ticket if waits else lambda person, now: make_awaiting_customer(person, agent, now=now)
    )
    first, second = make(requester, now=NOW - HOUR), make_ticket(colleague, now=NOW)
    source, target = (first, second) if earlier == "source" else (second, first)
    services.link_tickets(source, actor=agent, other=target, relation="caused_by", now=NOW)
    before = rows_of(source), rows_of(target)

    merge(source, target, agent)
    undo(source, agent)

    assert (rows_of(source), rows_of(target)) == before
    assert source.links.get().relation == Relation.CAUSED_BY
    assert source.events.last().changes["other"] == target.pk


def test_what_came_since_stays_in_the_target(requester, colleague, agent, source):
    target = make_awaiting_customer(requester, agent)
    merge(source, target, agent)
    written = LATER + MINUTE
    services.reply_as_customer(target, actor=requester, content=make_content(), now=written)

    undo(source, agent, now=LATER + 2 * MINUTE)

    source, target = again(source), again(target)
    assert (target.status, target.waiting_since) == (Status.AWAITING_RESPONSE, written)
    assert target.clocks.running().get().started_at == written
    assert source.clocks.running().get().started_at == NOW + MINUTE
    assert target.messages.count() == 3


@pytest.mark.parametrize("since", ["answered", "closed", "merged", "over"])
def test_an_undo_that_came_too_late_says_so(since, source, target, requester, agent):
    merge(source, target, agent)
    now = LATER + MINUTE
    if since == "answered":
        services.reply_as_agent(target, actor=agent, content=make_content(), now=now)
    elif since == "closed":
        services.close_by_customer(target, actor=requester, now=now)
    elif since == "merged":
        merge(target, make_ticket(requester), agent, now=now)
    else:
        now = LATER + HOUR

    with pytest.raises(TicketError) as refused:
        undo(source, agent, now=now)

    assert refused.value.code == {"merged": "moved"}.get(since, since)
    assert again(source).merged_into_id is not None


def test_an_undo_never_leaves_out_what_another_merge_brought_since(requester, agent):
    """Undone before the later one, the target had two response clocks, or waited too short."""
    target = make_ticket(requester, now=NOW)
    first, second = (make_ticket(requester, now=NOW - each * HOUR) for each in (1, 2))
    before = rows_of(target)
    merge(first, target, agent)
    merge(second, target, agent, now=LATER + MINUTE)

    with pytest.raises(TicketError) as refused:
        undo(first, agent, now=LATER + 2 * MINUTE)

    assert second.number in refused.value.sentence
    undo(second, agent, now=LATER + 3 * MINUTE)
    undo(first, agent, now=LATER + 4 * MINUTE)
    assert rows_of(target) == before


@pytest.mark.parametrize("since", ["split", "raised", "suspended"])
def test_an_undo_does_not_tear_apart_what_moved_clocks_or_messages_since(
    since, source, target, agent, admin
):
    merge(source, target, agent)
    now = LATER + MINUTE
    if since == "split":
        key = target.messages.last().pk
        services.split_message(target, actor=agent, message=key, title="جدا", now=now)
    elif since == "raised":
        services.change_priority(
            target, actor=agent, priority="high", reason="چون لازم است", now=now
        )
    else:
        suspend(again(target.organization), actor=admin, now=now)

    with pytest.raises(TicketError) as refused:
        undo(source, agent, now=now + MINUTE)

    assert refused.value.code == {"split": "split"}.get(since, "due")
    assert again(source).merged_into == target


def test_a_ticket_with_merged_ones_is_merged_and_separated_with_them(
    source, target, requester, agent
):
    last = make_ticket(requester, now=NOW + 2 * MINUTE)
    merge(source, target, agent)
    merge(target, last, agent, now=LATER + MINUTE)
    assert again(source).merged_into == last
    assert last.messages.count() == 3

    undo(target, agent, now=LATER + 2 * MINUTE)

    assert again(source).merged_into == target
    assert target.messages.count() == 2
    undo(source, agent, now=LATER + 3 * MINUTE)
    assert [each.messages.count() for each in (source, target, last)] == [1, 1, 1]
    assert not Message.objects.exclude(written_on=None).exists()


def test_a_merge_costs_as_many_statements_for_many_messages(requester, agent):
    def cost(messages):
        source, target = make_ticket(requester), make_ticket(requester)
        for number in range(messages):
            content = make_content(f"{number}")
            services.reply_as_customer(source, actor=requester, content=content, now=NOW)
        with CaptureQueriesContext(connection) as merged:
            merge(source, target, agent)
        with CaptureQueriesContext(connection) as undone:
            undo(source, agent)
        return len(merged), len(undone)

    assert cost(1) == cost(5)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_each_into_the_other_one_wins(requester, agent, second_agent):
    one, other = make_ticket(requester), make_ticket(requester)
    outcomes, start = [], threading.Barrier(2)

    def run(source, target, actor):
        start.wait()
        try:
            services.merge_tickets(source, actor=actor, into=target, now=LATER)
            outcomes.append("merged")
        except TicketError as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=args)
        for args in ((one, other, agent), (other, one, second_agent))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["merged", "number"]
    assert Ticket.objects.exclude(merged_into=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_during_a_merge_is_in_the_target_and_waits(requester, agent):
    source, target = make_ticket(requester), make_ticket(requester)
    start = threading.Barrier(2)

    def run(act):
        start.wait()
        try:
            act()
        finally:
            connection.close()

    content = make_content()
    threads = [
        threading.Thread(target=run, args=(act,))
        for act in (
            lambda: services.merge_tickets(source, actor=agent, into=target),
            lambda: services.reply_as_customer(source, actor=requester, content=content),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert target.messages.waiting().count() == 3
    assert again(source).status == Status.CLOSED
