"""A second channel beside e-mail: registered by one line, off until chosen, sent by one outbox."""

import socket
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import channels, services
from notifications.channels import WAITS
from notifications.models import Notification, Preference
from notifications.topics import FOR_CUSTOMERS, FOR_STAFF, Topic
from tests.factories import NOW, make_content
from tests.notifications.conftest import sections
from tests.pages import read
from tickets import services as tickets
from tickets.models import Event, Ticket

from .loft import open_loft
from .pigeon.channel import RINGS

SOON = NOW + timedelta(minutes=5)
PAGE = "/profile/notifications/"
SHOWN = {
    **{
        f"initial-{channel}-{topic.value}": "True"
        for channel in ("email", "bell")
        for topic in FOR_CUSTOMERS
    },
    **{f"initial-pigeon-{topic}": "False" for topic in (Topic.REPLIES, Topic.PROGRESS)},
}
MAIL_ON = {
    f"{channel}-{topic.value}": "on" for channel in ("email", "bell") for topic in FOR_CUSTOMERS
}


@pytest.fixture
def loft(settings, requester):
    """The channel is in use, its server runs, and the requester's ring is known."""
    settings.NOTIFICATION_CHANNELS = [
        *settings.NOTIFICATION_CHANNELS,
        "tests.notifications.pigeon",
    ]
    RINGS.clear()
    RINGS[requester.pk] = "IR-42"
    with open_loft() as loft:
        settings.LOFT_URL = loft.url
        yield loft


