"""A mail becomes a message by the rules of the page, or is held back with a reason."""

import base64
from datetime import timedelta

import pytest

from intake import services
from intake.models import ReceivedMail
from intake.parsing import Envelope
from notifications.models import AccountMail
from tests.factories import NOW, again, make_awaiting_customer, make_closed, make_ticket
from tickets.attachments.stores import LocalStore
from tickets.choices import Status
from tickets.errors import TicketError
from tickets.models import Event, Message, Ticket
from tickets.reply_addresses import Purpose, address_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("intake")]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ticket(requester, agent):
    return make_awaiting_customer(requester, agent)


def settled(row):
    return row.state, row.reason


def with_files(content, *files):
    """A mail with files (name, bytes) beside its text."""
    head, _blank, text = content.partition(b"\n\n")
    head = head.replace(
        b"Content-Type: text/plain; charset=utf-8", b"Content-Type: multipart/mixed; boundary=b"
    )
    parts = [b"Content-Type: text/plain; charset=utf-8\n\n" + text]
    for name, held in files:
        parts.append(
            f"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
            f'Content-Disposition: attachment; filename="{name}"\n\n'.encode()
            + base64.encodebytes(held)
        )
    return head + b"\n\n" + b"".join(b"--b\n" + each + b"\n" for each in parts) + b"--b--\n"


