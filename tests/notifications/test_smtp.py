"""Mail through a real SMTP server on this machine: what it takes, refuses, and keeps waiting."""

import re
import socket
from datetime import timedelta

import pytest

from notifications import services
from notifications.channels import WAITS
from notifications.channels.email import transport
from notifications.channels.email.rendering import Letter
from notifications.models import Notification
from tests.factories import NOW
from tests.post_office import open_post_office
from tickets import services as tickets

SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def post(settings):
    with open_post_office() as post:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = post.host, post.port
        yield post


@pytest.fixture
def reply(ticket, agent):
    tickets.reply_as_agent(ticket, actor=agent, content=tickets.NewMessage("پاسخ ما"), now=SOON)
    return Notification.objects.by_external().get(event__kind="agent_replied")


def again(row):
    return Notification.objects.get(pk=row.pk)


def test_a_mail_arrives_with_one_recipient_and_both_forms(post, reply, requester):
    services.deliver(reply.pk, now=SOON)

    [(recipients, message)] = post.taken
    assert recipients == [requester.email]
    assert message["To"] == requester.email
    assert reply.ticket.title in message["Subject"]
    assert "پاسخ ما" in message.get_body(("plain",)).get_content()
    assert "پاسخ ما" in message.get_body(("html",)).get_content()


def raw_subject(post, subject):
    """The subject's header as bytes on the line, its folded lines included."""
    letter = Letter(subject, "text", "<p>text</p>", "fa", "message-1")
    transport.send(letter, "sara@pars.example")
    header = post.raw[-1].partition(b"\r\n\r\n")[0]
    return (
        re.search(rb"^Subject:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", header, re.MULTILINE)
        .group()
        .rstrip()
    )


@pytest.mark.parametrize(
    "subject",
    [
        "KT-549: \u2068سرور تهران\u2069 was closed as resolved by our support team today",
        "تیکت\u200f KT-549\u200e: \u202bsrv-1\u202c",
        "پاسخ تازه به تیکت KT-549: \u2068سرور تهران دوباره از دسترس خارج شده است\u2069",
        "یک عنوان بسیار بلند " * 9,
    ],
)
def test_a_subject_begins_on_the_line_of_its_name(post, subject):
    lines = raw_subject(post, subject).split(b"\r\n")

    assert lines[0].startswith(b"Subject: =?utf-8?")
    assert all(len(line) <= 78 for line in lines)
    plain = re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", subject)
    assert post.taken[0][1]["Subject"] == " ".join(plain.split())


@pytest.mark.parametrize(
    "title", ["عنوان بلند " * 200, "a" * 2000, "خط\r\nBcc: x@y.example\r\n\r\nB"]
)
def test_a_subject_is_one_bounded_line_whatever_the_title(post, title):
    lines = raw_subject(post, f"تیکت KT-1: {title}").split(b"\r\n")

    received = post.taken[0][1]
    assert len(received["Subject"]) <= 180
    assert received["Bcc"] is None
    assert lines[0].startswith(b"Subject: =?utf-8?")
    assert all(len(line) <= 78 for line in lines)


def test_no_header_begins_with_an_empty_line(post, reply, settings):
    settings.SITE_URL = "https://" + "a" * 60 + ".example"
    settings.SITE_NAME_FA = "میز پشتیبانی بسیار بلند شرکت ابری پارس و همکاران در تهران و شهرستان‌ها"

    services.deliver(reply.pk, now=SOON)

    headers = post.raw[0].partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [line for line in headers if re.fullmatch(rb"\S+:\s*", line)] == []
    assert max(map(len, headers)) < 998


def test_a_mail_about_a_ticket_names_its_kind_its_thread_and_where_answers_go(post, reply, ticket):
    services.deliver(reply.pk, now=SOON)

    [(_recipients, message)] = post.taken
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["List-Id"] == "<tickets.testserver>"
    assert message["In-Reply-To"] == message["References"] == f"<ticket-{ticket.pk}@testserver>"
    assert message["Reply-To"] == "no-reply@localhost"


def test_a_plain_subject_is_not_encoded_for_isolate_marks(post):
    raw = raw_subject(post, "New reply on ticket KT-549: \u2068Server is down\u2069")

    assert raw == b"Subject: New reply on ticket KT-549: Server is down"


def test_a_repeated_mail_carries_the_same_message_id(post, reply):
    services.deliver(reply.pk, now=SOON)
    Notification.objects.filter(pk=reply.pk).update(state="pending", next_try_at=SOON)
    services.deliver(reply.pk, now=SOON)

    first, second = (message["Message-ID"] for _recipients, message in post.taken)
    assert first == second


def test_mails_of_one_ticket_are_shown_together(post, reply, ticket, agent):
    tickets.resume(ticket, actor=agent, now=SOON)
    resumed = Notification.objects.by_external().get(event__kind="resumed")
    services.deliver(reply.pk, now=SOON)
    services.deliver(resumed.pk, now=SOON)

    threads = {message["References"] for _recipients, message in post.taken}
    assert len(threads) == 1


def test_a_permanent_refusal_fails_at_once(post, reply):
    post.verdict = "550 no such person"

    services.deliver(reply.pk, now=SOON)

    assert (again(reply).state, again(reply).attempts) == ("failed", 1)
    assert "no such person" in again(reply).error


def test_a_passing_refusal_is_tried_again(post, reply):
    post.verdict = "450 try later"
    services.deliver(reply.pk, now=SOON)
    post.verdict = None

    services.deliver(reply.pk, now=SOON + WAITS[0])

    assert again(reply).state == "sent"
    assert len(post.taken) == 1


def test_a_server_that_never_answers_is_left_after_the_time_out(reply, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.2
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()

        services.deliver(reply.pk, now=SOON)

    assert again(reply).state == "pending"
    assert again(reply).next_try_at == SOON + WAITS[0]
