"""What an open page asks for: news of its ticket, tickets alike, a preview."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations import services as people
from organizations.models import Membership
from tests.factories import (
    NOW,
    make_agent,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_member,
    make_pending_file,
    make_ticket,
)
from tests.pages import read
from tickets import services
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def seen_of(client, ticket):
    page = client.get(ticket.get_absolute_url()).content.decode()
    return re.search(r'data-seen="(\w+)"', page)[1]


def news(client, ticket, seen):
    return client.get(f"{ticket.get_absolute_url()}news/", {"seen": seen})


# --- News -----------------------------------------------------------------------------------------


def test_without_news_the_answer_is_empty_and_costs_one_look(client_of, requester, ticket):
    client = client_of(requester)
    seen = seen_of(client, ticket)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = news(client, ticket, seen)

    assert response.status_code == 204
    assert response.content == b""
    about_tickets = [each["sql"] for each in queries if "tickets_" in each["sql"]]
    assert len(about_tickets) == 1
    assert len(queries) <= 4


def test_a_reply_is_news_with_all_that_it_changed(client_of, requester, agent, ticket):
    client = client_of(requester)
    seen = seen_of(client, ticket)
    services.reply_as_agent(
        ticket, actor=agent, content=make_content("بررسی شد."), now=NOW + MINUTE
    )

    response = news(client, ticket, seen)

    html = response.content.decode()
    assert "بررسی شد." in html
    assert 'data-part="standing"' in html
    assert "pill-awaiting_customer" in html
    again = re.search(r'data-seen="(\w+)"', html)[1]
    assert news(client, ticket, again).status_code == 204


def test_every_part_of_the_news_has_its_place_on_the_page(client_of, requester, agent):
    ticket = make_awaiting_customer(requester, agent)
    client = client_of(requester)
    page = client.get(ticket.get_absolute_url()).content.decode()

    parts = re.findall(r'data-part="(\w+)"', news(client, ticket, "").content.decode())

    assert sorted(parts) == sorted(re.findall(r'data-part="(\w+)"', page))
    assert len(parts) == 5


def test_what_only_staff_learn_of_is_no_news(client_of, requester, agent, second_agent, ticket):
    client = client_of(requester)
    services.accept(ticket, actor=agent, now=NOW)
    seen = seen_of(client, ticket)

    services.add_note(ticket, actor=agent, content=make_content("درونی"), now=NOW + MINUTE)
    services.assign(ticket, actor=agent, to=second_agent, now=NOW + MINUTE)

    assert news(client, ticket, seen).status_code == 204
    assert "درونی" not in news(client, ticket, "").content.decode()


def test_texts_about_time_are_renewed(client_of, requester, agent, clock):
    ticket = make_awaiting_customer(requester, agent)
    client = client_of(requester)
    seen = seen_of(client, ticket)

    clock.move_to(NOW + timedelta(minutes=6))

    assert news(client, ticket, seen).status_code == 200


def test_entries_have_names_by_which_a_page_knows_them(client_of, requester, agent):
    ticket = make_closed(requester, agent)

    html = news(client_of(requester), ticket, "").content.decode()

    ids = re.findall(r'id="((?:message|event|day)-[\d-]+)"', html)
    assert len(ids) == len(set(ids)) == html.count("<article") + html.count('class="event"') + 1


def test_a_removed_member_gets_no_news(client_of, requester, organization, admin, ticket):
    leaver = make_member(organization, "omid@pars.example")
    client = client_of(leaver)
    seen = seen_of(client, ticket)

    people.remove_member(organization, leaver, actor=admin, now=NOW)

    assert news(client, ticket, seen).status_code == 404


def test_news_cost_as_much_for_many_messages_as_for_one(client_of, requester, ticket):
    client = client_of(requester)
    client.get(ticket.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        news(client, ticket, "")
    for number in range(15):
        services.reply_as_customer(
            ticket,
            actor=requester,
            content=make_content(f"پیام {number}", files=[make_pending_file(requester)]),
            now=NOW + MINUTE,
        )

    with CaptureQueriesContext(connection) as many:
        news(client, ticket, "")

    assert len(many) == len(few)


# --- Tickets alike --------------------------------------------------------------------------------


def alike(client, title, **more):
    return client.post("/tickets/similar/", {"title": title, **more})


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("سرور پاسخ نمی‌دهد", "سرور تهران پاسخ نمیدهد"),
        ("گواهي SSL تمديد نميشود", "گواهی ssl فروشگاه تمدید نمی‌شود"),
        ("خطای ۵۰۲ در پنل", "خطای 502 پنل کاربری"),
        ("Backup failed", "Nightly backups failed again"),
        ("کندی سرورها", "سرور کندی دارد"),
        ("قطع وی‌پی‌ان", "قطع وی پی ان دفتر"),
        ("هزینۀ سرويس ١٢٣۴", "هزینه سرویس 1234"),
    ],
)
def test_an_open_ticket_with_a_like_title_is_shown(client_of, requester, colleague, typed, there):
    make_ticket(colleague, title=there)

    response = alike(client_of(requester), typed)

    assert response.status_code == 200
    assert there in response.content.decode()


def test_other_and_closed_tickets_are_not_shown(client_of, requester, agent):
    make_ticket(requester, title="صورت‌حساب ماه گذشته")
    make_closed(requester, agent, title="سرور پاسخ نمی‌دهد")

    assert alike(client_of(requester), "سرور پاسخ نمی‌دهد").status_code == 204


def test_only_titles_that_the_person_may_see_are_shown(
    client_of, requester, organization, outsider
):
    title = "سرور پاسخ نمی‌دهد"
    make_ticket(requester, title=title)
    organization.is_restricted = True
    organization.save()
    restricted = make_member(organization, "omid@pars.example")

    for person in (outsider, restricted):
        for chosen in ("", organization.pk):
            assert alike(client_of(person), title, organization=chosen).status_code == 204
    assert alike(client_of(requester), title).status_code == 200


def test_the_organization_of_the_form_is_looked_at(
    client_of, requester, organization, outsider, other_organization
):
    make_ticket(outsider, title="سرور پاسخ نمی‌دهد")
    Membership.objects.create(
        user=requester, organization=other_organization, role="member", joined_at=NOW
    )
    client = client_of(requester)

    own = alike(client, "سرور پاسخ نمی‌دهد", organization=organization.pk)
    assert own.status_code == 204
    found = alike(client, "سرور پاسخ نمی‌دهد", organization=other_organization.pk)
    assert found.status_code == 200


@pytest.mark.parametrize(
    "title",
    ["", "\u200c\u200c", "\0", "%", "' OR 1=1 --", "از در به", "x" * 5000, ".*" * 90, "\u202e" * 9],
)
def test_hostile_titles_find_nothing(client_of, requester, title):
    make_ticket(requester)

    assert alike(client_of(requester), title, organization="x").status_code == 204


def test_looking_is_limited_and_bounded(client_of, requester, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"similar": "1/m/user"}
    make_ticket(requester)
    client = client_of(requester)

    answers = [alike(client, "سرور پاسخ نمی‌دهد").status_code for _ in range(2)]

    assert answers == [200, 429]


# --- Preview --------------------------------------------------------------------------------------


def test_a_preview_is_what_the_page_will_show(client_of, requester, ticket):
    body = "سلام\n\n- **یک**\n\n> نقل\n\n<b>"
    client = client_of(requester)

    preview = client.post("/preview/", {"body": body}).content.decode()
    services.reply_as_customer(ticket, actor=requester, content=make_content(body), now=NOW)

    assert preview.strip() in client.get(ticket.get_absolute_url()).content.decode()


@pytest.mark.parametrize("body", ["", " \u200c", "x" * 20_001, "\0"])
def test_what_cannot_be_sent_has_no_preview(client_of, requester, body):
    assert client_of(requester).post("/preview/", {"body": body}).status_code == 422


def test_agents_have_a_preview_too(client_of):
    assert client_of(make_agent("a@helpdesk.example")).post("/preview/", {"body": "x"}).content


# --- What was open to the person when they began to type --------------------------------------


def test_who_was_removed_meanwhile_is_refused_and_gets_the_text_back(
    client_of, requester, organization, admin, ticket
):
    leaver = make_member(organization, "omid@pars.example")
    client = client_of(leaver)
    people.remove_member(organization, leaver, actor=admin, now=NOW)

    response = client.post(f"{ticket.get_absolute_url()}reply/", {"body": "<b>هنوز قطع است.</b>"})

    assert response.status_code == 404
    assert "&lt;b&gt;هنوز قطع است.&lt;/b&gt;" in response.content.decode()
    assert ticket.messages.count() == 1


def test_a_name_in_which_one_may_file_no_longer_is_refused_with_a_sentence(
    client_of, requester, organization, outsider, other_organization, admin
):
    Membership.objects.create(
        user=requester, organization=other_organization, role="member", joined_at=NOW
    )
    people.remove_member(other_organization, requester, actor=admin, now=NOW)

    response = client_of(requester).post(
        "/tickets/new/",
        {
            "organization": other_organization.pk,
            "shown": other_organization.pk,
            "title": "سرور",
            "category": "technical",
            "priority": "normal",
            "description": "قطع است.",
        },
    )

    html = response.content.decode()
    assert response.status_code == 422
    assert html.count(read(response).errors()["organization"]) == 1
    assert 'value="سرور"' in html
    assert not Ticket.objects.exists()
