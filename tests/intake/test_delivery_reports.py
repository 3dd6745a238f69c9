"""Delivery reports: what they fail, whom they mark, what they hold, and what they never do."""

import re
from datetime import time, timedelta
from pathlib import Path

import pytest
from allauth.account.signals import email_confirmed
from django.core import mail
from django.core.management import call_command
from django.utils import timezone, translation

from intake.models import ReceivedMail
from notifications import mail_services, outbox, return_paths, services, undeliverable
from notifications.channels import AddressRefused
from notifications.models import AccountMail, AddressFailure, Notification
from notifications.reasons import reason_text
from notifications.topics import topics_for
from organizations import services as people
from organizations.models import User
from tests.factories import NOW, again, make_content, make_member
from tests.post_office import open_post_office
from tickets import services as tickets
from tickets.choices import HoldCode
from tickets.models import Event, Message, Watcher

from .bounces import report_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("intake")]
CORPUS = Path(__file__).with_name("corpus")
SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(hours=1)


@pytest.fixture
def reply(ticket, agent):
    """Send a reply at a moment, and return the sent notification of it to the requester."""
    numbers = iter(range(99))

    def send(now=SOON):
        before = set(mails().values_list("pk", flat=True))
        body = f"پاسخ {next(numbers)}"
        tickets.reply_as_agent(ticket, actor=agent, content=make_content(body), now=now)
        for row in mails().exclude(pk__in=before).order_by("pk"):
            services.deliver(row.pk, now=now)
        return mails().exclude(pk__in=before).get(recipient=ticket.requester)

    return send


@pytest.fixture
def comes_back(arrive, requester):
    """Let a report about a sent mail arrive."""

    def run(row, *, now=LATER, **facts):
        facts = {"message_id": f"report-{row.pk}@mx.pars.example"} | facts
        content = report_of(return_paths.address_for(row), requester.email, **facts)
        return arrive(content, now=now)

    return run


def mails():
    """The mails about replies, to anybody."""
    return Notification.objects.by_channel("email").filter(event__kind="agent_replied")


def ended(row):
    row = again(row)
    return row.state, row.error


def test_a_failed_report_fails_the_notification_with_the_servers_answer(reply, comes_back):
    row = reply()

    report = comes_back(row)

    assert (report.state, report.reason) == ("ignored", "bounce")
    assert ended(row) == ("failed", "returned 550 5.1.1 User unknown")
    assert again(row).sent_at == SOON
    with translation.override("en"):
        assert reason_text(again(row).error) == "It came back: \u2068550 5.1.1 User unknown\u2069"


@pytest.mark.parametrize(
    ("name", "state", "stored"),
    [
        ("bounce-postfix", "failed", "returned 550 5.1.1 <nima@pars.example>: Recipient"),
        ("bounce-exchange", "failed", "returned 550 5.7.1 RESOLVER"),
        ("bounce-gmail", "failed", "returned 550-5.1.1 The email account"),
        ("bounce-exim", "failed", "returned host mx.pars.example"),
        ("bounce-qmail", "failed", "returned Sorry, no mailbox here"),
        ("bounce-sendmail-full", "failed", "returned 452 4.2.2 Over quota"),
        ("bounce-postfix-delayed", "sent", "delayed 4.4.1 connect timed out"),
        ("bounce-exim-warning", "sent", "delayed host mx.pars.example"),
        ("bounce-without-details", "sent", "reported"),
    ],
)
def test_the_reports_of_the_usual_servers(reply, arrive, name, state, stored):
    row = reply()
    content = (CORPUS / f"{name}.eml").read_bytes()
    address = return_paths.address_for(row).encode()

    arrive(re.sub(rb"^To: .*$", b"To: " + address, content, count=1, flags=re.MULTILINE), now=LATER)

    assert ended(row)[0] == state
    assert ended(row)[1].startswith(stored)


def test_a_delay_is_noted_and_a_later_failure_counts(reply, comes_back):
    row = reply()

    comes_back(row, action="delayed", status="4.4.1", text="timed out", message_id="a@mx.example")
    assert ended(row) == ("sent", "delayed 4.4.1 timed out")
    comes_back(row, message_id="b@mx.example")

    assert ended(row)[0] == "failed"


