"""Drafts of messages: kept for all devices, private, and gone once they are sent."""

import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from tests.factories import NOW, make_closed, make_content
from tickets import services
from tickets.errors import TicketError
from tickets.models import Event, MessageDraft

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def text(body="نیمی از پاسخ", *, kind="public", form_key=None, seen_version=None):
    return services.DraftText(kind, body, form_key, seen_version)


def save(ticket, actor, *args, now=NOW, **more):
    return services.save_draft(ticket, text(*args, **more), actor=actor, now=now)


def bodies():
    return sorted(MessageDraft.objects.values_list("body", flat=True))


def test_a_draft_is_kept_for_each_person_and_kind_and_changes_no_ticket(
    ticket, requester, agent, second_agent
):
    before = type(ticket).objects.filter(pk=ticket.pk).values().get()

    for person in (requester, agent, second_agent):
        assert save(ticket, person, f"public {person.pk}").outcome == "saved"
    save(ticket, agent, "note", kind="note")

    assert MessageDraft.objects.count() == 4
    assert type(ticket).objects.filter(pk=ticket.pk).values().get() == before
    assert Event.objects.filter(ticket=ticket).count() == 1


def test_a_text_that_another_device_saved_meanwhile_is_not_overwritten(ticket, agent):
    first = save(ticket, agent, "One").draft
    second = save(ticket, agent, "One and a half", seen_version=first.version, now=LATER).draft

    behind = save(ticket, agent, "Other", seen_version=first.version)

    assert behind.outcome == "newer"
    assert behind.draft == second
    assert bodies() == ["One and a half"]
    assert save(ticket, agent, "Other", seen_version=second.version).outcome == "saved"
    assert bodies() == ["Other"]


def test_the_same_text_from_two_tabs_is_no_conflict(ticket, agent):
    first = save(ticket, agent).draft

    again = save(ticket, agent)

    assert (again.outcome, again.draft) == ("saved", first)


def test_a_version_is_not_given_again_after_a_draft_was_discarded(ticket, agent):
    first = save(ticket, agent, "One").draft
    services.discard_draft(ticket, actor=agent, kind="public", seen_version=first.version)
    save(ticket, agent, "Two", now=LATER)

    assert save(ticket, agent, "One more", seen_version=first.version).outcome == "newer"


def test_an_emptied_text_is_no_draft(ticket, agent):
    draft = save(ticket, agent).draft

    assert save(ticket, agent, " \n", seen_version=draft.version).outcome == "empty"
    assert bodies() == []


def test_a_draft_that_was_changed_elsewhere_is_not_discarded_unseen(ticket, agent):
    first = save(ticket, agent, "One").draft
    save(ticket, agent, "Two", seen_version=first.version)

    services.discard_draft(ticket, actor=agent, kind="public", seen_version=first.version)

    assert bodies() == ["Two"]


def test_sending_removes_the_draft_and_no_other(ticket, requester, agent, second_agent):
    key = uuid.uuid4()
    save(ticket, agent, "Reply", form_key=key)
    save(ticket, agent, "Note", kind="note")
    save(ticket, second_agent, "Of somebody else")
    save(ticket, requester, "Question")

    services.reply_as_agent(
        ticket, actor=agent, content=make_content("Reply, finished", form_key=key), now=LATER
    )
    assert bodies() == ["Note", "Of somebody else", "Question"]
    services.add_note(
        ticket, actor=agent, content=make_content("Note", form_key=uuid.uuid4()), now=LATER
    )
    services.reply_as_customer(
        ticket, actor=requester, content=make_content("Question", form_key=uuid.uuid4()), now=LATER
    )

    assert bodies() == ["Of somebody else"]


def test_a_follow_up_removes_the_draft_from_the_old_ticket(requester, agent, settings):
    ticket = make_closed(requester, agent)
    key, at = uuid.uuid4(), ticket.closed_at + timedelta(days=settings.REOPEN_WITHIN_DAYS + 1)
    save(ticket, requester, "It is back", form_key=key)

    content = make_content("It is back", form_key=key)
    services.follow_up(ticket, actor=requester, content=content, now=at)

    assert bodies() == []


def test_a_late_save_of_an_agents_follow_up_brings_no_draft_back(requester, agent, settings):
    ticket = make_closed(requester, agent)
    key, at = uuid.uuid4(), ticket.closed_at + timedelta(days=settings.REOPEN_WITHIN_DAYS + 1)
    content = make_content("It is back", form_key=key)
    services.follow_up(ticket, actor=agent, content=content, now=at)

    assert save(ticket, agent, "It is back", form_key=key).outcome == "sent"

    assert bodies() == []


def test_what_another_tab_sends_leaves_the_draft_of_this_one(ticket, agent):
    save(ticket, agent, "Still writing", form_key=uuid.uuid4())

    services.reply_as_agent(
        ticket, actor=agent, content=make_content("Another", form_key=uuid.uuid4()), now=LATER
    )

    assert bodies() == ["Still writing"]


def test_what_was_sent_does_not_come_back_with_a_late_save(ticket, agent):
    key = uuid.uuid4()
    services.reply_as_agent(ticket, actor=agent, content=make_content(form_key=key), now=NOW)

    assert save(ticket, agent, form_key=key).outcome == "sent"
    assert bodies() == []


def test_who_may_not_write_keeps_no_draft(ticket, requester, organization):
    with pytest.raises(TicketError):
        save(ticket, requester, kind="note")
    organization.suspended_at = NOW
    organization.save()
    stranger = type(requester).objects.get(pk=requester.pk)

    with pytest.raises(TicketError):
        save(ticket, stranger)
    assert bodies() == []


def test_drafts_go_30_days_after_their_last_change(ticket, agent, settings):
    draft = save(ticket, agent).draft
    end = NOW + timedelta(days=settings.DRAFT_DAYS)
    save(ticket, agent, "More", seen_version=draft.version, now=NOW + timedelta(days=1))

    assert services.forget_drafts(end + timedelta(days=1)) == 0
    assert services.forget_drafts(end + timedelta(days=1, seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="rows are locked there")
def test_of_two_tabs_that_save_at_once_one_learns_of_the_other(ticket, agent):
    outcomes, start = [], Barrier(2)

    def act(body):
        start.wait()
        outcomes.append(save(ticket, agent, body).outcome)
        connection.close()

    threads = [Thread(target=act, args=(body,)) for body in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["newer", "saved"]
    assert MessageDraft.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="rows are locked there")
def test_a_save_at_the_moment_of_sending_leaves_no_draft(ticket, agent):
    key, start = uuid.uuid4(), Barrier(2)
    save(ticket, agent, "Half", form_key=key)

    def send():
        start.wait()
        services.reply_as_agent(ticket, actor=agent, content=make_content("Whole", form_key=key))
        connection.close()

    def keep():
        start.wait()
        version = MessageDraft.objects.values_list("version", flat=True).first()
        save(ticket, agent, "Whole", form_key=key, seen_version=version)
        connection.close()

    threads = [Thread(target=act) for act in (send, keep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bodies() == []
