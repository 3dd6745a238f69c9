"""What the command palette finds."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_organization, make_ticket
from tests.tickets.services.test_saving import make_view
from tests.tickets.services.test_teams import make_team
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def found(client, text):
    return client.get(reverse("queue:palette"), {"q": text})


def test_a_number_in_any_digits_leads_to_its_ticket(client_of, agent, requester):
    ticket = make_ticket(requester)
    digits = str(ticket.pk).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

    for text in (ticket.number, ticket.number.lower(), digits):
        assert f'href="{ticket.get_queue_url()}"' in found(client_of(agent), text).content.decode()


def test_words_lead_to_tickets_organizations_and_people(client_of, agent, requester):
    ticket = make_ticket(requester, title="Pars disk is full")

    html = found(client_of(agent), "pars").content.decode()

    assert ticket.get_queue_url() in html
    assert f"organization={ticket.organization.key}" in html
    for typed in ("sara@", "\u200fSara@", "ｓａｒａ@"):
        assert f"requester={requester.pk}" in found(client_of(agent), typed).content.decode()


def test_a_person_is_found_however_the_name_was_typed(client_of, agent, requester):
    requester.name = "سارا علوی\u200cنیک"
    requester.save()

    for text in ("علوي نيك", "نیک سارا", "علویnone"):
        html = found(client_of(agent), text).content.decode()
        assert (f"requester={requester.pk}" in html) == ("none" not in text)


def test_an_agent_leads_to_what_is_assigned_to_them(client_of, agent, second_agent):
    assert f"assignee={second_agent.pk}" in found(client_of(agent), "agent2").content.decode()


def test_the_list_of_a_person_holds_only_what_they_requested(
    client_of, agent, requester, colleague
):
    mine, theirs = make_ticket(requester), make_ticket(colleague)

    html = (
        client_of(agent)
        .get(reverse("queue:list"), {"requester": requester.pk, "status": "any"})
        .content.decode()
    )

    assert mine.number in html
    assert theirs.get_queue_url() not in html


def test_words_lead_to_ones_own_saved_views_and_those_of_ones_teams(
    client_of, agent, second_agent, supervisor
):
    team = make_team(supervisor, agent)
    mine = make_view(agent, "بحرانی‌های امروز")
    ours = make_view(supervisor, "بحرانی فنی", team=team, query="category=technical")
    make_view(second_agent, "بحرانی دیگران")

    html = found(client_of(agent), "بحراني").content.decode()

    assert f"?priority=urgent&amp;view={mine.pk}" in html
    assert f"?category=technical&amp;view={ours.pk}" in html
    assert "Network" in html
    assert html.count('role="option"') == 2
    assert f"view={mine.pk}" in found(client_of(agent), "بحرانیهای").content.decode()
    assert "view=" not in found(client_of(supervisor), "بحرانی").content.decode()


@pytest.mark.parametrize("text", ["", " ", "a", "\0", "%", "'\"<b>", "x" * 5000, "۱" * 30])
def test_hostile_texts_find_nothing_and_break_nothing(client_of, agent, text):
    make_organization("%")
    make_view(agent)
    response = found(client_of(agent), text)

    assert response.status_code == 200
    assert "<b>" not in response.content.decode()


def test_what_is_found_is_a_few_of_each_in_as_many_queries(
    client_of, agent, requester, django_assert_max_num_queries
):
    for number in range(8):
        make_ticket(requester, title=f"Disk {number}")
    client = client_of(agent)

    with django_assert_max_num_queries(10):
        html = found(client, "disk").content.decode()

    assert html.count('role="option"') == 5


def test_a_number_that_is_still_typed_is_looked_for_among_numbers_alone(
    client_of, agent, requester
):
    titled = make_ticket(requester, title="Error 7 and 8 of the disk")
    first = "7" if str(titled.pk)[0] == "8" else "8"
    # Of more digits than the number that the sequence has come to in these tests.
    nines = "9" * len(str(titled.pk))
    begun = [first, first + nines, first + nines[:-1] + "8"]
    for number in (*begun, f"10{nines}"):
        copy_of(titled, int(number))

    with CaptureQueriesContext(connection) as statements:
        html = found(client_of(agent), f"KT-{first}").content.decode()

    numbers = re.findall(r'href="/queue/KT-([0-9]+)/"', html)
    assert numbers == begun
    assert not [each for each in statements if "body_folded" in each["sql"]]


def copy_of(ticket, number):
    values = {
        field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields
    }
    Ticket.objects.bulk_create([Ticket(**values | {"id": number})])