def test_the_same_report_twice_changes_nothing(reply, comes_back, requester, ticket):
    row = reply()

    comes_back(row)
    comes_back(row)
    comes_back(row, message_id="other@mx.example", text="552 5.2.2 full")

    assert ended(row) == ("failed", "returned 550 5.1.1 User unknown")
    assert ticket.events.filter(kind=Event.Kind.HELD).count() == 1
    assert not again(requester).is_undeliverable


@pytest.mark.parametrize("change", ["forged", "truncated", "of another", "expired", "off"])
def test_an_address_that_was_not_signed_for_the_mail_changes_nothing(
    reply, arrive, requester, settings, change
):
    row, other, now = reply(), reply(SOON + timedelta(minutes=1)), LATER
    address = return_paths.address_for(row)
    tag = address.partition("+")[2].partition("@")[0]
    if change == "forged":
        address = address.replace(tag[7:17], "aaaaaaaaaa")
    elif change == "truncated":
        address = address.replace(tag, tag[:-2])
    elif change == "of another":
        signature = return_paths.address_for(other).partition("+")[2][:27]
        address = address.replace(tag[:27], signature)
    elif change == "expired":
        now = SOON + return_paths.VALID + timedelta(hours=1)
    else:
        address = "support@help.example"

    kept = arrive(report_of(address, requester.email), now=now)

    assert ended(row) == ("sent", "")
    assert (kept.state, kept.reason) == ("ignored", "bounce" if change == "off" else "bad_return")
    assert not AccountMail.objects.exists()


def test_upper_case_does_not_matter_and_the_address_is_short(reply, arrive, requester):
    row = reply()
    address = return_paths.address_for(row)

    arrive(report_of(address.upper(), requester.email), now=LATER)

    assert ended(row)[0] == "failed"
    assert len(address.partition("@")[0]) <= 64


def test_the_longest_address_has_room_before_the_at(settings, reply):
    settings.INTAKE_ADDRESS = f"{'s' * 20}@help.example"
    row = reply()
    row.pk = 2**63 - 1

    assert len(return_paths.address_for(row).partition("@")[0]) <= 64


def test_a_report_never_answers_or_opens_a_ticket(reply, comes_back, ticket):
    row = reply()
    messages = Message.objects.count()

    comes_back(row)

    assert Message.objects.count() == messages
    assert again(ticket).status == "awaiting_customer"


def test_a_report_of_an_account_mail_fails_it(arrive, requester):
    account_mail = AccountMail.objects.create(
        recipient=requester.email, subject="Hello", body="x", created_at=NOW, next_try_at=NOW
    )
    mail_services.deliver_account_mail(account_mail.pk, now=LATER)

    arrive(report_of(return_paths.address_for(account_mail), requester.email), now=LATER)

    assert ended(account_mail) == ("failed", "returned 550 5.1.1 User unknown")
    assert not again(requester).is_undeliverable


def test_a_report_that_is_faster_than_the_worker_is_not_overwritten(reply, comes_back):
    row = reply()
    Notification.objects.filter(pk=row.pk).update(state="pending", sent_at=None)

    comes_back(row)
    outbox.settle(Notification.objects.get(pk=row.pk), "sent", now=LATER)

    assert ended(row)[0] == "failed"


def test_text_of_a_server_is_shortened_and_holds_no_address_of_ours(reply, comes_back):
    row = reply()
    text = f"550 5.1.1 \u202e{return_paths.address_for(row)} <script>" + "x" * 2000

    comes_back(row, text=text)

    stored = again(row).error
    assert len(stored) <= 300
    assert "return." not in stored
    assert "\u202e" not in stored


# --- The hold -------------------------------------------------------------------------------------


