"""Drafts on the pages of a ticket: shown to their author alone, on every device."""

import pytest

from tests.factories import make_agent
from tickets.models import MessageDraft

pytestmark = pytest.mark.django_db
SECRET = "نیمی از پاسخی که هنوز می‌نویسم"


def save(client, ticket, body=SECRET, kind="public", **more):
    form = {"body": body, "draft_kind": kind, **more}
    return client.post(f"/drafts/{ticket.number}/", form)


def addresses(ticket):
    return {True: ticket.get_queue_url(), False: ticket.get_absolute_url()}


def page_of(client_of, person, ticket):
    return client_of(person).get(addresses(ticket)[person.is_agent]).content.decode()


@pytest.mark.parametrize("who", ["agent", "requester"])
def test_a_draft_is_in_the_form_on_every_device_with_its_key(
    client_of, request, ticket, who, form_key
):
    person = request.getfixturevalue(who)
    answer = save(client_of(person), ticket, form_key=form_key).json()

    page = page_of(client_of, person, ticket)

    assert answer["outcome"] == "saved"
    assert f"{SECRET}</textarea>" in page
    assert str(form_key) in page
    assert f'name="draft_version" value="{answer["version"]}"' in page
    assert "data-draft-restored" in page


def test_nobody_else_is_shown_a_draft(client_of, ticket, agent, second_agent, requester, colleague):
    admin = make_agent("root@helpdesk.example", staff_role="admin")
    people = [agent, second_agent, admin, requester, colleague]
    for author, kind in ((agent, "public"), (agent, "note"), (requester, "public")):
        save(client_of(author), ticket, kind=kind)
        shown = [person for person in people if SECRET in page_of(client_of, person, ticket)]

        assert shown == [author]
        MessageDraft.objects.all().delete()


def test_a_note_that_is_being_written_is_in_its_own_form(client_of, agent, ticket):
    save(client_of(agent), ticket, kind="note")

    page = page_of(client_of, agent, ticket)

    assert page.index(SECRET) > page.index('data-mode="note" novalidate')


def test_who_lost_access_reaches_neither_ticket_nor_draft(client_of, requester, ticket):
    client = client_of(requester)
    save(client, ticket)
    requester.memberships.all().delete()

    assert client.get(ticket.get_absolute_url()).status_code == 404
    assert save(client, ticket).status_code == 404


def test_a_refused_form_keeps_what_was_sent_and_knows_the_draft(client_of, agent, ticket):
    version = save(client_of(agent), ticket).json()["version"]

    refused = client_of(agent).post(f"/queue/{ticket.number}/reply/", {"body": "Sent", "then": ""})

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Sent</textarea>" in page
    assert SECRET not in page
    assert f'name="draft_version" value="{version}"' in page


def test_without_script_a_draft_is_discarded_by_its_button(client_of, agent, requester, ticket):
    for person in (agent, requester):
        client = client_of(person)
        version = save(client, ticket).json()["version"]

        answer = save(client, ticket, draft_version=version, discard="1")

        assert answer.status_code == 302
        assert answer.url == addresses(ticket)[person.is_agent]
    assert not MessageDraft.objects.exists()


def test_a_tab_that_is_behind_is_given_the_newer_draft(client_of, agent, ticket):
    client = client_of(agent)
    save(client, ticket)

    answer = save(client, ticket, "Other").json()

    assert answer["outcome"] == "newer"
    assert answer["body"] == SECRET


@pytest.mark.parametrize(
    "form", [{"draft_kind": "other"}, {"body": "x" * 20_001}, {"draft_version": "x"}]
)
def test_what_no_page_sends_is_refused(client_of, agent, ticket, form):
    sent = {"body": "x", "draft_kind": "public"} | form
    answer = client_of(agent).post(f"/drafts/{ticket.number}/", sent)

    assert answer.status_code == 422


def test_suspended_members_keep_no_draft(client_of, requester, organization, ticket):
    organization.suspended_at = ticket.created_at
    organization.save()

    assert save(client_of(requester), ticket).json() == {"outcome": "refused"}