def test_a_mail_waits_while_its_files_cannot_be_kept_and_loses_none(
    ticket, requester, mail_to, monkeypatch
):
    content = with_files(mail_to(ticket, requester), ("log.txt", b"a line"))
    row = services.receive(content, now=LATER)

    def full(*_given, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(LocalStore, "save", full)
        for _run in range(5):
            with pytest.raises(TicketError):
                services.process_waiting(now=LATER)
    waiting = again(row)
    settled_as = services.process_waiting(now=LATER)

    assert (waiting.state, waiting.attempts) == ("received", 0)
    assert settled_as == {"posted": 1}
    assert [file.name for file in again(row).message.attachments.all()] == ["log.txt"]


def test_a_customers_answer_is_their_message_and_returns_the_ticket(
    ticket, requester, mail_to, arrive
):
    text = "هنوز همان است.\n\nOn Sat, 2 May 2026, Helpdesk wrote:\n> قبلی\n"

    row = arrive(mail_to(ticket, requester, text), now=LATER)

    message = row.message
    assert settled(row) == ("posted", "")
    assert (message.author, message.body, message.channel) == (requester, "هنوز همان است.", "email")
    assert "> قبلی" in message.aside
    assert again(ticket).status == Status.AWAITING_RESPONSE
    assert again(ticket).last_public_message == message


def test_an_agents_answer_is_a_public_reply_after_which_the_customer_is_awaited(
    requester, agent, mail_to, arrive
):
    ticket = make_ticket(requester)
    text = "بررسی شد.\n\nOn Sat, 2 May 2026, Helpdesk wrote:\n> due 10:00, late by 2 hours\n"

    row = arrive(mail_to(ticket, agent, text), now=LATER)

    assert settled(row) == ("posted", "")
    assert (row.message.is_from_staff, row.message.kind) == (True, "public")
    # What an agent quotes may be meant for staff only.
    assert "late by" not in row.message.body + row.message.aside
    assert again(ticket).status == Status.AWAITING_CUSTOMER
    assert again(ticket).assignee == agent


def test_the_same_mail_becomes_one_message_however_often_it_comes(
    ticket, requester, mail_to, arrive
):
    content = mail_to(ticket, requester)
    first = arrive(content, now=LATER)

    copy = b"Received: from mx2.example\nX-Spam: no\n" + content.replace(b"\n", b"\r\n")
    second = arrive(copy, now=LATER)
    services.process(first.pk, now=LATER)

    assert second.pk == first.pk
    assert Message.objects.filter(ticket=ticket, channel="email").count() == 1
    assert ReceivedMail.objects.count() == 1


def test_two_mails_with_one_message_id_and_different_texts_are_both_kept(
    ticket, requester, mail_to, arrive
):
    arrive(mail_to(ticket, requester, "یک"), now=LATER)
    arrive(mail_to(ticket, requester, "دو"), now=LATER)

    bodies = Message.objects.filter(channel="email").order_by("pk").values_list("body", flat=True)
    assert list(bodies) == ["یک", "دو"]


def test_a_mail_on_a_closed_ticket_reopens_it(requester, agent, mail_to, arrive):
    ticket = make_closed(requester, agent)

    row = arrive(mail_to(ticket, requester), now=LATER)

    assert row.state == "posted"
    assert again(ticket).status == Status.AWAITING_RESPONSE
    assert ticket.events.filter(kind=Event.Kind.REOPENED).exists()


def test_a_mail_on_a_ticket_closed_for_long_opens_a_follow_up(
    requester, agent, mail_to, arrive, settings
):
    settings.REOPEN_WITHIN_DAYS = 30
    ticket = make_closed(requester, agent, now=NOW - timedelta(days=40))

    row = arrive(mail_to(ticket, requester, "دوباره قطع است."))

    assert settled(row)[0] == "posted"
    new = Ticket.objects.exclude(pk=ticket.pk).get()
    assert (row.ticket, row.message.body) == (new, "دوباره قطع است.")
    assert row.message.channel == "email"
    assert again(ticket).is_closed
    assert new.linked_from.get().ticket == ticket


def test_an_agents_mail_on_a_ticket_closed_for_long_waits_and_then_opens_a_follow_up(
    requester, agent, mail_to, arrive, settings
):
    settings.REOPEN_WITHIN_DAYS = 30
    ticket = make_closed(requester, agent, now=NOW - timedelta(days=40))
    row = arrive(mail_to(ticket, agent, "باز هم بررسی کردیم."))
    assert settled(row) == ("held", "closed")

    services.accept(row, actor=agent, now=NOW)

    new = Ticket.objects.exclude(pk=ticket.pk).get()
    assert (new.requester, new.opened_by) == (requester, agent)
    assert again(ticket).is_closed


def test_just_thanks_on_a_closed_ticket_leaves_it_closed(requester, agent, mail_to, arrive):
    ticket = make_closed(requester, agent)
    address = address_for(ticket, requester, Purpose.THANKS)

    row = arrive(mail_to(ticket, requester, "ممنون", to=address), now=LATER)

    assert row.message.is_just_thanks
    assert again(ticket).is_closed


def test_an_agents_mail_on_a_closed_ticket_waits_for_a_decision(requester, agent, mail_to, arrive):
    ticket = make_closed(requester, agent)

    row = arrive(mail_to(ticket, agent), now=LATER)

    assert settled(row) == ("held", "closed")
    assert again(ticket).is_closed


def test_a_right_address_from_another_sender_is_held_until_an_agent_accepts(
    ticket, requester, agent, mail_to, arrive
):
    row = arrive(mail_to(ticket, requester, sender="ali@home.example"), now=LATER)
    assert settled(row) == ("held", "other_sender")
    assert not Message.objects.filter(channel="email").exists()

    row = services.accept(row, actor=agent, now=LATER)

    assert row.state == "posted"
    assert (row.message.author, row.message.sent_from) == (requester, "ali@home.example")
    assert row.settled_by == agent


def test_the_envelope_names_the_address_when_the_header_does_not(
    ticket, requester, mail_to, arrive
):
    content = mail_to(ticket, requester, to="somebody@list.example")
    envelope = Envelope(requester.email, (address_for(ticket, requester).upper(),))

    row = arrive(content, now=LATER, envelope=envelope)

    assert row.state == "posted"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("Auto-Submitted: auto-replied\n", "automatic"),
        ("Precedence: bulk\n", "automatic"),
        ("List-Id: <x.example>\n", "list"),
        ("Return-Path: <>\n", "automatic"),
        ("X-Failed-Recipients: a@b.example\n", "bounce"),
    ],
)
def test_what_a_program_wrote_never_becomes_a_message_and_is_never_answered(
    ticket, requester, mail_to, arrive, more, reason
):
    row = arrive(mail_to(ticket, requester, more=more), now=LATER)
    stray = arrive(mail_to(ticket, requester, more=more, to="support@help.example"), now=LATER)

    assert settled(row) == settled(stray) == ("ignored", reason)
    assert not Message.objects.filter(channel="email").exists()
    assert not AccountMail.objects.exists()


