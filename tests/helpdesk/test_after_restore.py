"""A restored backup becomes current without mail about the past."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from notifications.models import Notification
from tests.factories import again, make_awaiting_customer, make_ticket

pytestmark = pytest.mark.django_db


def test_overdue_work_is_done_and_nobody_is_notified(requester, agent, capsys):
    past = timezone.now() - timedelta(days=9)
    awaiting = make_awaiting_customer(requester, agent, now=past)
    waiting = make_ticket(requester, now=past)

    call_command("after_restore")

    assert again(awaiting).is_closed
    assert again(waiting).clocks.get().breach_notified_at is not None
    assert not Notification.objects.filter(state="pending").exists()
    assert mail.outbox == []
    assert "closed 1" in capsys.readouterr().out
