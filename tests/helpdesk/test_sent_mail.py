"""The pages of mails that were sent with `make run`, and their box for answers; only with DEBUG."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives

from helpdesk.sent_mail import answering, store
from intake import tasks
from tests.factories import NOW, again, make_awaiting_customer, make_closed
from tests.local_mail import send_mail_about
from tests.pages import read
from tickets.models import Message

PAGE = "/sent-mail/"
FORM = {"form_key": "6f0b1c1e-3f0a-4c61-9c5b-2a7a3ce1b0aa", "written_at": "1780000000"}


@pytest.fixture
def debug(settings, tmp_path):
    """A process with DEBUG, but without a mail server of its own."""
    settings.RUN_DIR, settings.DEBUG = tmp_path, True


@pytest.fixture
def mail(local_mail, requester, agent):
    """The mail about an agent's answer, as the page shows it."""
    return send_mail_about(make_awaiting_customer(requester, agent), requester)


def keep(subject="پاسخ تازه", html="<html><head></head><body><b>سلام</b></body></html>", **more):
    message = EmailMultiAlternatives(subject, "سلام", "a@b.example", ["sara@pars.example"], **more)
    message.attach_alternative(html, "text/html")
    store.keep(message.message().as_bytes())
    return store.newest()[0]


def test_without_debug_there_is_no_such_page(client, db, settings, tmp_path):
    settings.RUN_DIR = tmp_path
    mail = keep()

    for address in (PAGE, f"{PAGE}{mail.key}/", f"{PAGE}{mail.key}/html/"):
        assert client.get(address).status_code == 404
    assert client.post(f"{PAGE}{mail.key}/", FORM | {"text": "x"}).status_code == 404


def test_a_mail_is_shown_with_both_forms(client, debug, db):
    mail = keep()

    page = client.get(f"{PAGE}{mail.key}/").content.decode()
    html = client.get(f"{PAGE}{mail.key}/html/")
    assert "پاسخ تازه" in client.get(PAGE).content.decode()
    assert "sara@pars.example" in page
    assert "<b>سلام</b>" in html.content.decode()
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert "script-src 'none'" in html.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("language", "moment"), [("fa", "۸ آذر ۱۴۰۵، ۱۳:۳۰"), ("en", "29 Nov 2026, 13:30")]
)
def test_the_list_of_mails_has_no_raw_dates_nor_subjects_from_the_wrong_side(
    client, debug, db, language, moment
):
    date = {"Date": "Sun, 29 Nov 2026 10:00:00 +0000"}
    mail = keep("ssh وصل نمی‌شود", headers=date)
    client.cookies["django_language"] = language

    for address in (PAGE, f"{PAGE}{mail.key}/"):
        page = client.get(address).content.decode()
        assert moment in read(page).one("main time").text
        assert "+0000" not in page.partition("<pre")[0]
        assert f'dir="rtl">{mail.subject}' in page


def test_a_mail_without_a_date_is_listed_too(client, debug, db):
    store.keep(b"From: a@b.example\nTo: c@d.example\nSubject: x\nDate: soon\n\nx\n")

    assert client.get(PAGE).status_code == 200
    assert store.newest()[0].sent_at is None


def test_the_newest_are_first_and_old_ones_are_forgotten(debug, monkeypatch):
    monkeypatch.setattr(store, "MOST_KEPT", 2)
    for subject in ("one", "two", "three"):
        keep(subject)

    assert [mail.subject for mail in store.newest()] == ["three", "two"]


def test_a_mail_that_is_not_there_is_not_found(client, debug, db):
    assert client.get(f"{PAGE}unknown/").status_code == 404
    assert client.get(f"{PAGE}unknown/html/").status_code == 404


def test_where_mail_leaves_the_machine_there_is_no_box_for_answers(client, debug, db, settings):
    mail = keep()
    settings.IMAP_URL, settings.EMAIL_HOST = "imaps://mail.example", "mail.example"

    page = client.get(f"{PAGE}{mail.key}/")

    assert read(page).all("textarea") == []
    assert client.post(f"{PAGE}{mail.key}/", FORM | {"text": "x"}).status_code == 200
    assert not answering.can_answer(mail)


