"""One action on many tickets: each by the rules of that act alone, with a result of its own."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tests.copies import copies_of
from tests.factories import (
    NOW,
    again,
    make_agent,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_ticket,
)
from tickets import services
from tickets.choices import Status
from tickets.errors import TicketError
from tickets.models import BulkItem, BulkRun, CannedReply, Event, Message, Ticket

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def tickets(requester):
    return [make_ticket(requester) for _n in range(3)]


@pytest.fixture
def macro(supervisor):
    def make(**fields):
        fields = {"title": "Outage", "scope": "shared", "body_en": "Hello {{customer}}"} | fields
        return services.create_canned(services.CannedDraft(**fields), actor=supervisor, now=NOW)

    return make


def start(change, tickets, actor, *, seen=None, form_key=None, now=NOW + HOUR):
    numbers = tuple(ticket.pk for ticket in tickets)
    selection = services.Selection(numbers, seen=seen or {})
    visible = Ticket.objects.visible_to(actor).order_by("pk")
    return services.start_bulk(visible, change, selection, actor=actor, form_key=form_key, now=now)


def do(change, tickets, actor, **more):
    """Start a run and do it; gives {ticket key: "outcome" or "outcome code"}."""
    run = services.do_now(start(change, tickets, actor, **more), now=NOW + 2 * HOUR)
    assert run.is_finished
    return results(run)


def results(run):
    items = BulkItem.objects.filter(run=run).order_by("place")
    return [f"{each.outcome} {each.code}".strip() for each in items]


def kinds(ticket):
    return list(ticket.events.values_list("kind", flat=True))


def change(action, **wanted):
    return services.BulkChange(action, **wanted)


SALES = change("category", category="sales")


def test_each_ticket_is_changed_with_one_event_by_the_one_who_started_it(tickets, agent):
    assert do(SALES, tickets, agent) == ["done"] * 3

    for ticket in tickets:
        assert again(ticket).category == "sales"
        event = ticket.events.get(kind=Event.Kind.CATEGORY_CHANGED)
        assert (event.actor, event.created_at) == (agent, NOW + 2 * HOUR)
    run = BulkRun.objects.get()
    assert (run.counts, run.finished_at) == ({"done": 3}, NOW + 2 * HOUR)


def test_what_is_so_already_is_counted_apart_from_what_was_changed(tickets, agent):
    services.change_category(tickets[1], actor=agent, category="sales", now=NOW)

    assert do(SALES, tickets, agent) == ["done", "unchanged", "done"]
    assert kinds(tickets[1]).count(Event.Kind.CATEGORY_CHANGED) == 1


def test_closed_merged_and_changed_tickets_are_skipped_with_their_reasons(
    requester, agent, supervisor
):
    closed = make_closed(requester, agent)
    merged, target, changed, fine = (make_ticket(requester) for _n in range(4))
    seen = {changed.pk: changed.version}
    services.merge_tickets(merged, into=target, actor=agent, now=NOW)
    services.change_priority(changed, actor=agent, priority="high", now=NOW)

    found = do(SALES, [closed, merged, changed, fine], agent, seen=seen)

    assert found == ["skipped closed", "skipped merged", "skipped stale", "done"]


def test_a_ticket_that_changes_after_the_start_is_skipped(tickets, agent):
    run = start(SALES, tickets, agent)
    services.change_priority(tickets[0], actor=agent, priority="high", now=NOW + HOUR)

    services.run_bulk(now=NOW + 2 * HOUR)

    assert results(run) == ["skipped stale", "done", "done"]


def test_agents_hand_on_what_is_theirs_and_supervisors_everything(
    tickets, agent, second_agent, supervisor
):
    services.accept(tickets[0], actor=agent, now=NOW)
    to_second = change("assign", assignee_id=second_agent.pk)

    assert do(to_second, tickets, agent) == ["done", "skipped forbidden", "skipped forbidden"]
    assert do(to_second, tickets, supervisor) == ["unchanged", "done", "done"]
    assert {again(each).assignee for each in tickets} == {second_agent}
    assert do(change("assign"), tickets, supervisor) == ["done"] * 3
    assert {again(each).assignee for each in tickets} == {None}


def test_a_priority_is_changed_both_ways_with_the_reason(requester, agent):
    low, high = make_ticket(requester, priority="low"), make_ticket(requester, priority="high")
    wanted = change("priority", priority="normal", reason="Planned work")

    assert do(wanted, [low, high], agent) == ["done", "done"]
    assert {again(each).priority for each in (low, high)} == {"normal"}
    assert high.events.last().changes["reason"] == "Planned work"


def test_tags_are_added_and_removed_also_on_closed_tickets(requester, agent, supervisor, ticket):
    vpn = services.create_tag("VPN", colour="blue", actor=supervisor, now=NOW)
    dns = services.create_tag("DNS", colour="teal", actor=supervisor, now=NOW)
    closed = make_closed(requester, agent)
    services.change_tags(ticket, actor=agent, add=[dns.pk], now=NOW)

    found = do(change("tags", add=(vpn.pk,), remove=(dns.pk,)), [ticket, closed], agent)

    assert found == ["done", "done"]
    names = [set(each.ticket_tags.values_list("tag__name", flat=True)) for each in (ticket, closed)]
    assert names == [{"VPN"}, {"VPN"}]


def test_what_waits_for_an_answer_is_not_closed_without_one(requester, agent, ticket):
    answered = make_awaiting_customer(requester, agent)

    assert do(change("close"), [ticket, answered], agent) == ["skipped waiting", "done"]
    assert again(answered).status == Status.CLOSED


def test_a_macro_answers_each_customer_and_changes_the_rest_in_one_event(
    tickets, agent, supervisor, macro
):
    tag = services.create_tag("VPN", colour="blue", actor=supervisor, now=NOW)
    reply = macro(then="close", new_category="sales", tag_ids=(tag.pk,))

    assert do(change("macro", macro_id=reply.pk), tickets, agent) == ["done"] * 3

    for ticket in tickets:
        assert (again(ticket).status, again(ticket).category) == ("closed", "sales")
        assert kinds(ticket)[1:] == [Event.Kind.RESOLVED]
        assert Message.objects.filter(ticket=ticket, is_from_staff=True).count() == 1
    assert again(reply).uses == 3


def test_a_macro_is_sent_as_it_was_when_the_run_started(tickets, agent, supervisor, macro):
    reply = macro(then="work")
    run = start(change("macro", macro_id=reply.pk), tickets, agent)
    draft = services.CannedDraft("Other", scope="shared", body_en="Something else")
    services.edit_canned(reply, draft, actor=supervisor, now=NOW)

    services.run_bulk(now=NOW + 2 * HOUR)

    assert results(run) == ["done"] * 3
    sent = Message.objects.filter(is_from_staff=True).values_list("body", flat=True)
    assert {each.split()[0] for each in sent} == {"Hello"}


def test_a_macro_is_not_sent_where_a_value_is_missing_or_a_customer_wrote_since(
    requester, agent, macro
):
    low = make_ticket(requester, priority="critical")
    written, fine = make_ticket(requester), make_ticket(requester)
    reply = macro(then="wait", body_en="Until {{due}}")
    run = start(change("macro", macro_id=reply.pk), [low, written, fine], agent)
    services.reply_as_customer(written, actor=requester, content=make_content(), now=NOW + HOUR)

    services.run_bulk(now=NOW + 2 * HOUR)

    assert results(run) == ["skipped gap", "skipped stale", "done"]


def test_a_macro_with_a_part_that_is_gone_is_refused(tickets, agent, supervisor, macro):
    tag = services.create_tag("VPN", colour="blue", actor=supervisor, now=NOW)
    gone = make_agent("gone@helpdesk.example")
    cases = {
        "retired": macro(tag_ids=(tag.pk,)),
        "no longer an agent": macro(assignee_id=gone.pk),
        "category": macro(new_category="sales"),
    }
    services.retire_tag(tag, actor=supervisor, now=NOW)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    CannedReply.objects.filter(pk=cases["category"].pk).update(new_category="parking")

    for words, reply in cases.items():
        with pytest.raises(TicketError) as refused:
            start(change("macro", macro_id=reply.pk), tickets, agent)
        assert words in refused.value.sentence
        assert refused.value.code == "macro"
    assert not BulkRun.objects.exists()


def test_a_part_that_goes_while_the_run_is_under_way_skips_the_rest(
    tickets, agent, second_agent, supervisor
):
    run = start(change("assign", assignee_id=second_agent.pk), tickets, supervisor)
    type(second_agent).objects.filter(pk=second_agent.pk).update(is_active=False)

    services.run_bulk(now=NOW + 2 * HOUR)

    assert results(run) == ["skipped unknown"] * 3


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (change("delete"), "action"),
        (change("assign", assignee_id=2**40), "assignee"),
        (change("priority", priority="huge", reason="x"), "priority"),
        (change("priority", priority="high", reason=" "), "reason"),
        (change("category", category="parking"), "category"),
        (change("tags"), "add"),
        (change("tags", add=(5,), remove=(5,)), "add"),
        (change("tags", add=(2**40,)), "add"),
        (change("macro", macro_id=2**40), "macro"),
        (change("macro"), "macro"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_starts(tickets, agent, wanted, code):
    with pytest.raises(TicketError) as refused:
        start(wanted, tickets, agent)

    assert refused.value.code == code
    assert not BulkRun.objects.exists()


def test_numbers_of_no_ticket_are_counted_and_nothing_selected_is_refused(tickets, agent):
    visible = Ticket.objects.visible_to(agent).order_by("pk")
    chosen = services.Selection((tickets[0].pk, 2**40))

    run = services.start_bulk(visible, SALES, chosen, actor=agent, now=NOW)

    assert (run.total, run.missing) == (1, 1)
    for numbers in ((), (2**40,)):
        with pytest.raises(TicketError) as refused:
            services.start_bulk(visible, SALES, services.Selection(numbers), actor=agent, now=NOW)
        assert refused.value.code == "nothing"


def test_a_whole_view_is_fixed_at_the_start_and_has_a_limit(tickets, requester, agent, monkeypatch):
    view = Ticket.objects.visible_to(agent).open().order_by("-pk")
    run = services.start_bulk(view, SALES, services.Selection(), actor=agent, now=NOW)
    late = make_ticket(requester)

    services.run_bulk(now=NOW + HOUR)

    assert run.is_whole_view
    assert list(run.items.order_by("place").values_list("ticket", flat=True)) == [
        each.pk for each in reversed(tickets)
    ]
    assert again(late).category == "technical"
    monkeypatch.setattr("tickets.services.bulk.starting.MOST_IN_RUN", 3)
    with pytest.raises(TicketError) as refused:
        services.start_bulk(view, SALES, services.Selection(), actor=agent, now=NOW)
    assert refused.value.code == "too_many"


def test_the_same_form_starts_one_run_and_other_content_is_refused(tickets, agent, supervisor):
    key = uuid.uuid4()
    first = start(SALES, tickets, agent, form_key=key)

    assert start(SALES, tickets, agent, form_key=key) == first
    for act in (
        lambda: start(SALES, tickets[:2], agent, form_key=key),
        lambda: start(change("close"), tickets, agent, form_key=key),
        lambda: start(SALES, tickets, supervisor, form_key=key),
    ):
        with pytest.raises(TicketError) as refused:
            act()
        assert refused.value.code == "already_sent"


def test_a_person_has_few_runs_under_way(tickets, agent, supervisor):
    for _n in range(5):
        start(SALES, tickets, agent)

    with pytest.raises(TicketError) as refused:
        start(SALES, tickets, agent)

    assert refused.value.code == "unfinished"
    start(SALES, tickets, supervisor)


def test_customers_start_nothing(tickets, requester):
    with pytest.raises(TicketError) as refused:
        start(SALES, tickets, requester)

    assert refused.value.code == "forbidden"


def test_a_stopped_run_does_nothing_more(tickets, agent, second_agent, supervisor):
    run = start(SALES, tickets, agent)
    with pytest.raises(TicketError):
        services.stop_bulk(run, actor=second_agent, now=NOW)

    services.stop_bulk(run, actor=supervisor, now=NOW + HOUR)
    services.stop_bulk(run, actor=agent, now=NOW + 2 * HOUR)
    services.run_bulk(now=NOW + 2 * HOUR)

    run = again(run)
    assert (run.stopped_by, run.stopped_at) == (supervisor, NOW + HOUR)
    assert run.counts == {"waiting": 3}
    assert run.is_finished
    assert {again(each).category for each in tickets} == {"technical"}


def test_who_is_no_agent_any_more_changes_nothing(tickets, agent):
    run = start(SALES, tickets, agent)
    type(agent).objects.filter(pk=agent.pk).update(is_active=False)

    services.run_bulk(now=NOW + 2 * HOUR)

    assert results(run) == ["skipped forbidden"] * 3


def test_one_bad_ticket_does_not_stop_the_others_and_is_given_up(tickets, agent, monkeypatch):
    original = services.bulk.running.act_on

    def failing(item, *, now):
        if item.ticket_id == tickets[0].pk:
            raise ValueError("a row that makes no sense")
        return original(item, now=now)

    monkeypatch.setattr("tickets.services.bulk.running.act_on", failing)
    run = start(SALES, tickets, agent)
    for _n in range(3):
        services.run_bulk(now=NOW + 2 * HOUR)

    assert results(run) == ["skipped failed", "done", "done"]
    assert again(run).is_finished


def test_runs_take_turns(requester, agent, supervisor, monkeypatch):
    monkeypatch.setattr("tickets.services.bulk.running.TURN", 2)
    monkeypatch.setattr("tickets.services.bulk.running.MOST_AT_A_TIME", 4)
    long = start(SALES, [make_ticket(requester) for _n in range(6)], agent)
    short = start(SALES, [make_ticket(requester) for _n in range(2)], supervisor)

    assert services.run_bulk(now=NOW + 2 * HOUR) == 4
    assert results(long).count("done") == 2
    assert results(short).count("done") == 2
    while services.run_bulk(now=NOW + 3 * HOUR):
        pass
    assert again(long).is_finished
    assert again(short).is_finished


def test_a_claimed_run_is_left_alone_until_its_claim_has_passed(tickets, agent):
    run = start(SALES, tickets, agent)
    BulkRun.objects.filter(pk=run.pk).update(claimed_until=NOW + 2 * HOUR)

    assert services.run_bulk(now=NOW + HOUR) == 0
    assert services.run_bulk(now=NOW + 2 * HOUR) == 3


def test_old_runs_are_forgotten(tickets, agent):
    do(SALES, tickets, agent)
    assert services.forget_runs(now=NOW + timedelta(days=90)) == 0

    services.forget_runs(now=NOW + timedelta(days=91))

    assert not BulkRun.objects.exists()
    assert not BulkItem.objects.exists()


# What a ticket of a run costs beside its act: its line with the run and the starter, the ticket as
# it is, whether a line is held, and the result.
OF_A_LINE = 3


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]


def test_a_ticket_of_a_run_costs_little_more_than_the_act_alone(requester, agent):
    alone = make_ticket(requester)
    warm = start(SALES, [make_ticket(requester)], agent)
    services.run_bulk(now=NOW + HOUR)
    assert again(warm).is_finished
    single = statements(
        lambda: services.change_category(alone, actor=agent, category="sales", now=NOW + HOUR)
    )

    costs = []
    for count in (1, 11):
        start(SALES, [make_ticket(requester) for _n in range(count)], agent)
        costs.append(len(statements(lambda: services.run_bulk(now=NOW + HOUR))))

    assert (costs[1] - costs[0]) / 10 <= len(single) + OF_A_LINE


def test_a_start_costs_the_same_with_one_ticket_and_with_thirty(requester, agent, settings):
    settings.TICKETS_PER_HOUR = 100

    def cost(count):
        tickets = [make_ticket(requester) for _n in range(count)]
        return len(statements(lambda: start(SALES, tickets, agent)))

    assert cost(1) == cost(30)


def test_lines_are_found_by_their_indexes(requester, agent, ticket):
    """Of a table in which each run is a small part."""
    if connection.vendor != "postgresql":
        pytest.skip("plans are PostgreSQL's")
    copies_of(ticket, 150)
    whole = Ticket.objects.order_by("pk")
    runs = [
        services.start_bulk(whole, SALES, services.Selection(), actor=each, now=NOW)
        for each in [make_agent(f"a{n}@helpdesk.example") for n in range(30)]
    ]
    BulkItem.objects.filter(place__gt=100).update(outcome="skipped", code="stale")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_bulkitem")
    items = BulkItem.objects.of_run(runs[0])

    for lines in (items.waiting_after(5), items.skipped().order_by("place"), items):
        plan = lines[:50].explain()
        # Which of the three that begin with the run is a matter of costs.
        assert "bulk_item_" in plan, plan
        assert "Seq Scan" not in plan, plan