def test_the_latest_reply_that_came_back_holds_the_automatic_close(
    reply, comes_back, ticket, client_of, agent
):
    comes_back(reply())

    held = again(ticket)
    assert (held.auto_close_at, held.auto_close_hold_code) == (None, HoldCode.UNREACHED)
    assert tickets.close_due(now=NOW + timedelta(days=9)) == 0
    page = client_of(agent).get(ticket.get_queue_url()).content.decode()
    assert "آخرین پاسخ به دست مشتری نرسید" in page


def test_a_hold_ends_when_the_reply_is_delivered_after_all(reply, comes_back, ticket, agent):
    row = reply()
    comes_back(row)

    services.send_again(ticket, row.pk, actor=agent, now=LATER)
    services.deliver(row.pk, now=LATER)

    assert again(ticket).auto_close_at == LATER + timedelta(hours=48)
    event = ticket.events.get(kind=Event.Kind.HOLD_LIFTED)
    assert event.actor is None


def test_a_hold_ends_when_the_customer_writes(reply, comes_back, ticket, requester):
    comes_back(reply())

    tickets.reply_as_customer(ticket, actor=requester, content=make_content(), now=LATER)

    assert again(ticket).auto_close_held_at is None
    assert again(ticket).auto_close_hold_code == ""


def test_a_hold_by_an_agent_is_not_lifted_by_a_delivery(reply, comes_back, ticket, agent):
    row = reply()
    tickets.hold_auto_close(ticket, actor=agent, reason="در سفر است.", now=SOON)
    comes_back(row)

    services.send_again(ticket, row.pk, actor=agent, now=LATER)
    services.deliver(row.pk, now=LATER)

    assert again(ticket).auto_close_hold_reason == "در سفر است."


def test_a_reply_that_reached_a_watcher_holds_nothing(
    reply, comes_back, ticket, requester, colleague
):
    Watcher.objects.create(ticket=ticket, user=colleague, added_by=requester, added_at=NOW)

    comes_back(reply())

    assert again(ticket).auto_close_at == SOON + timedelta(hours=48)


def test_an_older_reply_that_came_back_holds_nothing(reply, comes_back, ticket):
    first = reply()
    reply(SOON + timedelta(minutes=1))

    comes_back(first)

    assert again(ticket).auto_close_held_at is None


# --- The address ----------------------------------------------------------------------------------


@pytest.fixture
def owner(organization):
    """Another owner: the requester's own address is the one that mail comes back from."""
    return make_member(organization, "mina@pars.example", role="owner")


@pytest.fixture
def marked(reply, comes_back, requester, owner):
    """The requester, of whom two mails came back."""
    comes_back(reply())
    comes_back(reply(SOON + timedelta(minutes=10)))
    return again(requester)


def notices_of(kind):
    rows = Notification.objects.filter(event__kind=kind)
    return sorted(rows.values_list("recipient__email", "channel"))


def test_two_mails_that_come_back_mark_the_address_and_tell_owners_and_the_agent(
    marked, owner, agent, ticket
):
    assert marked.undeliverable_email == marked.email
    assert marked.undeliverable_at == LATER
    assert marked.undeliverable_reason == "returned 550 5.1.1 User unknown"
    assert notices_of(Event.Kind.UNDELIVERABLE) == [
        (person.email, channel)
        for person in (agent, owner, marked)
        for channel in ("bell", "email")
    ]


def test_a_marked_address_is_sent_no_ticket_mail_but_the_bell_works(
    marked, reply, comes_back, ticket
):
    row = reply(LATER)

    assert ended(row) == ("skipped", "undeliverable")
    bell = Notification.objects.get(event=row.event, recipient=marked, channel="bell")
    assert bell.state == "sent"
    # The new reply ended the hold, and nobody was reached by it either.
    assert again(ticket).auto_close_hold_code == HoldCode.UNREACHED


def test_owners_and_agents_are_notified_once(marked, reply, comes_back, ticket):
    comes_back(Notification.objects.filter(state="sent", channel="email").first() or reply(LATER))

    assert ticket.events.filter(kind=Event.Kind.UNDELIVERABLE).count() == 1


