"""The page of mails that were sent on a machine without a mail server; only with DEBUG."""

import io

import pytest
from django.core.mail import EmailMultiAlternatives

from helpdesk import sent_mail

PAGE = "/sent-mail/"


@pytest.fixture
def debug(settings, tmp_path):
    """A process with DEBUG, as `make run` starts it."""
    settings.RUN_DIR, settings.DEBUG = tmp_path, True


def send(subject="پاسخ تازه", html="<html><head></head><body><b>سلام</b></body></html>"):
    message = EmailMultiAlternatives(subject, "سلام", "a@b.example", ["sara@pars.example"])
    message.attach_alternative(html, "text/html")
    stream = io.StringIO()
    sent_mail.EmailBackend(stream=stream).send_messages([message])
    return stream.getvalue()


def test_without_debug_there_is_no_such_page(client, db, settings, tmp_path):
    settings.RUN_DIR = tmp_path
    send()
    [mail] = sent_mail.newest()

    for address in (PAGE, f"{PAGE}{mail.key}/", f"{PAGE}{mail.key}/html/"):
        assert client.get(address).status_code == 404


def test_a_mail_is_printed_and_shown_with_both_forms(client, debug, db):
    printed = send()

    [mail] = sent_mail.newest()
    page = client.get(f"{PAGE}{mail.key}/").content.decode()
    html = client.get(f"{PAGE}{mail.key}/html/")
    assert "سلام" in printed
    assert "<b>" not in printed
    assert "پاسخ تازه" in client.get(PAGE).content.decode()
    assert "sara@pars.example" in page
    assert "<b>سلام</b>" in html.content.decode()
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert "script-src 'none'" in html.headers["Content-Security-Policy"]


def test_the_newest_are_first_and_old_ones_are_forgotten(debug, monkeypatch):
    monkeypatch.setattr(sent_mail, "MOST_KEPT", 2)
    for subject in ("one", "two", "three"):
        send(subject)

    assert [mail.subject for mail in sent_mail.newest()] == ["three", "two"]


def test_a_mail_that_is_not_there_is_not_found(client, debug, db):
    assert client.get(f"{PAGE}unknown/").status_code == 404
    assert client.get(f"{PAGE}unknown/html/").status_code == 404
