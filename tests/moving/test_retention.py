"""The retention rule: what is in long closed tickets goes, what happened stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from intake.models import ReceivedMail
from moving.services import apply_retention, retaining
from moving.tasks import remove_old_contents
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_pending_file,
    make_ticket,
)
from tickets import services
from tickets.admin import LegalHoldForm
from tickets.errors import TicketError
from tickets.models import Attachment, Clock, DayTotal, LegalHold, MessageDraft, Rating, Ticket

pytestmark = pytest.mark.django_db

DAYS = 400
OLD = NOW - timedelta(days=DAYS, seconds=1)


@pytest.fixture(autouse=True)
def _after_400_days(settings):
    settings.RETENTION_DAYS = DAYS
    settings.REOPEN_WITHIN_DAYS = 30


@pytest.fixture
def old(requester, agent):
    """A ticket with everything that holds words, closed long ago."""
    file = make_pending_file(requester, now=OLD)
    ticket = make_ticket(
        requester, now=OLD, title="Secret title", description="My secret", files=(file,)
    )
    services.accept(ticket, actor=agent, now=OLD)
    services.change_priority(ticket, priority="low", actor=agent, reason="Not so secret", now=OLD)
    services.add_note(ticket, actor=agent, content=make_content("Secret note"), now=OLD)
    services.reply_as_agent(
        ticket, actor=agent, content=make_content("Secret answer"), then="close", now=OLD
    )
    verdict = services.Verdict(is_solved=True, score=4, words="Secret praise")
    services.rate(ticket, actor=requester, verdict=verdict, now=OLD)
    draft = services.DraftText("note", "Secret draft")
    services.save_draft(ticket, draft, actor=agent, now=OLD)
    return again(ticket)


def hold(admin, **on):
    return services.set_legal_hold(**on, reason="A claim", actor=admin, now=NOW)


def run(*options):
    out = StringIO()
    call_command("apply_retention", *options, stdout=out)
    return out.getvalue()


def is_whole(ticket):
    return again(ticket).contents_removed_at is None and again(ticket).title != "[…]"


def test_all_texts_and_files_go_and_what_happened_stays(
    old, requester, agent, django_capture_on_commit_callbacks
):
    file = Attachment.objects.get()
    ReceivedMail.objects.create(
        key="1", content=b"Secret", size=6, subject="Secret", sender="sara@pars.example",
        ticket=old, settled_at=OLD, received_at=OLD, state="ignored",
    )  # fmt: skip
    kinds = list(old.events.order_by("pk").values_list("kind", "created_at"))
    clocks = list(Clock.objects.order_by("pk").values())

    with django_capture_on_commit_callbacks(execute=True):
        assert apply_retention(now=NOW) == 1

    ticket = again(old)
    assert (ticket.title, ticket.contents_removed_at) == ("[…]", NOW)
    assert (ticket.updated_at, ticket.public_updated_at) == (old.updated_at, old.public_updated_at)
    assert set(ticket.messages.values_list("body", flat=True)) == {"[…]"}
    assert "secret" not in str(list(ticket.events.values_list("changes", flat=True))).lower()
    assert not MessageDraft.objects.exists()
    assert (Rating.objects.get().score, Rating.objects.get().words) == (4, "")
    mail = ReceivedMail.objects.get()
    assert (bytes(mail.content), mail.subject, mail.sender) == (b"", "", "")
    assert not Attachment.objects.exists()
    assert not default_storage.exists(file.path)
    [*before, last] = ticket.events.order_by("pk").values_list("kind", "created_at")
    assert (before, last) == (kinds, ("contents_removed", NOW))
    assert list(Clock.objects.order_by("pk").values()) == clocks
    for reader in (agent, requester):
        assert list(Ticket.objects.matching("secret", reader)) == []
    assert apply_retention(now=NOW) == 0


def test_reports_count_the_same_before_and_after(old):
    services.mark_all_stale()
    services.refresh_totals()
    counted = list(DayTotal.objects.order_by("pk").values())
    assert counted

    apply_retention(now=NOW)
    services.mark_all_stale()
    services.refresh_totals()

    for row in counted:
        del row["id"]
    assert list(DayTotal.objects.order_by("pk").values(*counted[0])) == counted


def test_exactly_on_its_last_day_and_open_or_reopened_ones_are_kept(requester, agent, settings):
    settings.REOPEN_WITHIN_DAYS = 3650
    on_the_day = make_closed(requester, agent, now=NOW - timedelta(days=DAYS))
    reopened = make_closed(requester, agent, now=OLD)
    services.reopen(reopened, actor=agent, now=OLD)
    closed_again = make_closed(requester, agent, now=OLD)
    services.reopen(closed_again, actor=agent, now=OLD)
    services.resolve(
        again(closed_again), actor=agent, content=make_content("Done"), now=NOW - timedelta(1)
    )
    waiting = make_awaiting_customer(requester, agent, now=OLD)

    assert apply_retention(now=NOW) == 0

    assert all(map(is_whole, [on_the_day, reopened, closed_again, waiting]))
    assert apply_retention(now=NOW + timedelta(seconds=1)) == 1
    assert not is_whole(on_the_day)


def test_without_the_setting_nothing_goes(old, settings):
    settings.RETENTION_DAYS = 0

    assert remove_old_contents() == 0
    with pytest.raises(CommandError, match="everything is kept"):
        run()

    assert is_whole(old)


def test_a_legal_hold_keeps_an_organization_or_a_ticket_until_it_is_lifted(
    old, requester, agent, admin, outsider
):
    other = make_closed(outsider, agent, now=OLD, title="Another")
    holds = [hold(admin, organization=outsider.working_in or other.organization)]
    holds.append(hold(admin, ticket=old))
    assert hold(admin, ticket=old) == holds[1]

    assert apply_retention(now=NOW) == 0
    assert is_whole(old)
    assert is_whole(other)

    assert services.lift_legal_hold(holds[0], actor=admin, now=NOW)
    assert not services.lift_legal_hold(holds[0], actor=admin, now=NOW)
    assert apply_retention(now=NOW) == 1
    assert is_whole(old)
    with pytest.raises(TicketError):
        hold(admin, ticket=other)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database.")
@pytest.mark.django_db(transaction=True)
def test_what_is_just_being_held_is_passed_over(old, admin):
    def run_aside():
        try:
            return apply_retention(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        hold(admin, organization=old.organization)
        assert pool.submit(run_aside).result(20) == 0

    assert apply_retention(now=NOW) == 0
    assert is_whole(old)


def test_a_merged_ticket_goes_after_the_one_with_its_messages_and_is_kept_with_it(
    requester, agent, admin
):
    source, target = make_ticket(requester, now=OLD), make_ticket(requester, now=OLD)
    held = hold(admin, ticket=source)
    services.merge_tickets(source, actor=agent, into=target, now=OLD)
    services.resolve(again(target), actor=agent, content=make_content("Done"), now=OLD)

    assert apply_retention(now=NOW) == 0
    services.lift_legal_hold(held, actor=admin, now=NOW)
    assert [apply_retention(now=NOW), apply_retention(now=NOW)] == [1, 1]

    assert not is_whole(target)
    assert not is_whole(source)


def test_who_took_part_in_what_is_held_is_not_erased(requester, colleague, agent, admin):
    ticket = make_closed(colleague, agent)
    hold(admin, organization=ticket.organization)

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("erase_person", colleague.email, "--yes", stdout=StringIO())

    assert again(colleague).is_active


def test_a_run_that_is_stopped_goes_on_with_the_next(requester, agent, monkeypatch):
    tickets = [make_closed(requester, agent, now=OLD, form_key=uuid4()) for _ in range(3)]
    monkeypatch.setattr(retaining, "BATCH", 1)

    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_retention(now=NOW, say=stop)
    assert [is_whole(each) for each in tickets] == [False, True, True]

    assert apply_retention(now=NOW) == 2
    assert [each.events.filter(kind="contents_removed").count() for each in tickets] == [1, 1, 1]


def test_bytes_that_a_killed_process_left_are_swept(old, monkeypatch):
    path = Attachment.objects.get().path
    # Nothing is swept while there is no row at all.
    make_pending_file(old.requester, now=NOW)

    apply_retention(now=NOW)  # the callbacks of this test's transaction are never run

    assert default_storage.exists(path)
    services.sweep_orphans(NOW.replace(year=2100))
    assert not default_storage.exists(path)


def test_more_tickets_cost_no_more_statements(requester, agent):
    counts = []
    for many in (1, 4):
        for _ in range(many):
            make_closed(requester, agent, now=OLD, files=[make_pending_file(requester, now=OLD)])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert apply_retention(now=NOW) == many
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_dry_run_says_what_would_go(old, requester, agent, admin, monkeypatch):
    hold(admin, ticket=make_closed(requester, agent, now=OLD))

    output = run("--dry-run")

    assert "1 tickets with 3 messages and 1 files of 9 bytes" in output
    assert "kept by a legal hold: 1 tickets" in output
    assert is_whole(old)
    assert "removed the contents of 1 tickets" in run()
    assert not is_whole(old)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_pages_say_that_the_contents_are_gone(old, requester, agent, client_of, language):
    apply_retention(now=NOW)
    notice = {
        "fa": "محتوای این تیکت طبق قاعده‌ی نگهداری",
        "en": "The contents of this ticket were removed by the retention rule, 400 days after",
    }[language]
    for person, url in (
        (requester, old.get_absolute_url()),
        (agent, old.get_queue_url()),
    ):
        person.language = language
        person.save()

        page = client_of(person).get(url)

        text = page.content.decode()
        assert page.status_code == 200
        assert notice in text
        assert "Secret" not in text
        assert 'value="thanks"' not in text


def test_nothing_more_is_written_on_it_but_a_follow_up_is_opened(old, requester, agent):
    apply_retention(now=NOW)

    with pytest.raises(TicketError) as refused:
        services.add_note(old, actor=agent, content=make_content("More"), now=NOW)
    assert refused.value.code == "removed"
    new = services.follow_up(again(old), actor=requester, content=make_content("Again"), now=NOW)

    assert old.number in new.title


def test_holds_are_set_and_lifted_in_the_admin(old, admin, requester, client_of):
    client, address = client_of(admin), "/admin/tickets/legalhold/"

    nothing = client.post(f"{address}add/", {"organization": "", "number": "", "reason": "Why"})
    unknown = client.post(f"{address}add/", {"number": "KT-99999999", "reason": "Why"})
    assert (nothing.status_code, unknown.status_code) == (200, 200)
    client.post(f"{address}add/", {"number": old.number, "reason": "A claim"})

    held = LegalHold.objects.get()
    assert (held.ticket, held.reason, held.set_by) == (old, "A claim", admin)
    assert client.get(f"{address}{held.pk}/change/").status_code == 200
    client.post(address, {"action": "lift", "_selected_action": [held.pk]})
    assert again(held).lifted_by == admin
    apply_retention(now=NOW)
    refused = client.post(f"{address}add/", {"number": old.number, "reason": "Late"})
    assert "پیش‌تر حذف شده است" in refused.content.decode()
    assert LegalHold.objects.count() == 1


@pytest.mark.parametrize("by", ["number", "organization"])
def test_a_reason_typed_while_another_admin_set_the_hold_was_lost(
    old, admin, supervisor, client_of, by
):
    on = {"ticket": old} if by == "number" else {"organization": old.organization}
    services.set_legal_hold(**on, reason="Of the other admin", actor=supervisor, now=NOW)
    typed = {"organization": "", "number": "", "reason": "My reason"}
    typed |= {by: old.number if by == "number" else old.organization_id}

    page = client_of(admin).post("/admin/tickets/legalhold/add/", typed)

    assert page.status_code == 200
    assert "My reason" in page.content.decode()
    assert "حذف آن پیش‌تر منع شده است" in page.content.decode()
    assert LegalHold.objects.get().reason == "Of the other admin"


def test_a_reason_typed_while_the_contents_were_removed_was_lost(
    old, admin, client_of, monkeypatch
):
    apply_retention(now=NOW)
    # Looked at before they were removed.
    monkeypatch.setattr(LegalHoldForm, "clean_number", lambda self: old)

    page = client_of(admin).post(
        "/admin/tickets/legalhold/add/", {"number": old.number, "reason": "My reason"}
    )

    assert page.status_code == 200
    assert "My reason" in page.content.decode()
    assert not LegalHold.objects.exists()


def test_the_list_of_holds_asks_whether_they_were_lifted_and_not_what_is_empty(client_of, admin):
    page = client_of(admin).get("/admin/tickets/legalhold/?lifted_at__isempty=1").content.decode()

    assert "بله" in page
    assert "خالی" not in page
