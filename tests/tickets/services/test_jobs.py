"""An admin's change that concerns many tickets: a worker does it, at the instant of the change."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse

from organizations import services as organizations
from plans.models import Plan
from tests.factories import NOW, again, make_content, make_ticket
from tickets import services
from tickets.events import ticket_events
from tickets.models import Event, Ticket, TicketJob

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
CHANGED = NOW + HOUR


def at(hours):
    return NOW + hours * HOUR


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """More than one ticket is a job, two make a batch."""
    monkeypatch.setattr("tickets.services.following.AT_ONCE", 1)
    monkeypatch.setattr("tickets.services.jobs.BATCH", 2)


@pytest.fixture
def tickets(requester, agent):
    """Five that wait, due the next working day by the Developer plan; Enterprise has 12 hours."""
    found = [make_ticket(requester) for _n in range(5)]
    for ticket in found:
        services.accept(ticket, actor=agent, now=NOW)
    return found


def move_to_enterprise(organization, admin, now=CHANGED):
    plan = Plan.objects.get(key="enterprise")
    return organizations.change_plan(organization, plan, actor=admin, now=now)


def response(ticket):
    return ticket.clocks.latest("pk")


def kinds(ticket):
    return list(ticket.events.values_list("kind", flat=True))


def test_a_change_of_plan_is_left_to_a_worker_and_counts_from_its_own_instant(
    tickets, organization, admin
):
    before = again(tickets[0]).due_at
    move_to_enterprise(organization, admin)
    assert again(tickets[0]).due_at == before

    services.run_jobs(now=at(3))

    job = TicketJob.objects.get()
    assert {again(each).due_at for each in tickets} == {CHANGED + 12 * HOUR}
    assert {each.events.last().created_at for each in tickets} == {CHANGED}
    assert (job.total, job.looked_at, job.moved, job.failed) == (5, 5, 5, 0)
    assert (job.finished_at, job.created_by) == (at(3), admin)


def test_few_tickets_follow_in_the_transaction_of_the_change(requester, organization, admin):
    ticket = make_ticket(requester)

    move_to_enterprise(organization, admin)

    assert again(ticket).due_at == CHANGED + 12 * HOUR
    assert not TicketJob.objects.exists()


def test_a_batch_and_a_change_at_once_leave_equal_events(
    tickets, requester, organization, admin, monkeypatch
):
    monkeypatch.setattr("tickets.services.following.AT_ONCE", 5)
    move_to_enterprise(organization, admin)
    at_once = [list(each.events.values("kind", "changes", "created_at")) for each in tickets]

    for each in tickets:
        assert kinds(each)[-1] == Event.Kind.PLAN_CHANGED
    assert all(each == at_once[0] for each in at_once)


def test_who_writes_to_a_ticket_first_meets_the_new_promise(tickets, organization, agent, admin):
    """Twelve hours are promised from the change on: an answer after 13 is late, worker or not."""
    move_to_enterprise(organization, admin)

    services.reply_as_agent(tickets[4], actor=agent, content=make_content(), now=at(14))

    clock = response(tickets[4])
    assert (clock.state, clock.breached_at) == ("breached", CHANGED + 12 * HOUR)
    assert kinds(tickets[4])[-2:] == [Event.Kind.PLAN_CHANGED, Event.Kind.AGENT_REPLIED]


def test_what_was_handled_by_a_writer_is_not_changed_again(tickets, organization, agent, admin):
    move_to_enterprise(organization, admin)
    services.add_note(tickets[3], actor=agent, content=make_content(), now=at(2))

    services.run_jobs(now=at(3))
    services.add_note(tickets[3], actor=agent, content=make_content(), now=at(4))

    assert kinds(tickets[3]).count(Event.Kind.PLAN_CHANGED) == 1
    job = TicketJob.objects.get()
    assert (job.finished_at, job.moved, job.handled.count()) == (at(3), 4, 0)


def test_the_scan_and_the_close_meet_the_change_first(tickets, organization, admin):
    move_to_enterprise(organization, admin)

    services.scan_clocks(now=again(tickets[0]).due_at)

    assert {response(each).breached_at for each in tickets} == {CHANGED + 12 * HOUR}


def test_what_is_opened_after_the_change_is_not_its_concern(
    tickets, requester, organization, admin
):
    move_to_enterprise(organization, admin)
    late = make_ticket(requester, now=at(2))

    services.run_jobs(now=at(3))

    assert kinds(late) == [Event.Kind.OPENED]
    assert again(late).due_at == at(14)


def test_an_edit_of_the_plan_meanwhile_does_not_change_what_was_promised(
    tickets, organization, admin
):
    move_to_enterprise(organization, admin)
    version = TicketJob.objects.get().plan_version
    organizations.change_plan(organization, Plan.objects.get(key="sme"), actor=admin, now=at(2))

    services.run_jobs(now=at(3))

    assert (
        list(TicketJob.objects.order_by("pk").values_list("finished_at", flat=True)) == [at(3)] * 2
    )
    for each in tickets:
        first, second = response(each).changes.filter(reason="plan")
        assert (first.plan_version, first.at, second.at) == (version, CHANGED, at(2))


def test_a_suspension_withdraws_the_clocks_and_its_end_starts_them(tickets, organization, admin):
    organizations.suspend(organization, actor=admin, now=CHANGED)
    services.run_jobs(now=at(2))
    suspended = [response(each) for each in tickets]
    organizations.lift_suspension(organization, actor=admin, now=at(3))
    services.run_jobs(now=at(4))

    assert {(each.state, each.stopped_at) for each in suspended} == {("withdrawn", CHANGED)}
    assert {(response(each).state, response(each).started_at) for each in tickets} == {
        ("running", at(3))
    }


def test_an_agent_who_is_deactivated_is_cleared_from_all_tickets_with_an_event_each(
    tickets, agent, admin
):
    organizations.deactivate(agent, actor=admin, now=CHANGED)
    services.run_jobs(now=at(2))

    for each in map(again, tickets):
        assert (each.status, each.assignee) == ("awaiting_response", None)
        event = each.events.last()
        assert (event.kind, event.actor, event.created_at) == ("assigned", admin, CHANGED)


def test_a_ticket_of_an_agent_who_is_being_cleared_can_be_accepted(
    tickets, agent, second_agent, admin
):
    organizations.deactivate(agent, actor=admin, now=CHANGED)

    taken = services.accept(tickets[2], actor=second_agent, now=at(2))
    services.run_jobs(now=at(3))

    assert again(taken).assignee == second_agent
    assert kinds(taken)[-2:] == [Event.Kind.ASSIGNED, Event.Kind.ACCEPTED]


def test_an_agent_who_is_back_keeps_what_was_not_cleared_yet(tickets, agent, admin):
    organizations.deactivate(agent, actor=admin, now=CHANGED)
    organizations.reactivate(agent, actor=admin, now=at(2))

    services.run_jobs(now=at(3))

    assert {again(each).assignee for each in tickets} == {agent}
    assert TicketJob.objects.get().finished_at == at(3)


def test_a_worker_that_is_killed_goes_on_where_it_was(tickets, organization, admin, monkeypatch):
    move_to_enterprise(organization, admin)
    monkeypatch.setattr("tickets.services.jobs.MOST_BATCHES", 1)
    services.run_jobs(now=at(2))
    job = TicketJob.objects.get()
    assert (job.looked_at, job.finished_at) == (2, None)

    monkeypatch.setattr("tickets.services.jobs.MOST_BATCHES", 100)
    services.run_jobs(now=at(3))

    assert [kinds(each).count(Event.Kind.PLAN_CHANGED) for each in tickets] == [1] * 5


def test_a_run_that_is_doubled_or_late_changes_nothing(tickets, organization, admin):
    move_to_enterprise(organization, admin)
    services.run_jobs(now=at(2))
    versions = {each.pk: again(each).version for each in tickets}

    assert services.run_jobs(now=at(3)) == 0

    assert {each.pk: again(each).version for each in tickets} == versions


def test_a_bad_ticket_stops_only_itself(tickets, organization, admin):
    bad, *good = tickets
    move_to_enterprise(organization, admin)

    def listen(sender, events, **kwargs):
        if any(event.ticket_id == bad.pk for event in events):
            raise ValueError(bad.pk)

    ticket_events.connect(listen)
    try:
        services.run_jobs(now=at(2))
    finally:
        ticket_events.disconnect(listen)

    assert {again(each).due_at for each in good} == {CHANGED + 12 * HOUR}
    job = TicketJob.objects.get()
    assert (job.moved, job.failed, job.finished_at) == (4, 1, at(2))


def test_a_closed_ticket_that_is_reopened_meanwhile_is_promised_by_the_new_plan(
    tickets, organization, requester, agent, admin
):
    closed = services.close_by_customer(tickets[4], actor=requester, now=NOW)
    move_to_enterprise(organization, admin)

    services.reopen(closed, actor=requester, now=at(2))
    services.run_jobs(now=at(3))

    assert again(closed).due_at == at(14)
    assert Event.Kind.PLAN_CHANGED not in kinds(closed)


def test_a_status_is_reloaded_with_its_row(tickets, agent):
    ticket, title = Ticket.objects.get(pk=tickets[0].pk), "نام تازه"
    services.release(ticket, actor=agent, now=at(1))
    Ticket.objects.filter(pk=ticket.pk).update(title=title)

    ticket.refresh_from_db()

    assert (ticket.status, ticket.title, ticket.assignee) == ("awaiting_response", title, None)
    with pytest.raises(AttributeError):
        ticket.status = "closed"
    ticket = Ticket.objects.only("title").get(pk=ticket.pk)
    ticket.refresh_from_db(fields=["status"])
    assert ticket.status == "awaiting_response"


# --- What the database stops each time ------------------------------------------------------------


@pytest.fixture
def stopped(monkeypatch):
    """Each batch of a change runs into the database's time limit."""

    def stop(job, tickets):
        raise OperationalError("canceling statement due to statement timeout\nCONTEXT: …")

    monkeypatch.setattr("tickets.services.jobs.apply", stop)


