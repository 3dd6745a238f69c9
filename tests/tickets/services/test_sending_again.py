"""One act has one result, however it is sent again; another text under the same key is not lost."""

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse

from tests.factories import (
    NOW,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_pending_file,
    make_ticket,
)
from tickets import services
from tickets.errors import AlreadySent, TicketError
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


# --- The same text, and something else to be done -------------------------------------------------


@pytest.fixture
def tag(supervisor):
    return services.create_tag("سرور", colour="blue", actor=supervisor, now=NOW)


def send_reply(ticket, agent, form_key, *, further=None, then="wait"):
    content = make_content(form_key=form_key)
    if further:
        return services.reply_with_changes(
            ticket, actor=agent, content=content, further=further, then=then, now=LATER
        )
    return services.reply_as_agent(ticket, actor=agent, content=content, then=then, now=LATER)


@pytest.mark.parametrize("chosen", ["wait", "work", "close"])
def test_what_follows_a_reply_is_not_dropped_where_its_text_was_sent(
    chosen, requester, agent, form_key
):
    ticket = make_ticket(requester)
    send_reply(ticket, agent, form_key, then=chosen)

    assert send_reply(ticket, agent, form_key, then=chosen) == ticket
    for other in {"wait", "work", "close"} - {chosen}:
        with pytest.raises(AlreadySent):
            send_reply(ticket, agent, form_key, then=other)
    assert ticket.messages.count() == 2


def test_a_reply_is_the_first_result_also_after_the_ticket_moved_on(requester, agent, form_key):
    ticket = make_ticket(requester)
    send_reply(ticket, agent, form_key)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=LATER)

    assert send_reply(ticket, agent, form_key) == ticket


def test_what_a_macro_changes_is_not_dropped_where_its_text_was_sent(
    requester, agent, second_agent, tag, form_key
):
    ticket = make_ticket(requester)
    done = services.FurtherChanges(priority="high", category="sales", tags=(tag.pk,))
    send_reply(ticket, agent, form_key, further=done)

    assert send_reply(ticket, agent, form_key, further=done) == ticket
    assert send_reply(ticket, agent, form_key) == ticket
    for more in ({"priority": "urgent"}, {"assignee_id": second_agent.pk}):
        with pytest.raises(AlreadySent):
            send_reply(ticket, agent, form_key, further=services.FurtherChanges(**more))


@pytest.mark.parametrize(("first", "other"), [("thanks", "problem"), ("problem", "thanks")])
def test_whether_a_message_reopens_is_not_dropped_where_its_text_was_sent(
    first, other, requester, agent, form_key
):
    ticket = make_closed(requester, agent)

    def write(intent):
        content = make_content(form_key=form_key)
        return services.reply_as_customer(
            ticket, actor=requester, content=content, intent=intent, now=LATER
        )

    write(first)

    assert write(first) == ticket
    with pytest.raises(AlreadySent):
        write(other)


def test_thanks_are_no_follow_up_of_their_own_ticket(requester, agent, form_key, settings):
    settings.REOPEN_WITHIN_DAYS = 30
    ticket, at = make_closed(requester, agent), NOW + timedelta(days=31)
    content, sending = make_content(form_key=form_key), {"actor": requester, "now": at}
    services.reply_as_customer(ticket, content=content, intent="thanks", **sending)

    with pytest.raises(AlreadySent):
        services.follow_up(ticket, content=content, **sending)

    assert not ticket.links.exists()


def test_another_requester_under_the_key_of_a_sent_ticket_makes_no_second_one(
    requester, colleague, agent, form_key
):
    make_ticket(requester, opened_by=agent, form_key=form_key)

    with pytest.raises(AlreadySent):
        make_ticket(colleague, opened_by=agent, form_key=form_key)

    assert Ticket.objects.count() == 1


def test_a_transfer_elsewhere_with_the_note_of_another_is_not_dropped(
    requester, agent, second_agent, supervisor, form_key
):
    ticket, note = make_ticket(requester), make_content("ببین.", form_key=form_key)
    sending = {"actor": supervisor, "note": note, "now": LATER}
    services.transfer(ticket, to=agent, **sending)

    services.transfer(ticket, to=agent, **sending)
    with pytest.raises(AlreadySent):
        services.transfer(ticket, to=second_agent, **sending)

    assert ticket.messages.count() == 2


def test_a_note_for_a_transfer_that_is_done_already_is_not_dropped(requester, agent, supervisor):
    ticket = make_ticket(requester)
    services.transfer(ticket, actor=supervisor, to=agent, now=LATER)

    with pytest.raises(TicketError) as refused:
        services.transfer(ticket, actor=supervisor, to=agent, note=make_content("ببین."), now=LATER)

    assert refused.value.code == "to"


# --- What has no key, and a reason or a title -----------------------------------------------------


@pytest.mark.parametrize("who", ["requester", "agent"])
def test_another_reason_for_a_priority_that_was_set_is_not_dropped(who, request, requester):
    ticket, actor = make_ticket(requester), request.getfixturevalue(who)
    raise_it = {"actor": actor, "priority": "high", "now": LATER}
    services.change_priority(ticket, reason="قطع است", **raise_it)

    services.change_priority(ticket, reason=" قطع است ", **raise_it)
    with pytest.raises(TicketError) as refused:
        services.change_priority(ticket, reason="هنوز قطع است", **raise_it)

    assert refused.value.code == "reason"


def test_another_reason_for_a_hold_is_not_dropped(requester, agent, second_agent):
    ticket = make_awaiting_customer(requester, agent)
    services.hold_auto_close(ticket, actor=agent, reason="در سفر است", now=LATER)

    services.hold_auto_close(ticket, actor=second_agent, reason="در سفر است", now=LATER)
    with pytest.raises(TicketError):
        services.hold_auto_close(ticket, actor=second_agent, reason="تعطیلات", now=LATER)


def test_another_title_for_a_message_that_was_split_off_is_not_dropped(requester, agent):
    ticket = make_ticket(requester)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=LATER)
    split = {"actor": agent, "message": ticket.messages.last().pk, "now": LATER}
    new = services.split_message(ticket, title="فاکتور", **split)

    assert services.split_message(ticket, title="فاکتور", **split) == new
    with pytest.raises(TicketError):
        services.split_message(ticket, title="فاکتور مهر", **split)


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