def test_the_same_mail_sent_again_and_returned_again_counts_once(
    reply, comes_back, ticket, agent, requester
):
    row = reply()
    comes_back(row)
    services.send_again(ticket, row.pk, actor=agent, now=LATER)
    services.deliver(row.pk, now=LATER)

    comes_back(row, message_id="second@mx.example", now=LATER + timedelta(minutes=1))

    assert ended(row)[0] == "failed"
    assert not again(requester).is_undeliverable


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "4.2.2", "text": "452 4.2.2 Over quota"},
        {"status": "5.7.26", "text": "550 5.7.26 sender is unauthenticated"},
    ],
)
def test_failures_that_are_not_about_the_address_do_not_mark_it(
    reply, comes_back, requester, facts
):
    for minute in (1, 2):
        row = reply(SOON + timedelta(minutes=minute))
        comes_back(row, **facts)
        assert ended(row)[0] == "failed"

    assert not again(requester).is_undeliverable


def test_a_report_about_an_address_that_was_changed_meanwhile_does_not_count_for_the_new_one(
    reply, arrive, requester, admin
):
    sent_at = timezone.now()
    row = reply(sent_at)
    later = sent_at + timedelta(minutes=1)
    people.change_person(requester, email="new@pars.example", actor=admin, now=later)

    arrive(report_of(return_paths.address_for(row), "sara@pars.example"), now=later)

    assert ended(row)[0] == "failed"
    assert not AddressFailure.objects.exists()


def test_failures_far_apart_do_not_mark_an_address(reply, comes_back, requester):
    first, second = reply(), reply(SOON + timedelta(minutes=1))

    comes_back(first)
    Notification.objects.filter(pk=second.pk).update(created_at=NOW + timedelta(days=40))
    comes_back(again(second), now=LATER + timedelta(days=40))

    assert not again(requester).is_undeliverable


def test_a_server_that_refuses_the_address_at_once_counts_too(
    reply, comes_back, ticket, agent, requester
):
    comes_back(reply())
    content = make_content("باز هم")
    tickets.reply_as_agent(ticket, actor=agent, content=content, now=LATER)
    row = mails().latest("pk")

    with_error = AddressRefused("550 no such user")
    services._give_up(row, with_error, now=LATER, lead=row)

    assert again(requester).is_undeliverable


def test_a_confirmed_or_changed_address_is_tried_again(marked, reply, admin):
    people.change_person(marked, email="new@pars.example", actor=admin, now=LATER)
    assert not again(marked).is_undeliverable
    people.change_person(again(marked), email="sara@pars.example", actor=admin, now=LATER)
    assert again(marked).is_undeliverable

    address = marked.emailaddress_set.get()
    email_confirmed.send(sender=type(address), request=None, email_address=address)

    assert not again(marked).is_undeliverable


def test_the_persons_own_profile_has_a_button_that_clears_the_mark(marked, client_of):
    client, path = client_of(marked), "/profile/address-works/"
    assert path in client.get("/profile/").content.decode()

    client.get(path)
    assert again(marked).is_undeliverable
    client.post(path)

    assert not again(marked).is_undeliverable
    assert path not in client.get("/profile/").content.decode()
    latest = marked.history.latest("history_date")
    assert (latest.history_user, latest.undeliverable_email) == (marked, "")


def test_an_answer_to_a_mail_shows_that_the_address_works(marked, ticket, mail_to, arrive):
    arrive(mail_to(ticket, marked, sender="other@pars.example"), now=LATER)
    assert again(marked).is_undeliverable

    arrive(mail_to(ticket, marked, "رسید.", id="m2@pars.example"), now=LATER)

    assert not again(marked).is_undeliverable
    assert not AddressFailure.objects.exists()


def test_a_mail_that_arrived_between_two_failures_begins_the_count_again(
    reply, comes_back, requester
):
    day = timedelta(days=1)
    comes_back(reply(), now=LATER)
    arrived = reply(LATER + day)

    comes_back(reply(LATER + 3 * day), now=LATER + 3 * day)
    assert ended(arrived)[0] == "sent"
    assert not again(requester).is_undeliverable

    comes_back(reply(LATER + 3 * day), now=LATER + 3 * day + timedelta(minutes=1))
    assert again(requester).is_undeliverable


