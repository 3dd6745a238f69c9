"""Two agents write a note, or follow a ticket, at the same instant: real threads."""

import pytest

from tests.factories import NOW
from tests.tickets.services.test_races import at_once
from tickets import services
from tickets.errors import StaleTicket
from tickets.models import CustomerNote, CustomerNoteChange, Follower

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("of", ["organization", "requester"])
def test_of_two_first_notes_at_once_one_is_refused(ticket, agent, second_agent, of):
    subject = getattr(ticket, of)
    outcomes = at_once(
        *(
            lambda who=who: services.write_customer_note(
                subject, actor=who, body=f"of {who.pk}", seen_version=0, now=NOW
            )
            for who in (agent, second_agent)
        )
    )

    assert sum(isinstance(each, StaleTicket) for each in outcomes) == 1
    assert CustomerNote.objects.count() == CustomerNoteChange.objects.count() == 1


def test_followed_twice_at_once_it_is_followed_once(ticket, agent):
    outcomes = at_once(
        lambda: services.follow(ticket, actor=agent, now=NOW),
        lambda: services.follow(ticket, actor=agent, now=NOW),
    )

    assert outcomes == [None, None]
    assert Follower.objects.count() == 1
