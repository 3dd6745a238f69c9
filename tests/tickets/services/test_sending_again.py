"""One act has one result, however it is sent again; another text under the same key is not lost."""

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse

from tests.factories import NOW, make_content, make_pending_file, make_ticket
from tickets import services
from tickets.errors import AlreadySent
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
OTHER = "این متن دیگری است."


def send(kind, ticket, actor, content):
    if kind == "note":
        return services.add_note(ticket, actor=actor, content=content, now=LATER)
    if kind == "reply of an agent":
        return services.reply_as_agent(ticket, actor=actor, content=content, now=LATER)
    return services.reply_as_customer(ticket, actor=actor, content=content, now=LATER)


@pytest.mark.parametrize("kind", ["message", "reply of an agent", "note"])
def test_another_text_under_the_key_of_a_sent_one_is_not_dropped(kind, requester, agent, form_key):
    ticket, actor = make_ticket(requester), requester if kind == "message" else agent
    send(kind, ticket, actor, make_content(form_key=form_key))

    with pytest.raises(AlreadySent) as refused:
        send(kind, ticket, actor, make_content(OTHER, form_key=form_key))

    assert refused.value.message.body == make_content().body
    assert ticket.messages.count() == 2


def test_the_same_text_under_the_same_key_on_another_ticket_is_not_dropped(requester, form_key):
    first, second = make_ticket(requester), make_ticket(requester)
    content = make_content(form_key=form_key)
    services.reply_as_customer(first, actor=requester, content=content, now=LATER)

    with pytest.raises(AlreadySent):
        services.reply_as_customer(second, actor=requester, content=content, now=LATER)


def test_another_file_under_the_key_of_a_sent_message_is_not_dropped(requester, form_key):
    ticket, file = make_ticket(requester), make_pending_file(requester)
    first = make_content(files=[file], form_key=form_key)
    services.reply_as_customer(ticket, actor=requester, content=first, now=LATER)
    same = make_content(files=[make_pending_file(requester)], form_key=form_key)
    other = make_content(files=[make_pending_file(requester, content=b"other")], form_key=form_key)

    assert services.reply_as_customer(ticket, actor=requester, content=same, now=LATER) == ticket
    with pytest.raises(AlreadySent):
        services.reply_as_customer(ticket, actor=requester, content=other, now=LATER)


@pytest.mark.parametrize(
    "change",
    [{"title": "عنوان دیگر"}, {"description": OTHER}, {"category": "sales"}, {"priority": "low"}],
    ids=lambda change: next(iter(change)),
)
def test_another_ticket_under_the_key_of_a_sent_one_is_not_dropped(change, requester, form_key):
    make_ticket(requester, form_key=form_key)

    with pytest.raises(AlreadySent):
        make_ticket(requester, form_key=form_key, **change)

    assert Ticket.objects.count() == 1


def test_a_ticket_that_agents_changed_meanwhile_is_the_result_of_its_form(
    requester, agent, form_key
):
    ticket = make_ticket(requester, form_key=form_key)
    services.change_priority(ticket, actor=agent, priority="critical", now=LATER)
    services.change_category(ticket, actor=agent, category="sales", now=LATER)

    assert make_ticket(requester, form_key=form_key) == ticket


# --- On the page ----------------------------------------------------------------------------------


def key_in(page):
    return page.partition('name="form_key" value="')[2].partition('"')[0]


def test_a_page_shows_what_was_sent_keeps_the_new_text_and_has_a_new_key(client_of, requester):
    ticket, client, key = make_ticket(requester), client_of(requester), str(uuid.uuid4())
    path = f"{ticket.get_absolute_url()}reply/"
    client.post(path, {"body": "متن نخست", "form_key": key})

    refused = client.post(path, {"body": OTHER, "form_key": key})
    page = refused.content.decode()

    assert refused.status_code == 409
    assert page.count("متن نخست") == 2
    assert f">\n{OTHER}</textarea>" in page
    assert key_in(page) not in {"", key}
    sent = client.post(path, {"body": OTHER, "form_key": key_in(page)})
    assert sent.status_code == 302
    assert Message.objects.filter(body=OTHER).count() == 1


def test_an_agents_other_text_is_kept_beside_what_was_sent(client_of, requester, agent):
    ticket, client, key = make_ticket(requester), client_of(agent), str(uuid.uuid4())
    path = f"{ticket.get_queue_url()}note/"
    client.post(path, {"body": "یادداشت نخست", "form_key": key})

    page = client.post(path, {"body": OTHER, "form_key": key})

    assert page.status_code == 409
    assert OTHER in page.content.decode()
    assert not Message.objects.filter(body=OTHER).exists()


def test_a_new_ticket_with_other_content_is_asked_about(client_of, requester):
    client, key = client_of(requester), str(uuid.uuid4())
    fields = {"title": "سرور", "category": "technical", "priority": "normal", "form_key": key}
    client.post(reverse("tickets:new"), fields | {"description": "متن نخست"})

    refused = client.post(reverse("tickets:new"), fields | {"description": OTHER})

    assert refused.status_code == 422
    assert Ticket.objects.get().get_absolute_url() in refused.content.decode()
    assert OTHER in refused.content.decode()


def test_a_plan_request_has_a_draft_and_files_of_its_own(client_of, requester):
    page = client_of(requester).get(reverse("tickets:new") + "?plan=custom").content.decode()

    assert 'data-draft="/tickets/new/?plan=custom"' in page
    assert 'action="/tickets/new/?plan=custom"' in page
    assert (
        'data-draft="/tickets/new/"' in client_of(requester).get("/tickets/new/").content.decode()
    )


def test_an_unknown_plan_in_the_address_leaves_the_ordinary_draft(client_of, requester):
    page = client_of(requester).get(reverse("tickets:new") + '?plan="><x').content.decode()

    assert 'data-draft="/tickets/new/"' in page


@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_gives_back_what_was_typed(status, client_of, requester, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("gone") if status == 503 else ZeroDivisionError

    ticket, client = make_ticket(requester), client_of(requester)
    client.raise_request_exception = False
    monkeypatch.setattr(services, "reply_as_customer", fail)

    answer = client.post(f"{ticket.get_absolute_url()}reply/", {"body": OTHER})

    assert answer.status_code == status
    assert OTHER in answer.content.decode()