def test_old_failures_are_deleted(reply, comes_back):
    comes_back(reply(), now=LATER)

    assert undeliverable.forget_old_failures(now=LATER + timedelta(days=29)) == 0
    assert undeliverable.forget_old_failures(now=LATER + timedelta(days=30)) == 1
    assert not AddressFailure.objects.exists()


def test_after_clearing_two_further_failures_are_needed(
    marked, reply, comes_back, agent, client_of, ticket
):
    people.clear_undeliverable(marked, actor=agent, now=LATER)

    comes_back(reply(LATER), now=LATER + timedelta(minutes=5))

    assert not User.objects.get(pk=marked.pk).is_undeliverable


def test_what_was_sent_in_one_mail_fails_together_and_counts_once(
    ticket, agent, requester, comes_back
):
    timing = {"quiet_from": time(0), "quiet_until": time(23)}
    services.save_timing(requester, timing, now=NOW)
    for number in range(2):
        content = make_content(f"پاسخ {number}")
        tickets.reply_as_agent(ticket, actor=agent, content=content, now=SOON)
    rows = list(mails().order_by("pk"))
    for row in rows:
        services.deliver(row.pk, now=SOON)
    services.deliver(rows[0].pk, now=again(rows[0]).next_try_at)
    assert [again(row).state for row in rows] == ["sent", "sent"]

    comes_back(again(rows[0]), now=again(rows[0]).sent_at)

    assert [again(row).state for row in rows] == ["failed", "failed"]
    assert again(ticket).auto_close_hold_code == HoldCode.UNREACHED
    assert not again(requester).is_undeliverable


def test_an_address_of_the_helpdesks_own_is_a_matter_of_its_supervisors(
    ticket, agent, supervisor, requester
):
    tickets.accept(ticket, actor=agent, now=NOW)

    tickets.record_undeliverable(ticket, person=agent, now=SOON)

    addresses = {address for address, _channel in notices_of(Event.Kind.UNDELIVERABLE)}
    assert addresses == {agent.email, supervisor.email}


def test_owners_are_notified_whatever_they_have_chosen(ticket, requester, owner):
    for topic in topics_for(owner):
        services.choose(owner, "email", wanted=[], unwanted=[topic])

    tickets.record_undeliverable(ticket, person=requester, now=SOON)
    row = Notification.objects.get(recipient=owner, channel="email", event__kind="undeliverable")
    services.deliver(row.pk, now=SOON)

    assert again(row).state == "sent"
    assert requester.email in mail.outbox[-1].subject


# --- The whole path -------------------------------------------------------------------------------


def test_from_the_smtp_server_to_the_trail(ticket, agent, owner, settings, client_of, tmp_path):
    requester = ticket.requester
    spool = tmp_path / "spool"
    spool.mkdir()
    with open_post_office() as post:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = post.host, post.port
        for number in range(2):
            content = make_content(f"پاسخ {number}")
            tickets.reply_as_agent(ticket, actor=agent, content=content, now=None)
            row = mails().latest("pk")
            services.deliver(row.pk)
            _recipients, message = post.taken[-1]
            assert post.senders[-1] == return_paths.address_for(row)
            assert post.senders[-1] not in message.as_string()
            report = report_of(post.senders[-1], requester.email, message_id=f"{number}@mx.example")
            (spool / f"{number}.eml").write_bytes(report)
            call_command("receive_mail", str(spool))
            call_command("receive_mail")

    assert again(ticket).auto_close_hold_code == HoldCode.UNREACHED
    page = client_of(agent).get(f"/queue/{ticket.number}/deliveries/").content.decode()
    assert page.count("550 5.1.1 User unknown") >= 2
    assert again(requester).is_undeliverable
    assert ReceivedMail.objects.filter(state="ignored", reason="bounce").count() == 2
    notified = Notification.objects.filter(event__kind=Event.Kind.UNDELIVERABLE, channel="bell")
    assert set(notified.values_list("recipient__email", flat=True)) == {
        *(agent.email, owner.email, requester.email)
    }
