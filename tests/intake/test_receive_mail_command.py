"""`manage.py receive_mail` for a pipe and a spool, with the exit codes that mail servers know."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from intake import services
from intake.models import ReceivedMail
from tests.factories import make_ticket
from tickets.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("intake")]


@pytest.fixture
def pipe(monkeypatch):
    """Run the command with a mail on standard input."""

    def run(content, *arguments):
        standard_input = io.TextIOWrapper(io.BytesIO(content))
        monkeypatch.setattr("sys.stdin", standard_input)
        call_command("receive_mail", "-", *arguments, stdout=io.StringIO())

    return run


def exit_code_of(call, *arguments):
    with pytest.raises(CommandError) as refused:
        call(*arguments)
    return refused.value.returncode


def test_a_piped_mail_is_kept_and_becomes_a_message(requester, mail_to, pipe):
    ticket = make_ticket(requester)

    pipe(mail_to(ticket, requester, "از لوله"), "--sender", requester.email)
    services.process_waiting()

    assert Message.objects.get(channel="email").body == "از لوله"


def test_a_mail_with_an_empty_envelope_sender_is_no_message(requester, mail_to, pipe):
    ticket = make_ticket(requester)

    pipe(mail_to(ticket, requester), "--sender", "")
    services.process_waiting()

    assert ReceivedMail.objects.get().state == "ignored"


def test_an_empty_pipe_is_no_mail(pipe):
    assert exit_code_of(pipe, b" \n") == 65


@pytest.mark.parametrize("error", [OperationalError("away"), MemoryError(), ValueError("a fault")])
def test_what_could_not_be_kept_makes_the_server_try_again(pipe, monkeypatch, error):
    def away(*args, **options):
        raise error

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_create", away)

    assert exit_code_of(pipe, b"Subject: x\n\nhi") == 75


def test_a_spool_is_emptied_once_its_mails_are_kept(requester, mail_to, tmp_path):
    ticket = make_ticket(requester)
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(mail_to(ticket, requester, f"پیام {number}"))
    (tmp_path / ".writing").write_bytes(b"half")

    call_command("receive_mail", str(tmp_path), stdout=io.StringIO())

    assert ReceivedMail.objects.count() == 3
    assert [each.name for each in tmp_path.iterdir()] == [".writing"]


def test_a_missing_spool_and_answers_that_are_off_have_codes_of_their_own(settings, tmp_path):
    assert exit_code_of(call_command, "receive_mail", str(tmp_path / "none")) == 66

    settings.INTAKE_ADDRESS = ""

    assert exit_code_of(call_command, "receive_mail") == 78