def test_an_answer_in_the_box_becomes_a_message_of_the_recipient(client, mail, requester):
    posted = client.post(f"{PAGE}{mail.key}/", FORM | {"text": "هنوز همان است."}, follow=True)
    client.post(f"{PAGE}{mail.key}/", FORM | {"text": "هنوز همان است."})
    tasks.receive_mail()

    message = Message.objects.get(channel="email")
    assert (message.body, message.author) == ("هنوز همان است.", requester)
    assert mail.text.splitlines()[0] in message.aside
    assert posted.status_code == 200


def test_the_box_sends_just_thanks_where_the_mail_has_a_link_for_it(
    client, mail, local_mail, requester, agent
):
    ticket = make_closed(requester, agent)
    closing = send_mail_about(ticket, requester)
    form = FORM | {"text": "سپاس", "is_just_thanks": "on"}
    buttons = 'name="is_just_thanks"'
    assert buttons not in client.get(f"{PAGE}{mail.key}/").content.decode()
    assert buttons in client.get(f"{PAGE}{closing.key}/").content.decode()

    client.post(f"{PAGE}{closing.key}/", form)
    tasks.receive_mail()

    message = Message.objects.get(channel="email")
    assert (message.ticket, message.body) == (ticket, "سپاس")
    assert again(ticket).is_closed


def test_an_answer_is_composed_as_a_mail_program_does(mail, requester):
    form = {"form_key": FORM["form_key"], "written_at": NOW}
    answer = answering.compose(mail, "Still the same.", **form)

    read_back = message_from_bytes(answer.as_bytes(), policy=policy.default)
    assert requester.email in read_back["From"]
    assert read_back["To"] == mail.reply_to != requester.email
    assert read_back["Subject"] == f"Re: {mail.subject}"
    assert read_back["In-Reply-To"] == mail.message["Message-ID"]
    assert mail.message["Message-ID"] in read_back["References"]
    body = read_back.get_content()
    assert body.startswith("Still the same.\n\n")
    assert f"\n> {mail.text.splitlines()[0]}" in body


@pytest.mark.parametrize("number", ["7", "604", "12345"])
def test_the_subject_of_an_answer_loses_no_space_after_a_number(mail, number):
    subject = f"پاسخ جدید در تیکت KT-{number}: سرور پاسخ نمی‌دهد"
    named = replace(mail, subject=subject)

    answer = answering.compose(named, "سلام", form_key=FORM["form_key"], written_at=NOW)

    read_back = message_from_bytes(answer.as_bytes(), policy=policy.default)
    assert read_back["Subject"] == f"Re: {subject}"


def test_an_empty_and_a_too_long_answer_are_refused_beside_the_field(client, mail):
    empty = client.post(f"{PAGE}{mail.key}/", FORM | {"text": " "})
    long = client.post(f"{PAGE}{mail.key}/", FORM | {"text": "z" * 20_001})

    assert empty.status_code == long.status_code == 422
    assert read(empty).errors()["text"]
    assert "z" * 20_001 in long.content.decode()


def test_a_mail_server_that_is_away_keeps_the_text(client, mail, settings):
    settings.EMAIL_PORT = 1

    refused = client.post(f"{PAGE}{mail.key}/", FORM | {"text": "still here"})

    assert refused.status_code == 422
    assert read(refused).one("textarea").value == "still here"
    assert read(refused).texts(".form-errors")


def test_the_receiver_of_webhooks_says_what_it_got(client, settings):
    address, body = "/webhook-receiver/", {"type": "ticket.opened"}
    assert client.post(address, body, content_type="application/json").status_code == 404
    settings.DEBUG = True

    known = client.post(address, body, content_type="application/json")
    unknown = client.post(address, "x", content_type="application/json")

    assert (known.status_code, known.content) == (200, b"Received ticket.opened.")
    assert unknown.status_code == 400
