"""A press that arrives twice at once does its act, and neither says that somebody else did it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.messages import get_messages
from django.db import connection

from intake.models import ReceivedMail
from tests.factories import NOW, make_member
from tickets import services

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20


def press_twice(client_of, person, address):
    """The kinds of the sentences of both answers."""
    barrier, hands = Barrier(2), [client_of(person), client_of(person)]

    def press(hand):
        barrier.wait(SECONDS)
        try:
            answer = hand.post(address)
            assert answer.status_code == 302
            return {each.level_tag for each in get_messages(answer.wsgi_request)}
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return set.union(*pool.map(press, hands))


def make_view(actor):
    return services.create_view(services.ViewDraft("Mine", query=""), actor=actor, now=NOW)


def make_team(actor):
    return services.create_team(services.TeamDraft("Network"), actor=actor, now=NOW)


def make_canned(actor):
    draft = services.CannedDraft("سلام", scope="own", body_fa="سلام")
    return services.create_canned(draft, actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("make", "space"),
    [(make_view, "/queue/views"), (make_team, "/teams"), (make_canned, "/canned")],
)
def test_what_two_presses_delete_at_once_was_deleted_by_nobody_else(
    client_of, supervisor, make, space
):
    address = f"{space}/{make(supervisor).pk}/delete/"

    assert press_twice(client_of, supervisor, address) == {"success"}


def test_a_member_whom_two_presses_remove_at_once_is_no_stranger(
    client_of, organization, requester
):
    member = make_member(organization, "omid@pars.example").memberships.get()
    address = f"/organization/members/{member.pk}/remove/"

    assert press_twice(client_of, requester, address) == {"success"}


def test_a_mail_that_two_presses_discard_at_once_was_decided_by_nobody_else(client_of, supervisor):
    mail = ReceivedMail.objects.create(
        key="0" * 64, content=b"x", size=1, state="quarantined", received_at=NOW
    )

    assert press_twice(client_of, supervisor, f"/incoming/{mail.pk}/discard/") == {"success"}