class Downed(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


@pytest.fixture
def silent_server():
    """The address of a server that accepts connections and never answers."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield f"http://127.0.0.1:{silent.getsockname()[1]}/"


def choose(person, *topics, channel="pigeon"):
    services.choose(person, channel, wanted=topics, unwanted=[])


def reply(ticket, agent, *, now=SOON):
    return tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=now)


def rows(**where):
    return {row.channel: row for row in Notification.objects.by_external().filter(**where)}


def replies():
    return rows(event__kind="agent_replied")


# --- Off until chosen -----------------------------------------------------------------------------


def test_a_new_channel_does_not_reach_somebody_who_switched_off_all_mail(
    loft, ticket, requester, agent, deliver_all
):
    services.choose(requester, "email", wanted=[], unwanted=list(FOR_CUSTOMERS))

    reply(ticket, agent)
    deliver_all(SOON)

    assert loft.taken == []
    assert mail.outbox == []
    assert {name: row.state for name, row in replies().items()} == {"email": "skipped"}


def test_a_new_channel_does_not_reach_staff_who_never_chose_it_not_even_at_a_breach(
    loft, ticket, agent, deliver_all
):
    RINGS[agent.pk] = "IR-1"

    tickets.scan_clocks(now=ticket.due_at)
    deliver_all(ticket.due_at)

    assert loft.taken == []
    assert set(rows(event__kind="breached")) == {"email"}


def test_who_chose_a_channel_is_reached_by_it_and_by_mail(
    loft, ticket, requester, agent, deliver_all
):
    choose(requester, Topic.REPLIES)

    reply(ticket, agent)
    deliver_all(SOON)

    (message,) = loft.taken
    assert message["ring"] == "IR-42"
    assert ticket.number in message["subject"]
    assert message["link"].endswith(ticket.get_absolute_url())
    assert len(mail.outbox) == 1


def test_only_the_chosen_topics_have_rows(loft, ticket, requester, agent):
    choose(requester, Topic.REPLIES)

    tickets.accept(ticket, actor=agent, now=SOON)
    reply(ticket, agent)

    assert set(rows(event__kind="accepted")) == {"email"}
    assert set(replies()) == {"email", "pigeon"}


def test_who_was_chosen_by_for_anything_is_notified_of_a_breach(loft, ticket, agent, deliver_all):
    RINGS[agent.pk] = "IR-1"
    choose(agent, Topic.HANDOVERS)

    tickets.scan_clocks(now=ticket.due_at)
    deliver_all(ticket.due_at)

    assert [message["ring"] for message in loft.taken] == ["IR-1"]


def test_who_changed_their_mind_before_the_sending_is_not_reached(
    loft, ticket, requester, agent, deliver_all
):
    choose(requester, Topic.REPLIES)
    reply(ticket, agent)
    services.choose(requester, "pigeon", wanted=[], unwanted=[Topic.REPLIES])

    deliver_all(SOON)

    assert loft.taken == []
    assert replies()["pigeon"].state == "skipped"


def test_who_has_no_address_there_is_skipped(loft, ticket, requester, agent, deliver_all):
    choose(requester, Topic.REPLIES)
    RINGS.clear()

    reply(ticket, agent)
    deliver_all(SOON)

    assert replies()["pigeon"].state == "skipped"


def test_the_choices_are_read_once_however_many_events(loft, ticket, requester, agent):
    choose(requester, Topic.REPLIES, Topic.PROGRESS)
    tickets.accept(ticket, actor=agent, now=SOON)
    reply(ticket, agent)
    events = list(Event.objects.filter(ticket=ticket, actor=agent).select_related("ticket"))
    Notification.objects.all().delete()

    with CaptureQueriesContext(connection) as many:
        services.plan_notifications(events)
    Notification.objects.all().delete()
    with CaptureQueriesContext(connection) as one:
        services.plan_notifications(events[:1])

    assert len(events) == 2
    assert len(many) == len(one)


# --- The page -------------------------------------------------------------------------------------


def test_the_page_has_a_section_for_each_channel(loft, requester, client_of):
    page = client_of(requester).get(PAGE)

    email, bell, pigeon = sections(page)
    assert list(email.values()) == list(bell.values()) == [True] * 4
    assert pigeon == {"pigeon-replies": False, "pigeon-progress": False}
    assert read(page).field("pigeon-settings-ring") == "IR-42"


def test_staff_see_the_topics_of_staff(loft, agent, client_of):
    email, _bell, pigeon = sections(client_of(agent).get(PAGE))

    assert list(email) == [f"email-{topic}" for topic in FOR_STAFF]
    assert list(pigeon) == ["pigeon-handovers", "pigeon-due_soon"]


def test_a_channel_is_chosen_on_the_page(loft, requester, client_of):
    client = client_of(requester)

    client.post(PAGE, {**SHOWN, **MAIL_ON, "pigeon-replies": "on", "pigeon-settings-ring": "IR-43"})

    (choice,) = Preference.objects.all()
    assert (choice.channel, choice.topic, choice.is_wanted) == ("pigeon", "replies", True)
    assert RINGS[requester.pk] == "IR-43"
    _email, _bell, pigeon = sections(client.get(PAGE))
    assert pigeon["pigeon-replies"] is True


def test_two_open_pages_choose_different_channels_without_undoing_each_other(
    loft, requester, client_of
):
    client = client_of(requester)
    mail_off = {name: "on" for name in MAIL_ON if name != "email-replies"}

    client.post(PAGE, {**SHOWN, **MAIL_ON, "pigeon-replies": "on"})
    client.post(PAGE, {**SHOWN, **mail_off})

    chosen = Preference.objects.values_list("channel", "topic", "is_wanted")
    assert set(chosen) == {("pigeon", "replies", True), ("email", "replies", False)}


def test_what_a_channel_refuses_to_save_saves_nothing(loft, requester, client_of):
    answer = client_of(requester).post(
        PAGE, {**SHOWN, **MAIL_ON, "pigeon-replies": "on", "pigeon-settings-ring": "9" * 30}
    )

    assert answer.status_code == 200
    assert read(answer).errors().keys() == {"pigeon-settings-ring"}
    assert not Preference.objects.exists()


# --- One outbox -----------------------------------------------------------------------------------


@pytest.fixture
def chosen(loft, ticket, requester, agent):
    """The rows of a reply, by channel, for somebody who chose pigeons."""
    choose(requester, Topic.REPLIES)
    reply(ticket, agent)
    return replies()


def state(row):
    return Notification.objects.get(pk=row.pk).state


def test_a_message_is_sent_once_however_often_it_is_delivered(loft, chosen):
    for _time in range(3):
        services.deliver(chosen["pigeon"].pk, now=SOON)

    assert len(loft.taken) == 1


def test_a_passing_failure_is_retried_with_the_same_id(loft, chosen):
    loft.verdict = 503
    services.deliver(chosen["pigeon"].pk, now=SOON)
    loft.verdict = 200

    services.deliver(chosen["pigeon"].pk, now=SOON + WAITS[0])

    assert loft.asked == 2
    assert [message["id"] for message in loft.taken] == [chosen["pigeon"].message_id]


def test_a_refusal_fails_at_once(loft, chosen):
    loft.verdict = 404

    services.deliver(chosen["pigeon"].pk, now=SOON)

    assert state(chosen["pigeon"]) == "failed"


def test_a_dead_channel_does_not_delay_mail(loft, chosen, settings, deliver_all):
    settings.LOFT_URL = "http://127.0.0.1:9/"

    deliver_all(SOON)

    assert state(chosen["email"]) == "sent"
    assert state(chosen["pigeon"]) == "pending"


def test_a_dead_mail_server_does_not_delay_another_channel(loft, chosen, settings, deliver_all):
    settings.EMAIL_BACKEND = f"{__name__}.Downed"

    deliver_all(SOON)

    assert state(chosen["email"]) == "pending"
    assert state(chosen["pigeon"]) == "sent"


def test_a_server_that_is_silent_costs_one_time_out_and_not_one_for_each_message(
    loft, ticket, requester, agent, settings, silent_server, deliver_all
):
    choose(requester, Topic.REPLIES)
    for minute in range(3):
        reply(ticket, agent, now=SOON + timedelta(minutes=minute))
    settings.LOFT_URL = silent_server
    now = SOON + timedelta(minutes=3)

    deliver_all(now)

    waiting = Notification.objects.filter(channel="pigeon").order_by("pk")
    assert [row.state for row in waiting] == ["pending"] * 3
    assert [row.next_try_at for row in waiting] == [now + WAITS[0]] * 3
    assert ["timed out" in row.error for row in waiting].count(True) == 1
    assert len(mail.outbox) == 3


def test_a_channel_that_was_silent_is_tried_again_after_the_pause(
    loft, chosen, settings, silent_server, deliver_all
):
    settings.LOFT_URL = silent_server
    deliver_all(SOON)
    settings.LOFT_URL = loft.url

    deliver_all(SOON + WAITS[0])

    assert state(chosen["pigeon"]) == "sent"


def test_the_last_attempt_is_made_even_while_a_channel_is_paused(loft, chosen, settings):
    settings.LOFT_URL = "http://127.0.0.1:9/"
    row = chosen["pigeon"]
    while state(row) == "pending":
        now = Notification.objects.get(pk=row.pk).next_try_at
        services.deliver(row.pk, now=now)

    assert Notification.objects.get(pk=row.pk).error != "paused"


def test_one_row_that_cannot_be_sent_holds_up_no_other(chosen, settings):
    settings.LOFT_URL = "nonsense"
    with pytest.raises(ValueError, match="unknown url type"):
        services.deliver(chosen["pigeon"].pk, now=SOON)

    services.deliver(chosen["email"].pk, now=SOON)

    assert state(chosen["email"]) == "sent"
    assert Notification.objects.get(pk=chosen["pigeon"].pk).next_try_at > SOON


def groups_to_send():
    """The keys of the notifications in each group that a sweep hands over."""
    return [
        list(waiting.values_list("pk", flat=True))
        for _task, waiting in services._to_send(SOON)
        if waiting.model is Notification
    ]


def test_a_sweep_hands_over_each_channel_by_itself(chosen):
    mails, pigeons, others = groups_to_send()

    assert chosen["email"].pk in mails
    assert pigeons == [chosen["pigeon"].pk]
    assert others == []


def test_a_reply_that_no_channel_could_deliver_holds_the_automatic_close(
    loft, ticket, chosen, settings
):
    loft.verdict = 404
    settings.EMAIL_BACKEND = f"{__name__}.Downed"
    services.deliver(chosen["pigeon"].pk, now=SOON)
    assert Ticket.objects.get(pk=ticket.pk).auto_close_at is not None

    while state(chosen["email"]) == "pending":
        now = Notification.objects.get(pk=chosen["email"].pk).next_try_at
        services.deliver(chosen["email"].pk, now=now)

    assert Ticket.objects.get(pk=ticket.pk).auto_close_at is None


# --- The registry ---------------------------------------------------------------------------------


def test_an_unknown_channel_is_refused(requester):
    choice = Preference(user=requester, topic=Topic.REPLIES, channel="sms", is_wanted=True)

    with pytest.raises(ValidationError):
        choice.full_clean()


def test_a_channel_in_use_is_valid_without_a_migration(loft, requester):
    choice = Preference(user=requester, topic=Topic.REPLIES, channel="pigeon", is_wanted=True)

    choice.full_clean()


def test_rows_of_a_channel_that_was_taken_out_of_use_are_shown_and_skipped(
    loft, chosen, settings, admin, client_of, deliver_all
):
    settings.NOTIFICATION_CHANNELS = ["notifications.channels.email"]

    deliver_all(SOON)
    page = client_of(admin).get(reverse("admin:notifications_notification_changelist"))

    assert state(chosen["pigeon"]) == "skipped"
    assert state(chosen["email"]) == "sent"
    assert "pigeon" in page.content.decode()
    assert len(sections(client_of(chosen["email"].recipient).get(PAGE))) == 1


def test_a_sweep_finds_rows_of_a_channel_that_was_taken_out_of_use(chosen, settings):
    settings.NOTIFICATION_CHANNELS = ["notifications.channels.email"]

    assert groups_to_send()[-1] == [chosen["pigeon"].pk]


def test_a_name_that_the_column_has_no_room_for_is_refused(loft, monkeypatch):
    pigeon = channels.channel_named("pigeon")
    monkeypatch.setattr(type(pigeon), "name", "a" * 11)

    with pytest.raises(ImproperlyConfigured):
        channels.registered()
