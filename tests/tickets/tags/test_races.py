"""Tags and people at the same instant: real threads on a real PostgreSQL."""

import pytest

from tests.factories import make_ticket
from tests.tickets.services.test_races import at_once
from tickets import services
from tickets.errors import TicketError
from tickets.models import Tag, TicketTag

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tags(supervisor):
    return [services.create_tag(name, colour="blue", actor=supervisor) for name in ("VPN", "DNS")]


def test_of_two_merges_of_tags_in_opposite_directions_one_is_done(
    tags, requester, agent, supervisor, admin
):
    one, other = tags
    ticket = make_ticket(requester)
    services.change_tags(ticket, actor=agent, add=[one.pk, other.pk])

    outcomes = at_once(
        lambda: services.merge_tags(one, into=other, actor=supervisor),
        lambda: services.merge_tags(other, into=one, actor=admin),
    )
    services.follow_tag_merges()

    [left] = [each for each in outcomes if isinstance(each, Tag)]
    [refused] = [each for each in outcomes if isinstance(each, TicketError)]
    assert refused.code == "gone"
    assert list(Tag.objects.known()) == [left]
    assert TicketTag.objects.get().tag == left


def test_a_tag_that_is_merged_while_people_tag_is_left_on_no_ticket(
    tags, requester, agent, second_agent, supervisor
):
    tag, into = tags
    tickets = [make_ticket(requester) for _each in range(4)]
    services.change_tags(tickets[0], actor=agent, add=[tag.pk])

    outcomes = at_once(
        lambda: services.merge_tags(tag, into=into, actor=supervisor),
        lambda: services.change_tags(tickets[0], actor=agent, add=[into.pk]),
        lambda: services.change_tags(tickets[1], actor=agent, add=[tag.pk]),
        lambda: services.change_tags(tickets[2], actor=second_agent, add=[into.pk, tag.pk]),
        lambda: services.change_tags(tickets[3], actor=second_agent, add=[tag.pk, into.pk]),
    )
    services.follow_tag_merges()

    assert not [each for each in outcomes if isinstance(each, Exception)]
    marks = TicketTag.objects.order_by("ticket").values_list("ticket", "tag")
    assert list(marks) == [(ticket.pk, into.pk) for ticket in tickets]
