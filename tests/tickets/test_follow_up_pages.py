"""What the pages of a ticket that is closed for long, and of linked tickets, show and do."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_closed, make_content, make_ticket
from tickets import services
from tickets.models import Ticket, TicketLink

pytestmark = pytest.mark.django_db

TEXT = "همان خطا برگشته است."


@pytest.fixture(autouse=True)
def _within_a_month(settings):
    settings.REOPEN_WITHIN_DAYS = 30


@pytest.fixture
def closed(requester, agent):
    return make_closed(requester, agent, now=timezone.now() - timedelta(days=45))


def english(client_of, user):
    """A client of somebody who reads English."""
    user.language = "en"
    user.save(update_fields=["language"])
    return client_of(user)


def send(client, url, **data):
    data = {"body": TEXT, "form_key": str(uuid.uuid4())} | data
    return client.post(url, data, follow=True)


def text_of(response):
    return response.content.decode()


def test_the_customers_page_says_before_sending_that_a_new_ticket_is_opened(
    client_of, requester, closed
):
    html = text_of(english(client_of, requester).get(closed.get_absolute_url()))

    assert "opens a new ticket" in html
    assert 'value="follow_up"' in html
    assert 'value="problem"' not in html
    assert reverse("tickets:reopen", args=[closed]) not in html


def test_a_customers_message_opens_a_follow_up_and_leads_to_it(client_of, requester, closed):
    client = english(client_of, requester)

    response = send(client, reverse("tickets:reply", args=[closed]), intent="follow_up")

    new = Ticket.objects.exclude(pk=closed.pk).get()
    assert response.redirect_chain[-1][0].startswith(new.get_absolute_url())
    html = text_of(response)
    assert new.number in html
    assert "Follow-up of" in html
    assert closed.number in html
    assert "Continued in" in text_of(client.get(closed.get_absolute_url()))


def test_a_page_from_before_keeps_the_text_and_offers_the_follow_up(client_of, requester, closed):
    url = reverse("tickets:reply", args=[closed])

    response = send(english(client_of, requester), url, intent="problem")

    assert response.status_code == 409
    assert TEXT in text_of(response)
    assert 'value="follow_up"' in text_of(response)
    assert Ticket.objects.count() == 1


def test_a_follow_up_of_an_open_ticket_keeps_the_text(client_of, requester, agent):
    ticket = make_ticket(requester)
    for user, url, data in [
        (requester, reverse("tickets:reply", args=[ticket]), {"intent": "follow_up"}),
        (agent, reverse("queue:reply", args=[ticket]), {"then": "follow_up"}),
    ]:
        response = send(english(client_of, user), url, **data)
        assert response.status_code == 409
        assert TEXT in text_of(response)
    assert Ticket.objects.count() == 1


def test_an_agent_opens_a_follow_up_for_the_requester(client_of, agent, closed):
    client = english(client_of, agent)
    html = text_of(client.get(closed.get_queue_url()))
    assert 'value="follow_up"' in html
    assert reverse("queue:reopen", args=[closed]) not in html

    response = send(client, reverse("queue:reply", args=[closed]), then="follow_up")

    new = Ticket.objects.exclude(pk=closed.pk).get()
    assert new.opened_by == agent
    assert response.redirect_chain[-1][0].startswith(new.get_queue_url())


def test_the_menu_of_a_row_does_not_offer_what_would_be_refused(client_of, requester, closed):
    address = f"{reverse('tickets:list')}?status=closed"

    html = text_of(english(client_of, requester).get(address))

    assert closed.number in html
    assert f"{closed.get_absolute_url()}reopen/" not in html


def test_a_customer_sees_links_only_to_tickets_they_may_see(client_of, requester, outsider, agent):
    ticket, foreign = make_ticket(requester), make_ticket(outsider, title="Their secret")
    services.link_tickets(ticket, actor=agent, other=foreign, relation="related")

    html = text_of(english(client_of, requester).get(ticket.get_absolute_url()))

    assert "Their secret" not in html
    assert foreign.number not in html
    assert "Their secret" in text_of(english(client_of, agent).get(ticket.get_queue_url()))


def test_an_agent_links_a_ticket_by_its_number_in_any_digits(client_of, requester, agent):
    ticket, other = make_ticket(requester), make_ticket(requester)
    client, url = english(client_of, agent), reverse("queue:link", args=[ticket])
    digits = str(other.pk).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

    html = text_of(client.post(url, {"number": digits, "relation": "causes"}, follow=True))
    assert "Cause of" in html
    assert TicketLink.objects.get(ticket=ticket).other == other

    client.post(url, {"remove": other.pk})
    assert not TicketLink.objects.exists()


@pytest.mark.parametrize(
    "number", ["", "0", "KT-999999999", "99999999999999999999", "' or 1=1", "KT-", "x" * 300]
)
def test_a_number_that_is_none_keeps_what_was_typed_beside_a_sentence(
    client_of, requester, agent, number
):
    ticket = make_ticket(requester)
    url = reverse("queue:link", args=[ticket])

    response = english(client_of, agent).post(url, {"number": number, "relation": "related"})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in text_of(response)
    assert english(client_of, agent).post(url, {"remove": number or "x"}).status_code == 302


def test_a_ticket_linked_to_itself_is_refused_beside_the_number(client_of, requester, agent):
    ticket = make_ticket(requester)
    url = reverse("queue:link", args=[ticket])

    response = english(client_of, agent).post(url, {"number": ticket.number, "relation": "related"})

    assert response.status_code == 422
    assert "cannot be linked to itself" in text_of(response)


def test_internal_links_are_no_news_to_customers(client_of, requester, agent):
    ticket, other = make_ticket(requester), make_ticket(requester)
    before = Ticket.objects.get(pk=ticket.pk).public_updated_at

    services.link_tickets(ticket, actor=agent, other=other, relation="related")
    services.add_note(ticket, actor=agent, content=make_content("یادداشت"))

    assert Ticket.objects.get(pk=ticket.pk).public_updated_at == before
