"""What is pressed twice at the same moment has one result, and says so to both presses."""

import uuid

import pytest
import time_machine
from django.core.cache import cache

from organizations.models import User
from tests.addresses import LATER, one_cast
from tests.presses import answers_between
from tests.test_access import ROLES, TABLE, client_of, form_of, in_short, path_for
from tickets import services
from tickets.models import CannedReply, SavedView

pytestmark = pytest.mark.django_db
DOERS = ["colleague", "agent", "supervisor", "admin"]
DONE = {"200", "204", "302"}
# Where a press ends something, so that the other one finds it there no more.
ENDING = {"delete", "discard", "merge", "remove", "revoke", "release", "retire", "stop"}


def doers():
    """(address, who does something there) of every address but those of admin and allauth."""
    for address, method in TABLE:
        if method == "GET" or address.startswith(("/accounts/", "/admin/")):
            continue
        answers = dict(zip(ROLES, TABLE[address, method][1], strict=True))
        able = [role for role in DOERS if answers[role] in DONE]
        is_ending = address.rstrip("/").rpartition("/")[2] in ENDING
        marks = [] if is_ending else [pytest.mark.full]
        yield from [pytest.param(address, role, id=address, marks=marks) for role in able[:1]]


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), one_cast() as people:
        yield people


@pytest.mark.parametrize(("address", "role"), list(doers()))
def test_a_press_that_meets_itself_between_two_looks_is_not_refused(people, db, address, role):
    client, path = client_of(getattr(people, role)), path_for(people, role, address, "POST")
    form = form_of(people, address) | {"form_key": str(uuid.uuid4())}
    cookies = dict(client.cookies)

    def press():
        cache.clear()
        client.cookies.clear()
        client.cookies.update(cookies)
        return client.post(path, form)

    with time_machine.travel(LATER, tick=False):
        answers = answers_between(press, press)

    assert {in_short(each) for each in answers} <= DONE


def canned(people):
    form, key = {"title": "مال من", "body_fa": "سلام", "scope": "shared"}, people.canned.pk
    return f"/canned/{key}/", form, CannedReply.objects.filter(pk=key).delete


def view(people):
    key = people.view.pk
    return f"/queue/views/{key}/", {"name": "Mine"}, SavedView.objects.filter(pk=key).delete


def tag(people):
    def merge():
        services.merge_tags(people.tag, into=people.other_tag, actor=people.admin)

    return f"/tags/{people.tag.pk}/", {"name": "Mine", "colour": "red"}, merge


@pytest.mark.parametrize("thing", [canned, view, tag])
def test_a_form_of_an_earlier_version_whose_row_goes_at_this_moment_is_no_fault(people, db, thing):
    client = client_of(people.supervisor)
    path, form, end = thing(people)

    answers = answers_between(lambda: client.post(path, form | {"version": "0"}), end)

    assert {each.status_code for each in answers} == {404, 409}


@pytest.mark.parametrize(
    ("address", "form"), [("/presence/", {"presence": "away"}), ("/queue/next/", {})]
)
def test_an_agent_who_is_deactivated_at_this_moment_meets_no_fault(people, db, address, form):
    client, own_row = client_of(people.agent), User.objects.filter(pk=people.agent.pk)

    answers = answers_between(
        lambda: client.post(address, form), lambda: own_row.update(is_active=False)
    )

    assert {each.status_code for each in answers} <= {302, 403, 404}
