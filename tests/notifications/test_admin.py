"""The outbox in Django admin: what failed can be seen and tried again, nothing can be changed."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation

from notifications.models import Notification
from notifications.reasons import Reason, reason_text, restored_at
from tests.factories import NOW
from tickets import services as tickets


@pytest.fixture
def failed(ticket, agent, settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    tickets.accept(ticket, actor=agent, now=NOW + timedelta(minutes=1))
    row = Notification.objects.by_external().get()
    Notification.objects.filter(pk=row.pk).update(state="failed", attempts=6, error="550 no such")
    return row


def test_what_failed_is_shown_with_its_reason(failed, admin, client_of):
    address = reverse("admin:notifications_notification_change", args=[failed.pk])

    page = client_of(admin).get(address).content.decode()

    assert "550 no such" in page
    assert failed.ticket.number in page


def test_what_failed_can_be_tried_again(failed, admin, client_of):
    form = {"action": "try_again", "_selected_action": [failed.pk]}

    client_of(admin).post(reverse("admin:notifications_notification_changelist"), form)

    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("pending", 0)


@pytest.mark.parametrize("model", ["notification", "accountmail"])
def test_nothing_is_added_changed_or_deleted_there(failed, admin, client_of, model):
    client = client_of(admin)

    added = client.get(reverse(f"admin:notifications_{model}_add"))
    listed = client.get(reverse(f"admin:notifications_{model}_changelist"))

    assert added.status_code == 403
    assert listed.status_code == 200
    assert b"delete_selected" not in listed.content


def test_an_agent_finds_nothing_there(failed, agent, client_of):
    address = reverse("admin:notifications_notification_changelist")

    assert client_of(agent).get(address, follow=True).status_code == 404


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The person chose not to be notified."),
        ("fa", "گیرنده این اعلان را نخواسته است."),
    ],
)
def test_a_persian_operator_does_not_read_english_why_a_mail_was_not_sent(
    failed, admin, client_of, language, text
):
    Notification.objects.filter(pk=failed.pk).update(state="skipped", error="unwanted")
    admin.language = language
    admin.save()
    address = reverse("admin:notifications_notification_change", args=[failed.pk])

    assert text in client_of(admin).get(address).content.decode()


def test_reasons_that_were_stored_as_sentences_become_codes(failed):
    migration = import_module("notifications.migrations.0007_reason_codes")
    rows = Notification.objects.filter(pk=failed.pk)
    for sentence, code in migration.CODES.items():
        rows.update(error=sentence)
        migration.store_codes(apps, None)
        assert rows.get().error == code
        assert code in Reason.values
        migration.store_sentences(apps, None)
        assert rows.get().error == sentence
    rows.update(error="550 no such person")

    migration.store_codes(apps, None)

    assert rows.get().error == "550 no such person"


@pytest.mark.parametrize(
    ("language", "moment"), [("en", "28 Nov 2026, 13:30"), ("fa", "۷ آذر ۱۴۰۵، ۱۳:۳۰")]
)
def test_the_moment_of_a_restored_backup_is_in_the_readers_calendar(language, moment):
    stored = restored_at(datetime(2026, 11, 28, 10, 0, tzinfo=UTC))

    with translation.override(language):
        assert reason_text(stored).endswith(f"({moment})")


def test_a_servers_own_answer_is_no_code():
    assert reason_text("internal server error") == "internal server error"