def test_a_job_that_always_times_out_is_given_up_and_says_why(
    stopped, tickets, organization, admin, client_of
):
    move_to_enterprise(organization, admin)

    unfinished = []
    for hour in range(2, 9):
        services.run_jobs(now=at(hour))
        unfinished.append(TicketJob.objects.unfinished().exists())

    assert unfinished == [True] * 4 + [False] * 3
    job = TicketJob.objects.get()
    assert (job.attempts, job.finished_at) == (5, at(6))
    assert job.problem == "canceling statement due to statement timeout"
    admin.language = "en"
    admin.save()
    client = client_of(admin)
    listed = client.get(reverse("admin:tickets_ticketjob_changelist")).content.decode()
    page = client.get(reverse("admin:tickets_ticketjob_change", args=[job.pk])).content.decode()
    assert "Stopped on" in listed
    assert job.problem in page


def test_a_batch_that_came_through_starts_the_count_of_tries_again(
    tickets, organization, admin, monkeypatch
):
    move_to_enterprise(organization, admin)
    with monkeypatch.context() as patched:
        patched.setattr(
            "tickets.services.jobs.apply", lambda *_given: (_ for _ in ()).throw(OperationalError())
        )
        services.run_jobs(now=at(2))
    assert TicketJob.objects.get().attempts == 1

    services.run_jobs(now=at(3))

    job = TicketJob.objects.get()
    assert (job.attempts, job.problem, job.moved) == (0, "", 5)
