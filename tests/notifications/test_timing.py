"""Quiet hours and digests: what can wait waits for its hour and goes as one; nothing else does."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from notifications import services
from notifications.models import Notification, Timing
from notifications.timing import held_until
from tests.factories import make_agent, make_content, make_organization, make_ticket
from tests.pages import read
from tickets import services as tickets

TEHRAN = ZoneInfo("Asia/Tehran")
PAGE = "/profile/notifications/"


def tehran(day, hour, minute=0):
    return datetime(2026, 5, day, hour, minute, tzinfo=TEHRAN)


def quiet(start, end, **fields):
    return Timing(quiet_from=time(start), quiet_until=time(end), **fields)


@pytest.mark.parametrize(
    ("timing", "created", "now", "until"),
    [
        (Timing(), tehran(3, 23), tehran(3, 23), None),
        (quiet(22, 8), tehran(3, 21, 59), tehran(3, 21, 59), None),
        (quiet(22, 8), tehran(3, 22), tehran(3, 22), tehran(4, 8)),
        (quiet(22, 8), tehran(4, 7, 59), tehran(4, 7, 59), tehran(4, 8)),
        (quiet(22, 8), tehran(3, 23), tehran(4, 8), None),
        (quiet(12, 14), tehran(3, 13), tehran(3, 13), tehran(3, 14)),
        (Timing(digest="hourly"), tehran(3, 9, 20), tehran(3, 9, 20), tehran(3, 10)),
        (Timing(digest="hourly"), tehran(3, 9, 20), tehran(3, 10, 5), None),
        (Timing(digest="daily", digest_hour=9), tehran(3, 9), tehran(3, 9), tehran(4, 9)),
        (Timing(digest="daily", digest_hour=9), tehran(3, 8), tehran(3, 8), tehran(3, 9)),
        (Timing(digest="daily", digest_hour=9), tehran(3, 8), tehran(6, 12), None),
        (quiet(8, 11, digest="daily", digest_hour=9), tehran(3, 8), tehran(3, 8), tehran(3, 11)),
    ],
)
def test_what_can_wait_is_held_until(timing, created, now, until):
    at = held_until(timing, created.astimezone(UTC), now=now.astimezone(UTC), zone=TEHRAN)

    assert at == until


def save(person, **answers):
    answers = {"digest": "", "digest_hour": 9, "quiet_from": None, "quiet_until": None} | answers
    services.save_timing(person, answers, now=tehran(1, 0))


def mails_to(person):
    return [message for message in mail.outbox if message.to == [person.email]]


def sweep(now):
    for pk in list(Notification.objects.to_send(now).leads().values_list("pk", flat=True)):
        services.deliver(pk, now=now)


def test_replies_of_a_day_are_one_mail_at_the_hour_of_the_person(requester, agent):
    save(requester, digest="daily", digest_hour=18)
    for hour in (10, 11):
        ticket = make_ticket(requester, now=tehran(3, hour))
        tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=tehran(3, hour, 30))
        sweep(tehran(3, hour, 31))
    assert mails_to(requester) == []

    sweep(tehran(3, 18))

    assert len(mails_to(requester)) == 1
    rows = Notification.objects.by_external().filter(recipient=requester)
    assert {(row.state, row.attempts) for row in rows} == {("sent", 1)}


def test_the_bell_does_not_wait(requester, agent):
    save(requester, digest="daily")
    tickets.reply_as_agent(
        make_ticket(requester, now=tehran(3, 10)),
        actor=agent,
        content=make_content(),
        now=tehran(3, 11),
    )

    assert Notification.objects.filter(channel="bell", recipient=requester, read_at=None).exists()


def test_a_critical_opening_what_is_due_soon_and_a_breach_never_wait(requester, agent):
    save(agent, quiet_from=time(0), quiet_until=time(23, 59), digest="daily")
    membership = requester.memberships.get()
    membership.organization.plan = make_organization("Other", plan="enterprise").plan
    membership.organization.save()
    ticket = make_ticket(requester, priority="critical", now=tehran(3, 3, 10))
    make_ticket(requester, priority="normal", now=tehran(3, 3, 10))

    sweep(tehran(3, 3, 10))
    assert len(mails_to(agent)) == 1

    tickets.scan_clocks(now=ticket.due_soon_at)
    sweep(ticket.due_soon_at)
    assert len(mails_to(agent)) == 2

    tickets.scan_clocks(now=ticket.due_at)
    sweep(ticket.due_at)
    assert len(mails_to(agent)) == 3


def test_what_was_accepted_while_it_waited_is_not_sent(requester, agent):
    second = make_agent("agent2@helpdesk.example")
    save(agent, quiet_from=time(22), quiet_until=time(8))
    ticket = make_ticket(requester, now=tehran(3, 23))
    sweep(tehran(3, 23))
    tickets.accept(ticket, actor=second, now=tehran(4, 7))

    sweep(tehran(4, 8))

    assert mails_to(agent) == []


def test_who_takes_back_their_digest_is_sent_what_waits(requester, agent):
    save(requester, digest="daily", digest_hour=18)
    ticket = make_ticket(requester, now=tehran(3, 10))
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=tehran(3, 11))
    sweep(tehran(3, 11))

    save(requester)
    sweep(tehran(3, 12))

    assert len(mails_to(requester)) == 1


def test_the_hours_are_chosen_on_the_page(requester, client_of):
    client = client_of(requester)

    client.post(
        PAGE,
        {
            "timing-digest": "daily",
            "timing-digest_hour": "18",
            "timing-quiet_from": "22:00",
            "timing-quiet_until": "08:00",
        },
    )

    timing = Timing.objects.get(user=requester)
    assert (timing.digest, timing.digest_hour) == ("daily", 18)
    assert (timing.quiet_from, timing.quiet_until) == (time(22), time(8))
    assert 'value="22:00"' in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"timing-quiet_from": "22:00"}, "quiet_until"),
        ({"timing-quiet_until": "8:00"}, "quiet_from"),
        ({"timing-quiet_from": "8:00", "timing-quiet_until": "8:00"}, "quiet_until"),
        ({"timing-digest_hour": "24"}, "digest_hour"),
        ({"timing-digest": "weekly"}, "digest"),
        ({"timing-quiet_from": "x", "timing-quiet_until": "8:00"}, "quiet_from"),
    ],
)
def test_hours_that_are_none_are_refused_beside_their_field(requester, client_of, wrong, beside):
    answer = client_of(requester).post(PAGE, {"timing-digest": ""} | wrong)

    assert answer.status_code == 200
    assert read(answer).errors().keys() == {f"timing-{beside}"}
    assert not Timing.objects.exists()


def test_a_page_without_the_hours_leaves_them_alone(requester, client_of):
    save(requester, digest="hourly")

    client_of(requester).post(PAGE, {"initial-email-replies": "True"})

    assert Timing.objects.get().digest == "hourly"


def test_hours_in_the_night_of_a_clock_change_end():
    berlin = ZoneInfo("Europe/Berlin")
    night = datetime(2026, 3, 29, 1, 30, tzinfo=berlin)

    until = held_until(quiet(1, 3), night.astimezone(UTC), now=night.astimezone(UTC), zone=berlin)

    assert until - night.astimezone(UTC) == timedelta(minutes=30)
