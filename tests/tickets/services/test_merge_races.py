"""Merges, splits, undos, transfers and teams at the same instant as other acts: real threads."""

import pytest

from organizations.models import StaffRole
from tests.factories import again, make_agent, make_content, make_ticket
from tests.tickets.services.test_races import at_once
from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import Clock, Message, Team, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(outcomes):
    return [each for each in outcomes if isinstance(each, TicketError)]


def test_the_same_message_split_off_twice_at_once_opens_one_ticket(requester, agent, second_agent):
    ticket = make_ticket(requester)
    services.reply_as_customer(ticket, actor=requester, content=make_content())
    message = ticket.messages.last()

    def split(actor):
        return services.split_message(ticket, actor=actor, message=message.pk, title="جدا")

    outcomes = at_once(lambda: split(agent), lambda: split(agent), lambda: split(second_agent))

    assert Ticket.objects.count() == 2
    [new] = Ticket.objects.exclude(pk=ticket.pk)
    assert [each.code for each in refusals(outcomes)] in (["message"], ["message"] * 2)
    assert Message.objects.get(pk=message.pk).ticket == new


def test_an_undo_and_an_answer_at_once_are_both_whole(requester, agent, second_agent):
    source, target = make_ticket(requester), make_ticket(requester)
    services.merge_tickets(source, actor=agent, into=target)

    outcomes = at_once(
        lambda: services.undo_merge(again(source), actor=agent),
        lambda: services.reply_as_agent(target, actor=second_agent, content=make_content()),
    )

    source, target = again(source), again(target)
    if refusals(outcomes):
        assert [each.code for each in refusals(outcomes)] == ["answered"]
        assert (source.merged_into, target.messages.count()) == (target, 3)
    else:
        assert (source.status, source.messages.count()) == ("awaiting_response", 1)
        assert target.messages.count() == 2
    assert target.waiting_since is None
    running = Clock.objects.filter(stopped_at=None).values_list("ticket", flat=True)
    assert set(running) <= {source.pk}


def test_merges_in_a_ring_with_answers_end_without_a_fault(requester, agent, second_agent):
    tickets = [make_ticket(requester) for _each in range(3)]
    ring = list(zip(tickets, [*tickets[1:], tickets[0]], strict=True))

    outcomes = at_once(
        *(
            lambda source=source, into=into: services.merge_tickets(source, actor=agent, into=into)
            for source, into in ring
        ),
        *(
            lambda ticket=ticket: services.reply_as_customer(
                ticket, actor=requester, content=make_content(str(ticket.pk))
            )
            for ticket in tickets
        ),
    )

    assert all(isinstance(each, Ticket | TicketError) for each in outcomes)
    assert Message.objects.count() == 6
    assert not Message.objects.exclude(ticket__merged_into=None).exists()
    assert Message.objects.waiting().count() == 6


def test_a_transfer_and_an_accept_at_once_leave_one_of_both(requester, agent, supervisor):
    ticket = make_ticket(requester)
    other = make_agent("third@helpdesk.example")

    outcomes = at_once(
        lambda: services.transfer(ticket, actor=supervisor, to=other, seen_version=1),
        lambda: services.accept(ticket, actor=agent),
    )

    assert len(refusals(outcomes)) == 1
    assert again(ticket).assignee in {agent, other}


def test_one_form_of_a_team_sent_twice_at_once_changes_it_once(supervisor, agent):
    team = services.create_team(services.TeamDraft("شبکه"), actor=supervisor)
    draft = services.TeamDraft(" شبکه و امنیت ", members=(agent.pk,), categories=("technical",))

    def edit():
        return services.edit_team(team, draft, actor=supervisor, seen_version=1)

    assert not refusals(at_once(edit, edit))
    assert Team.objects.get().version == 2


def test_of_two_edits_of_a_team_at_once_the_later_one_is_refused(supervisor, admin):
    team = services.create_team(services.TeamDraft("شبکه"), actor=supervisor)

    outcomes = at_once(
        *(
            lambda name=name, actor=actor: services.edit_team(
                team, services.TeamDraft(name), actor=actor, seen_version=1
            )
            for name, actor in (("یک", supervisor), ("دو", admin))
        )
    )

    assert [type(each) for each in refusals(outcomes)] == [StaleTicket]


def test_two_teams_that_take_one_category_at_once_do_not_share_it(supervisor, admin):
    outcomes = at_once(
        *(
            lambda name=name, actor=actor: services.create_team(
                services.TeamDraft(name, categories=("sales",)), actor=actor
            )
            for name, actor in (("یک", supervisor), ("دو", admin))
        )
    )

    assert len(refusals(outcomes)) == 1
    assert Team.objects.count() == 1


def test_a_team_that_is_deleted_while_tickets_come_to_it_loses_none(requester, agent, supervisor):
    lead = make_agent("lead@helpdesk.example", staff_role=StaffRole.SUPERVISOR)
    draft = services.TeamDraft("شبکه", members=(agent.pk,), categories=("technical",))
    team = services.create_team(draft, actor=supervisor)
    ticket = make_ticket(requester, category="sales")

    outcomes = at_once(
        lambda: services.delete_team(team, actor=supervisor),
        lambda: make_ticket(requester),
        lambda: services.transfer(ticket, actor=lead, to=team),
        services.assign_automatically,
    )

    assert all(not isinstance(each, TicketError) or each.code == "to" for each in outcomes)
    assert Ticket.objects.open().count() == 2
    assert not Ticket.objects.exclude(assignee=None).exists()
