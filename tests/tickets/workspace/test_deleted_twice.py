"""A press of Delete that arrives twice at once deletes, and neither says that somebody else did."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.messages import get_messages
from django.db import connection

from tests.factories import NOW
from tickets import services

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20


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
    barrier, hands = Barrier(2), [client_of(supervisor), client_of(supervisor)]

    def press(hand):
        barrier.wait(SECONDS)
        try:
            return [each.level_tag for each in get_messages(hand.post(address).wsgi_request)]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, hands))

    assert answers == [["success"], ["success"]]