def test_our_own_mail_is_ignored(ticket, requester, mail_to, arrive):
    row = arrive(mail_to(ticket, requester, sender="support@help.example"), now=LATER)

    assert settled(row) == ("ignored", "own")


def test_a_stranger_is_answered_once_a_day_and_nothing_of_theirs_is_quoted(
    ticket, requester, mail_to, arrive
):
    for number in range(3):
        row = arrive(
            mail_to(
                ticket,
                requester,
                f"راز {number}",
                to="support@help.example",
                sender="stranger@x.example",
                subject="Secret KT-1",
            ),
            now=LATER,
        )
        assert settled(row) == ("refused", "no_token")

    answer = AccountMail.objects.get()
    assert answer.recipient == "stranger@x.example"
    assert "Secret" not in answer.subject + answer.body
    assert "راز" not in answer.body
    assert "/tickets/new/" in answer.body


def test_a_number_in_the_subject_and_a_known_sender_add_nothing(ticket, requester, mail_to, arrive):
    row = arrive(
        mail_to(ticket, requester, to="support@help.example", subject=f"Re: {ticket.number}"),
        now=LATER,
    )

    assert settled(row) == ("refused", "no_token")
    assert not Message.objects.filter(channel="email").exists()


def test_a_forged_token_goes_into_quarantine(ticket, requester, mail_to, arrive):
    row = arrive(
        mail_to(ticket, requester, to=f"support+{ticket.number}.{'a' * 20}r1@help.example"),
        now=LATER,
    )

    assert settled(row) == ("quarantined", "bad_token")
    assert (row.person, row.ticket) == (None, None)


def test_a_removed_members_mail_is_no_message(ticket, colleague, mail_to, arrive):
    content = mail_to(ticket, colleague)
    colleague.memberships.all().delete()

    row = arrive(content, now=LATER)

    assert settled(row) == ("quarantined", "bad_token")


def test_a_mail_to_two_tickets_is_held_back(ticket, requester, mail_to, arrive):
    other = make_ticket(requester)
    both = f"{address_for(ticket, requester)}, {address_for(other, requester)}"

    row = arrive(mail_to(ticket, requester, to=both), now=LATER)

    assert settled(row) == ("quarantined", "several")


def test_copied_addresses_gain_nothing(ticket, requester, outsider, mail_to, arrive):
    arrive(
        mail_to(ticket, requester, more=f"Cc: {outsider.email}\nReply-To: x@y.example\n"), now=LATER
    )

    assert not ticket.watchers.exists()


def test_five_hundred_mails_within_a_minute_are_held_back_from_the_eleventh_on(
    ticket, requester, mail_to, arrive
):
    rows = [arrive(mail_to(ticket, requester, f"پیام {n}"), now=LATER) for n in range(14)]

    assert [row.state for row in rows] == ["posted"] * 10 + ["quarantined"] * 4
    assert rows[-1].reason == "too_many"


def test_a_mail_that_cannot_be_read_goes_into_quarantine_and_can_be_released(
    ticket, requester, supervisor, mail_to, arrive
):
    content = mail_to(ticket, requester).replace(
        b"text/plain; charset=utf-8", b"multipart/encrypted; boundary=x"
    )
    row = arrive(content, now=LATER)
    assert settled(row) == ("quarantined", "encrypted")

    row = services.release(row, actor=supervisor, now=LATER)

    assert row.state == "posted"
    assert row.message.author == requester


