"""Who follows a ticket is notified of messages, its status and breaches, and of nothing else."""

import re

import pytest
from django.utils.translation import override

from notifications.letters import sentence_of, subject_and_section
from notifications.models import Notification, Preference
from notifications.preferences import wanted_among
from organizations.models import User
from tests.factories import NOW, again, make_content, make_ticket
from tickets import services

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    User.objects.update(language="en")
    with override("en"):
        yield


@pytest.fixture
def followed(ticket, agent, second_agent):
    """Of the agent, followed by the other one."""
    services.accept(ticket, actor=agent, now=NOW)
    services.follow(ticket, actor=second_agent, now=NOW)
    Notification.objects.all().delete()
    return again(ticket)


def bell(person):
    rows = Notification.objects.on_bell_of(person).with_story().order_by("-pk")
    return [re.sub("[\u2068\u2069]", "", sentence_of(row)) for row in rows]


def test_of_messages_of_either_side_and_notes(followed, agent, second_agent, requester):
    services.reply_as_customer(
        followed, actor=requester, content=make_content("a"), intent="problem", now=NOW
    )
    services.add_note(followed, actor=agent, content=make_content("b"), now=NOW)
    services.reply_as_agent(followed, actor=agent, content=make_content("c"), then="work", now=NOW)

    assert bell(second_agent) == [
        f"{agent} has written a message.",
        f"{agent} has written an internal note.",
        f"{requester} has written a message.",
    ]


def test_of_the_status_and_of_breaches(followed, agent, second_agent):
    services.scan_clocks(followed.due_at)
    services.reply_as_agent(
        followed, actor=agent, content=make_content("c"), then="wait", now=followed.due_at
    )
    services.resume(followed, actor=agent, now=followed.due_at)

    sentences = bell(second_agent)
    assert sentences[0] == "Its status is now “In progress”."
    assert "It is overdue." in sentences


def test_not_of_what_they_did_themselves_nor_of_its_category(followed, second_agent):
    services.change_category(followed, actor=second_agent, category="sales", now=NOW)
    services.add_note(followed, actor=second_agent, content=make_content(), now=NOW)

    assert bell(second_agent) == []


def test_who_follows_no_more_and_who_was_deactivated_hears_nothing(
    followed, agent, second_agent, supervisor
):
    services.follow(followed, actor=supervisor, now=NOW)
    services.unfollow(followed, actor=second_agent)
    User.objects.filter(pk=supervisor.pk).update(is_active=False)

    services.add_note(followed, actor=agent, content=make_content(), now=NOW)

    assert not Notification.objects.exists()


def test_the_bell_is_on_and_mail_is_off_until_it_is_chosen(followed, agent, second_agent):
    services.add_note(followed, actor=agent, content=make_content(), now=NOW)
    rows = Notification.objects.with_story().filter(recipient=second_agent, channel="email")
    assert not wanted_among(list(rows))

    Preference.objects.create(user=second_agent, topic="followed", channel="email", is_wanted=True)

    assert wanted_among(list(rows)) == {row.pk for row in rows}


def test_who_wants_none_has_none_on_the_bell(followed, agent, second_agent):
    Preference.objects.create(user=second_agent, topic="followed", channel="bell", is_wanted=False)

    services.add_note(followed, actor=agent, content=make_content(), now=NOW)

    assert bell(second_agent) == []


def test_the_assignee_who_follows_is_notified_once_and_as_assignee(followed, agent, requester):
    services.follow(followed, actor=agent, now=NOW)

    services.reply_as_customer(
        followed, actor=requester, content=make_content(), intent="problem", now=NOW
    )

    assert len(bell(agent)) == 1
    assert "has added a message" in bell(agent)[0]


def test_no_customer_is_notified_by_it(followed, agent, requester):
    services.add_note(followed, actor=agent, content=make_content(), now=NOW)

    assert not Notification.objects.filter(recipient=requester).exists()


def test_a_letter_to_them_has_one_voice(followed, agent, second_agent):
    services.add_note(followed, actor=agent, content=make_content("text"), now=NOW)
    row = Notification.objects.with_story().filter(recipient=second_agent).first()

    subject, section = subject_and_section(row, now=NOW)

    assert subject.startswith(f"News on ticket {followed.number}: ")
    assert "which you follow" in section.before[0]


def test_who_follows_a_merged_ticket_follows_its_target(followed, agent, second_agent, requester):
    target = make_ticket(requester)
    services.merge_tickets(followed, actor=agent, into=target, now=NOW)

    assert list(target.followers.values_list("user", flat=True)) == [second_agent.pk]
