"""A ticket of the requester, and who was notified of what."""

import pytest

from notifications import services
from notifications.models import Notification
from tests.factories import NOW
from tests.pages import read
from tickets import services as tickets


def sections(response):
    """The topics that the page of notifications shows for each channel, and which are ticked."""
    found = {}
    for box in read(response).all(".choices-table input[name]"):
        if box["type"] == "checkbox":
            name = box["name"]
            found.setdefault(name.partition("-")[0], {})[name] = "checked" in box
    return list(found.values())


@pytest.fixture
def draft():
    return tickets.Draft(
        title="سرور پاسخ نمی‌دهد", description="از صبح قطع است.", category="technical"
    )


@pytest.fixture
def new_ticket(requester, organization, draft):
    """With the receipt and the alerts that its opening called for."""
    return tickets.open_ticket(
        requester=requester, opened_by=requester, organization=organization, draft=draft, now=NOW
    )


@pytest.fixture
def ticket(new_ticket):
    """One whose opening is settled: what comes later is seen by itself."""
    Notification.objects.all().delete()
    return new_ticket


@pytest.fixture
def notified():
    """The addresses that are notified of a ticket's events of one kind."""

    def addresses(ticket, kind):
        rows = Notification.objects.filter(ticket=ticket, event__kind=kind)
        return set(rows.values_list("recipient__email", flat=True))

    return addresses


@pytest.fixture
def deliver_all():
    """Send all that is pending at a moment."""

    def deliver(now):
        for pk in list(Notification.objects.to_send(now).values_list("pk", flat=True)):
            services.deliver(pk, now=now)

    return deliver
