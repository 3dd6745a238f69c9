"""The outbox in Django admin: what failed can be seen and tried again, nothing can be changed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from notifications.models import Notification
from tests.factories import NOW
from tickets import services as tickets


@pytest.fixture
def failed(ticket, agent, settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    tickets.accept(ticket, actor=agent, now=NOW + timedelta(minutes=1))
    row = Notification.objects.get()
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