def test_a_mail_of_nobody_is_released_as_an_internal_note(
    ticket, requester, supervisor, mail_to, arrive
):
    row = arrive(mail_to(ticket, requester, "متن", to="support@help.example"), now=LATER)

    row = services.release(row, actor=supervisor, ticket=ticket, now=LATER)

    assert (row.state, row.message.kind, row.message.author) == ("posted", "note", supervisor)
    assert "متن" in row.message.body


def test_a_suspended_organizations_mail_is_held_back(
    ticket, requester, organization, mail_to, arrive
):
    content = mail_to(ticket, requester)
    organization.suspended_at = NOW
    organization.save()

    row = arrive(content, now=LATER)

    assert settled(row) == ("quarantined", "forbidden")


def test_files_pass_the_usual_checks_and_the_refused_ones_are_reported_by_one_mail(
    ticket, requester, mail_to, arrive
):
    content = with_files(
        mail_to(ticket, requester),
        ("log.txt", b"one\n"),
        ("run.exe", b"MZ\x90\x00" * 20),
        ("empty.txt", b"\n"),
        ("page.html", b"<script>\n"),
    )

    row = arrive(content, now=LATER)

    names = set(row.message.attachments.values_list("name", flat=True))
    assert names == {"log.txt", "empty.txt"}
    report = AccountMail.objects.get()
    assert report.recipient == requester.email
    assert "run.exe" in report.body
    assert "page.html" in report.body


def test_of_forty_files_as_many_are_taken_as_a_message_may_have(ticket, requester, mail_to, arrive):
    files = [(f"{n}.txt", b"line\n") for n in range(40)]

    row = arrive(with_files(mail_to(ticket, requester), *files), now=LATER)

    assert row.message.attachments.count() == 10
    assert "«39.txt»: " in AccountMail.objects.get().body


def test_a_very_long_text_is_cut_and_the_rest_folded(ticket, requester, mail_to, arrive):
    text = "\n".join(f"line {n}" for n in range(10_000))

    row = arrive(mail_to(ticket, requester, text), now=LATER)

    assert len(row.message.body) == 20_000
    assert "line 9999" in row.message.aside


def test_a_quote_shows_nobody_elses_address_for_answers(ticket, requester, mail_to, arrive):
    address = address_for(ticket, requester)

    row = arrive(mail_to(ticket, requester, f"متن\n\nOn 1 May <{address}> wrote:\n> a"), now=LATER)

    assert address not in row.message.body + row.message.aside


def test_a_mail_that_fails_at_every_attempt_ends_in_quarantine(ticket, requester, mail_to):
    row = services.receive(mail_to(ticket, requester), now=LATER)
    ReceivedMail.objects.filter(pk=row.pk).update(attempts=3)

    services.process_waiting(now=LATER)

    assert settled(again(row)) == ("quarantined", "failed")


def test_thirty_megabytes_are_kept_and_settled(ticket, requester, mail_to, arrive):
    content = mail_to(ticket, requester, "x" * 26_300_000)

    row = arrive(content, now=LATER)

    assert settled(row) == ("quarantined", "too_large")
    assert row.ticket == ticket


def test_agents_decide_on_held_mails_and_supervisors_on_quarantine(
    ticket, requester, agent, supervisor, mail_to, arrive
):
    held = arrive(mail_to(ticket, requester, sender="ali@home.example"), now=LATER)
    quarantined = arrive(mail_to(ticket, requester, to="support+KT-1.x@help.example"), now=LATER)

    for refused in (
        lambda: services.release(quarantined, actor=agent, ticket=ticket),
        lambda: services.discard(quarantined, actor=agent),
        lambda: services.accept(held, actor=requester),
        lambda: services.release(held, actor=supervisor),
    ):
        with pytest.raises(TicketError):
            refused()
    assert services.discard(held, actor=agent, now=LATER).state == "discarded"
