"""The link in a mail that stops mails of one kind, without signing in."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from notifications import services, unsubscribing
from notifications.channels.email import transport
from notifications.channels.email.channel import channel as email
from notifications.models import AccountMail, Notification, Preference
from notifications.topics import Topic
from tests.factories import NOW, make_content
from tickets import services as tickets

SOON = NOW + timedelta(minutes=5)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def stranger():
    """Whoever opens the link: not signed in, without the cookie of a form."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def url(requester):
    return unsubscribing.url_for(requester, Topic.REPLIES, "email").removeprefix(
        "http://testserver"
    )


def choices():
    return list(Preference.objects.values_list("user__email", "topic", "channel", "is_wanted"))


def headers(row):
    letter = email.compose(row, now=SOON)
    return transport._message(letter, "sara@pars.example").message()


def test_one_post_of_a_mail_program_stops_mails_of_that_topic_alone(stranger, url, requester):
    page = stranger.post(url, ONE_CLICK)

    assert page.status_code == 200
    assert choices() == [(requester.email, "replies", "email", False)]


def test_looking_changes_nothing_and_offers_one_button(stranger, url):
    page = stranger.get(url)
    stranger.head(url)

    assert page.status_code == 200
    assert page.content.decode().count("data-once") == 1
    assert choices() == []


def test_the_page_is_in_the_language_of_the_person_and_tells_how_to_turn_it_on(
    stranger, url, requester
):
    requester.language = "en"
    requester.save()

    page = stranger.post(url, ONE_CLICK).content.decode()

    assert "Someone replies to a ticket that I requested or watch" in page
    assert reverse("notification_preferences") in page


@pytest.mark.parametrize(
    "change", [str.upper, lambda url: url[:-9] + "/", lambda url: url[:-8] + "aaaaaaa/"]
)
def test_a_wrong_link_has_a_clear_page_and_changes_nothing(stranger, url, change):
    folder, _slash, token = url.rstrip("/").rpartition("/")

    page = stranger.post(f"{folder}/{change(token + '/')}", ONE_CLICK)

    assert page.status_code == 404
    assert reverse("notification_preferences") in page.content.decode()
    assert choices() == []


def test_a_link_is_of_one_topic_and_person(stranger, requester, colleague):
    theirs = unsubscribing.url_for(colleague, Topic.PROGRESS, "email")

    stranger.post(theirs.removeprefix("http://testserver"), ONE_CLICK)

    assert choices() == [(colleague.email, "progress", "email", False)]


def test_a_link_ends_after_a_year_and_with_the_account(stranger, url, requester):
    with time_machine.travel(timedelta(days=366), tick=False):
        assert stranger.post(url, ONE_CLICK).status_code == 404
    requester.is_active = False
    requester.save()

    assert stranger.post(url, ONE_CLICK).status_code == 404
    assert choices() == []


def test_posts_of_one_address_are_limited(stranger, url, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "unsubscribe": "2/m/ip"}
    cache.clear()

    answers = [stranger.post(url, ONE_CLICK).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_a_mail_about_a_ticket_carries_the_link_in_its_headers(ticket, agent, requester, stranger):
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)
    mails = Notification.objects.with_story().by_channel("email")
    row = mails.get(event__kind="agent_replied")
    message = headers(row)

    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    assert stranger.post(link, ONE_CLICK).status_code == 200
    services.deliver(row.pk, now=SOON)
    assert mails.get(pk=row.pk).error == "unwanted"


def test_what_cannot_be_switched_off_has_no_link(ticket, agent, requester, client):
    tickets.scan_clocks(now=NOW + timedelta(days=30))
    breach = Notification.objects.with_story().by_channel("email").filter(event__kind="breached")[0]

    assert "List-Unsubscribe" not in headers(breach)
    client.post(reverse("account_reset_password"), {"email": requester.email})
    assert "unsubscribe" not in AccountMail.objects.get().body


def test_a_quoted_mail_does_not_hand_the_link_to_those_who_read_the_answer(requester):
    url = unsubscribing.url_for(requester, Topic.REPLIES, "email")

    text = unsubscribing.without_addresses(f"> Stop e-mails of this kind:\n> {url}\n> ({url})\nbye")

    token = url.rstrip("/").rpartition("/")[2]
    assert token not in text
    assert text.count("/notifications/unsubscribe/") == 2
    assert text.endswith(")\nbye")
