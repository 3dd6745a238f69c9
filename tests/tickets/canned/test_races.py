"""Canned replies and people at the same instant: real threads on a real PostgreSQL."""

import pytest

from tests.factories import again, make_content, make_ticket
from tests.tickets.canned.test_services import make_canned
from tests.tickets.services.test_races import at_once
from tests.tickets.services.test_teams import make_team
from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import CannedReply, Event

pytestmark = pytest.mark.django_db(transaction=True)


def draft(title):
    return services.CannedDraft(title, scope="shared", body_fa="متن")


def test_of_two_edits_at_once_one_is_kept_and_the_other_learns_of_it(supervisor, admin):
    reply = make_canned(supervisor, scope="shared")

    def edit(actor, title):
        return services.edit_canned(reply, draft(title), actor=actor, seen_version=1)

    outcomes = at_once(lambda: edit(supervisor, "یک"), lambda: edit(admin, "دو"))

    assert sorted(isinstance(each, StaleTicket) for each in outcomes) == [False, True]
    [kept] = [each for each in outcomes if isinstance(each, CannedReply)]
    row = CannedReply.objects.get()
    assert (row.title, row.version) == (kept.title, 2)


def test_an_edit_and_a_deletion_at_once_leave_no_row_and_no_fault(supervisor, admin):
    reply = make_canned(supervisor, scope="shared")

    outcomes = at_once(
        lambda: services.edit_canned(reply, draft("نو"), actor=supervisor),
        lambda: services.delete_canned(reply, actor=admin),
    )

    assert not CannedReply.objects.exists()
    assert all(not isinstance(each, TicketError) or each.code == "gone" for each in outcomes)


def test_uses_by_many_at_once_are_all_counted(requester, supervisor, agent, second_agent, admin):
    keys = [make_canned(supervisor, scope="shared").pk for _each in range(2)]
    people = [agent, second_agent, admin, supervisor]
    tickets = [make_ticket(requester) for _person in people]

    def reply(ticket, actor, canned):
        content = services.NewMessage("متن", canned=tuple(canned))
        return services.reply_as_agent(ticket, actor=actor, content=content)

    at_once(
        *(
            lambda ticket=ticket, actor=actor, order=order: reply(ticket, actor, keys[::order])
            for ticket, actor, order in zip(tickets, people, [1, -1, 1, -1], strict=True)
        )
    )

    assert [*CannedReply.objects.values_list("uses", flat=True)] == [4, 4]


def test_two_agents_hand_tickets_to_each_other_at_once(requester, agent, second_agent):
    first, second = make_ticket(requester), make_ticket(requester)

    def hand(ticket, actor, to):
        further = services.FurtherChanges(assignee_id=to.pk)
        return services.reply_with_changes(
            ticket, actor=actor, content=make_content(), further=further
        )

    at_once(lambda: hand(first, agent, second_agent), lambda: hand(second, second_agent, agent))

    assert (again(first).assignee, again(second).assignee) == (second_agent, agent)
    assert Event.objects.filter(kind=Event.Kind.AGENT_REPLIED).count() == 2


def test_a_team_deleted_while_its_replies_are_written_and_changed_keeps_none(
    agent, second_agent, supervisor
):
    team = make_team(supervisor, agent, second_agent)
    whose = {"scope": "team", "team_id": team.pk}
    reply = make_canned(agent, **whose)
    changed = services.CannedDraft("نو", body_fa="متن", **whose)

    outcomes = at_once(
        lambda: services.delete_team(team, actor=supervisor),
        lambda: services.edit_canned(reply, changed, actor=agent),
        lambda: make_canned(second_agent, title="دیگر", **whose),
    )

    assert {each.code for each in outcomes if isinstance(each, TicketError)} <= {"scope"}
    assert not CannedReply.objects.exclude(scope="own", team=None).exists()
    assert CannedReply.objects.count() == 2 - isinstance(outcomes[-1], TicketError)
