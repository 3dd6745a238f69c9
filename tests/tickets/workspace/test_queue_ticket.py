"""What agents do on the page of a ticket: each button and form, for whom, and when refused."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from organizations.models import User
from plans.models import Plan
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_pending_file,
    make_ticket,
)
from tests.pages import read
from tickets import services
from tickets.choices import Status
from tickets.models import Attachment, Event, Message, Watcher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

MINUTE = timedelta(minutes=1)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6260606060000000050001a5f64540000000"
    "0049454e44ae426082"
)


@pytest.fixture(autouse=True)
def _english_staff(agent, second_agent, supervisor):
    """Sentences are compared in English, on pages and outside of them."""
    User.objects.exclude(staff_role="").update(language="en")
    with override("en"):
        yield


@pytest.fixture
def ticket(requester):
    return make_ticket(requester, priority="normal")


@pytest.fixture
def act(client_of):
    """Post an action of a ticket's page: act(agent, ticket, "accept", take_over_from=3)."""

    def post(actor, ticket, action, **fields):
        return client_of(actor).post(f"{ticket.get_queue_url()}{action}/", fields)

    return post


def page_of(client, ticket):
    return client.get(ticket.get_queue_url())


def text_of(response):
    """What the page says, tags and their white space taken out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", response.content.decode()))


def shown_actions(client, ticket):
    """The names of the actions of the page, by where its forms lead."""
    names = set()
    for form in read(page_of(client, ticket)).all("main form[method=post]"):
        name = form["action"].removeprefix(ticket.get_queue_url()).strip("/")
        if form.all("[name=take_over_from]"):
            name = "take_over"
        elif form.all("[name=lift]"):
            name = "lift"
        names.add(name)
    always = {"reply", "note", "watch", "unwatch", "link", "merge", "follow", "notifications/read"}
    return names - always


def reply_options(response):
    return list(dict.fromkeys(read(response).texts("#composer .split button[name=then]")))


def upload(name, content):
    return SimpleUploadedFile(name, content)


def last_event(ticket):
    return ticket.events.latest("pk")


def reply_fields(ticket, **fields):
    """What the form of the page posts: the text and what was seen."""
    return {
        "body": "لطفاً دوباره امتحان کنید.",
        "then": "wait",
        "form_key": str(uuid.uuid4()),
        "seen_assignee": ticket.assignee_id or "",
        "seen_message": ticket.last_public_message_id,
        **fields,
    }


# --- Who comes here ---------------------------------------------------------------------------

ACTIONS = [
    *("accept", "release", "assign", "reply", "note", "resume", "close", "reopen", "hold"),
    *("priority", "category"),
]


def test_strangers_are_led_to_sign_in_and_customers_find_nothing(
    client, client_of, ticket, requester
):
    assert client.get(ticket.get_queue_url()).status_code == 302
    assert client_of(requester).get(ticket.get_queue_url()).status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_strangers_and_customers_change_nothing(client, act, ticket, requester, action):
    fields = {"body": "typed for long", "then": "close", "priority": "low", "category": "sales"}

    anonymous = client.post(f"{ticket.get_queue_url()}{action}/", fields)
    theirs = act(requester, ticket, action, **fields)

    assert anonymous.status_code == 403
    assert "typed for long" in anonymous.content.decode()
    assert theirs.status_code == 404
    assert again(ticket).version == ticket.version


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_need_a_post_and_the_tickets_own_number(client_of, agent, ticket, action):
    client = client_of(agent)

    assert client.get(f"{ticket.get_queue_url()}{action}/").status_code == 405
    assert client.post(f"/queue/KT-999999/{action}/").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_need_a_form_of_ours(client_of, agent, ticket, action):
    response = client_of(agent, csrf=True).post(f"{ticket.get_queue_url()}{action}/", {"body": "x"})

    assert response.status_code == 403
    assert again(ticket).version == ticket.version


# --- What is offered --------------------------------------------------------------------------


def test_only_open_moves_are_shown_on_a_new_ticket(client_of, agent, supervisor, ticket):
    assert shown_actions(client_of(agent), ticket) == {"accept", "priority", "category"}
    assert shown_actions(client_of(supervisor), ticket) == {
        "accept",
        "assign",
        "transfer",
        "priority",
        "category",
    }


def test_the_assignee_is_offered_to_release_and_assign_and_others_are_not(
    client_of, agent, second_agent, ticket
):
    services.accept(ticket, actor=agent, now=NOW)

    assert shown_actions(client_of(agent), ticket) == {
        *("release", "assign", "transfer", "priority", "category")
    }
    assert shown_actions(client_of(second_agent), ticket) == {"take_over", "priority", "category"}


def test_an_awaited_ticket_can_be_resumed_closed_and_held(
    client_of, second_agent, requester, agent
):
    ticket = make_awaiting_customer(requester, agent)

    assert shown_actions(client_of(second_agent), ticket) == {
        *("resume", "close", "hold", "priority", "category")
    }


def test_a_closed_ticket_has_reopening_and_reopen_and_send_only(client_of, agent, requester):
    ticket = make_closed(requester, agent)
    client = client_of(agent)

    page = page_of(client, ticket)

    assert shown_actions(client, ticket) == {"reopen"}
    assert reply_options(page) == ["Reopen and send"]
    assert 'name="reopening" value="True"' in page.content.decode()


def test_nothing_that_is_shown_leads_to_a_refusal(client_of, agent, supervisor, requester, act):
    for make in (make_ticket, lambda who: make_awaiting_customer(who, agent)):
        for actor in (agent, supervisor):
            for action in shown_actions(client_of(actor), make(requester)) & set(ACTIONS):
                fresh = again(make(requester))
                fields = {
                    "priority": {"priority": "high", "version": fresh.version},
                    "category": {"category": "sales", "version": fresh.version},
                    "assign": {"assignee": actor.pk, "version": fresh.version},
                    "hold": {"reason": "they are away"},
                }.get(action, {})
                assert act(actor, fresh, action, **fields).status_code == 302, action


# --- Accept and take over ---------------------------------------------------------------------


def test_accepting_makes_the_agent_the_assignee(act, agent, ticket):
    response = act(agent, ticket, "accept")

    assert response.url == f"{ticket.get_queue_url()}#latest"
    assert again(ticket).assignee == agent
    assert again(ticket).status == Status.IN_PROGRESS


def test_who_accepts_second_sees_who_has_it(act, agent, second_agent, ticket):
    act(agent, ticket, "accept")

    response = act(second_agent, ticket, "accept")

    assert response.status_code == 409
    assert f"{agent} has this ticket." in text_of(response)
    assert again(ticket).assignee == agent
    assert ticket.events.filter(kind=Event.Kind.ACCEPTED).count() == 1


def test_a_take_over_names_whom_it_takes_the_ticket_from(
    act, client_of, agent, second_agent, requester
):
    ticket = make_awaiting_customer(requester, agent)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)
    page = page_of(client_of(second_agent), ticket)

    response = act(second_agent, ticket, "accept", take_over_from=agent.pk)

    assert f"Take over from {agent}" in text_of(page)
    assert f'name="take_over_from" value="{agent.pk}"' in page.content.decode()
    assert response.status_code == 302
    assert again(ticket).assignee == second_agent


def test_a_colleagues_overdue_ticket_in_progress_is_offered_to_a_peer(
    act, client_of, agent, second_agent, ticket
):
    services.accept(ticket, actor=agent, now=NOW)
    page = page_of(client_of(second_agent), ticket)

    response = act(second_agent, ticket, "accept", take_over_from=agent.pk)

    assert f"Take over from {agent}" in text_of(page)
    assert "Take over" not in text_of(page_of(client_of(second_agent), ticket))
    assert response.status_code == 302
    assert again(ticket).assignee == second_agent
    page = page_of(client_of(second_agent), ticket)
    assert f"{second_agent} took the ticket over from {agent}" in text_of(page)


def test_a_take_over_is_refused_once_somebody_else_has_the_ticket(
    act, agent, second_agent, supervisor, requester
):
    ticket = make_awaiting_customer(requester, agent)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)
    services.assign(ticket, actor=supervisor, to=supervisor, now=NOW)

    response = act(second_agent, ticket, "accept", take_over_from=agent.pk)

    assert response.status_code == 409
    assert f"{supervisor} has this ticket." in text_of(response)
    assert again(ticket).assignee == supervisor


@pytest.mark.parametrize("value", ["", "0", "-1", "x", "\0", "9" * 30])
def test_a_take_over_from_nobody_known_is_an_accept(act, agent, ticket, value):
    assert act(agent, ticket, "accept", take_over_from=value).status_code == 302
    assert again(ticket).assignee == agent


# --- Release, assign, resume ------------------------------------------------------------------


def test_the_assignee_and_a_supervisor_release_and_another_agent_does_not(
    act, agent, second_agent, supervisor, requester
):
    first, second = make_ticket(requester), make_ticket(requester)
    for ticket in (first, second):
        services.accept(ticket, actor=agent, now=NOW)

    refused = act(second_agent, first, "release")

    assert refused.status_code == 403
    assert again(first).assignee == agent
    assert act(agent, first, "release").status_code == 302
    assert act(supervisor, second, "release").status_code == 302
    assert again(first).assignee is again(second).assignee is None


def test_a_ticket_is_handed_to_another_agent_and_to_nobody(act, agent, second_agent, ticket):
    services.accept(ticket, actor=agent, now=NOW)

    given = act(agent, ticket, "assign", assignee=second_agent.pk)
    assert (given.status_code, again(ticket).assignee) == (302, second_agent)

    given = act(second_agent, ticket, "assign", assignee="")
    assert (given.status_code, again(ticket).assignee) == (302, None)
    assert again(ticket).status == Status.AWAITING_RESPONSE


def test_an_agent_does_not_assign_what_others_have(act, agent, second_agent, ticket):
    services.accept(ticket, actor=agent, now=NOW)

    response = act(second_agent, ticket, "assign", assignee=second_agent.pk)

    assert response.status_code == 403
    assert again(ticket).assignee == agent


def test_only_active_agents_can_be_chosen(
    client_of, act, supervisor, second_agent, requester, ticket
):
    second_agent.is_active = False
    second_agent.save()
    page = page_of(client_of(supervisor), ticket)

    for key in (second_agent.pk, requester.pk, 0, "x", "9" * 30, "\0"):
        response = act(supervisor, ticket, "assign", assignee=key)
        assert response.status_code == 422
        assert read(response).one("select[name=assignee][aria-invalid=true]")
    assert again(ticket).assignee is None
    assert str(second_agent.pk) not in read(page).one("select[name=assignee]").choices()


def test_resuming_stops_the_automatic_close(act, second_agent, agent, requester):
    ticket = make_awaiting_customer(requester, agent)

    act(second_agent, ticket, "resume")

    ticket = again(ticket)
    assert (ticket.status, ticket.assignee, ticket.auto_close_at) == (
        Status.IN_PROGRESS,
        agent,
        None,
    )


def test_a_button_that_came_too_late_is_refused_with_a_sentence(act, agent, requester):
    ticket = make_closed(requester, agent)

    response = act(agent, ticket, "resume")

    assert response.status_code == 409
    assert "This ticket was closed in the meantime." in text_of(response)
    assert again(ticket).status == Status.CLOSED


# --- Reply ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "status"),
    [
        ("wait", Status.AWAITING_CUSTOMER),
        ("work", Status.IN_PROGRESS),
        ("close", Status.CLOSED),
    ],
)
def test_a_reply_has_one_of_three_results(act, agent, ticket, then, status):
    response = act(agent, ticket, "reply", **reply_fields(ticket, then=then))

    assert response.url == f"{ticket.get_queue_url()}#latest"
    assert again(ticket).status == status
    assert ticket.messages.latest("pk").kind == Message.Kind.PUBLIC


def test_the_page_says_what_follows_from_each_way(client_of, agent, ticket):
    text = text_of(page_of(client_of(agent), ticket))

    assert "Without an answer, it closes after 48 hours." in text
    assert "it remains our turn" in text
    assert "closes as resolved" in text


def test_the_page_shows_who_will_read_a_reply(client_of, agent, ticket, requester, colleague):
    client = client_of(agent)

    assert f"{requester} will see it" in text_of(page_of(client, ticket))
    Watcher.objects.create(ticket=ticket, user=colleague, added_by=requester, added_at=NOW)
    assert f"{requester} and 1 watcher will see it" in text_of(page_of(client, ticket))


@pytest.mark.parametrize("body", ["", "   \n\t", "\u200c\u200c", "x" * 20_001])
def test_an_empty_or_endless_reply_is_refused_and_kept(act, agent, ticket, body):
    response = act(agent, ticket, "reply", **reply_fields(ticket, body=body))

    assert response.status_code == 422
    form = read(response).one("form[data-mode=public]")
    assert form.errors()["body"]
    assert form.field("body") == body
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("then", ["", "delete", "\0"])
def test_a_way_that_is_none_is_refused(act, agent, ticket, then):
    response = act(agent, ticket, "reply", **reply_fields(ticket, then=then))

    assert response.status_code == 422
    assert again(ticket).version == ticket.version


def test_a_reply_to_a_ticket_that_somebody_took_is_refused_once_and_kept(
    act, agent, second_agent, ticket
):
    fields = reply_fields(ticket)
    services.accept(ticket, actor=second_agent, now=NOW)

    refused = act(agent, ticket, "reply", **fields)
    page = refused.content.decode()

    assert refused.status_code == 409
    assert f"{second_agent} has taken the ticket in the meantime." in text_of(refused)
    assert fields["body"] in page
    assert f'name="seen_assignee" value="{second_agent.pk}"' in page
    assert ticket.messages.count() == 1

    fresh = again(ticket)
    sent = act(agent, ticket, "reply", **fields | {"seen_assignee": fresh.assignee_id})
    assert sent.status_code == 302
    assert again(ticket).assignee == second_agent


def test_a_reply_to_an_older_conversation_is_refused_once_and_kept(act, agent, requester, ticket):
    fields = reply_fields(ticket)
    services.reply_as_customer(ticket, actor=requester, content=make_content(), now=NOW)

    refused = act(agent, ticket, "reply", **fields)

    assert refused.status_code == 409
    assert "There is a new message since you began writing." in text_of(refused)
    newest = again(ticket).last_public_message_id
    assert f'name="seen_message" value="{newest}"' in refused.content.decode()
    again_sent = act(agent, ticket, "reply", **fields | {"seen_message": newest})
    assert again_sent.status_code == 302


def test_a_ticket_that_closed_meanwhile_keeps_the_text_for_reopen_and_send(
    act, agent, requester, ticket
):
    fields = reply_fields(ticket)
    services.close_by_customer(ticket, actor=requester, now=NOW)

    refused = act(agent, ticket, "reply", **fields)
    page = refused.content.decode()

    assert refused.status_code == 409
    assert "Reopen it to send your reply." in text_of(refused)
    assert fields["body"] in page
    assert reply_options(refused) == ["Reopen and send"]
    assert 'name="reopening" value="True"' in page

    sent = act(agent, ticket, "reply", **fields | {"reopening": "True"})
    assert sent.status_code == 302
    assert again(ticket).status == Status.AWAITING_CUSTOMER
    assert last_event(ticket).changes["status"] == ["closed", "awaiting_customer"]
    assert not ticket.clocks.running().exists()


def test_an_incomplete_reply_learns_that_the_ticket_closed(act, agent, requester, ticket):
    fields = reply_fields(ticket, body="")
    services.close_by_customer(ticket, actor=requester, now=NOW)

    refused = act(agent, ticket, "reply", **fields)

    assert refused.status_code == 422
    assert 'name="reopening" value="True"' in refused.content.decode()


def test_the_same_form_sent_twice_makes_one_reply_and_keeps_its_files_once(
    act, client_of, agent, ticket
):
    fields = reply_fields(ticket)
    client, path = client_of(agent), f"{ticket.get_queue_url()}reply/"

    answers = [client.post(path, fields | {"attachments": upload("a.png", PNG)}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert ticket.messages.count() == 2
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("empty.png", b""),
        ("picture.png", b"no picture at all"),
        ("../../etc/shadow.exe", b"MZ\x90\x00"),
    ],
)
def test_a_refused_file_is_named_and_the_valid_one_beside_it_kept(
    client_of, agent, ticket, name, content
):
    client, path = client_of(agent), f"{ticket.get_queue_url()}reply/"
    fields = reply_fields(ticket)
    files = [upload(name, content), upload("good.png", PNG)]

    refused = client.post(path, fields | {"attachments": files})

    kept = Attachment.objects.get()
    page = refused.content.decode()
    assert refused.status_code == 422
    assert read(refused).errors()["attachments"]
    assert f'name="kept" value="{kept.pk}"' in page
    assert fields["body"] in page
    assert ticket.messages.count() == 1

    sent = client.post(path, fields | {"kept": str(kept.pk)})
    assert sent.status_code == 302
    assert ticket.messages.latest("pk").attachments.get() == kept


def test_files_survive_a_conflict_and_only_in_the_form_they_belong_to(
    client_of, agent, second_agent, ticket
):
    fields = reply_fields(ticket) | {"attachments": upload("a.png", PNG)}
    services.accept(ticket, actor=second_agent, now=NOW)

    refused = client_of(agent).post(f"{ticket.get_queue_url()}reply/", fields)

    page = refused.content.decode()
    assert refused.status_code == 409
    assert page.count('name="kept"') == 1
    assert page.index('name="kept"') < page.index(f"{ticket.get_queue_url()}note/")


def test_an_upload_of_somebody_else_cannot_be_sent(act, agent, second_agent, ticket):
    theirs = make_pending_file(second_agent)

    act(agent, ticket, "reply", **reply_fields(ticket, kept=str(theirs.pk)))

    assert Attachment.objects.get(pk=theirs.pk).message is None


# --- Notes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_ticket, None])
def test_a_note_is_written_in_any_status_and_customers_never_learn_of_it(
    client_of, act, agent, requester, make
):
    ticket = make(requester) if make else make_closed(requester, agent)
    before = again(ticket)

    response = act(agent, ticket, "note", body="فقط برای همکاران", form_key=uuid.uuid4())

    after = again(ticket)
    theirs = client_of(requester).get(ticket.get_absolute_url()).content.decode()
    assert response.status_code == 302
    assert "فقط برای همکاران" in page_of(client_of(agent), ticket).content.decode()
    assert "فقط برای همکاران" not in theirs
    assert (after.status, after.public_updated_at) == (before.status, before.public_updated_at)


def test_an_empty_note_opens_the_note_again(act, agent, ticket):
    response = act(agent, ticket, "note", body=" ")

    assert response.status_code == 422
    page = read(response)
    assert page.field("composer-mode") == "note"
    assert page.one("form[data-mode=note]").errors()["body"]


@pytest.mark.parametrize("query", ["", "?list=assignee%3Dnobody"])
def test_what_is_typed_after_a_note_does_not_lie_in_the_public_reply(
    client_of, agent, ticket, query
):
    client, address = client_of(agent), reverse("queue:note", args=[ticket])

    saved = client.post(f"{address}{query}", {"body": "با شبکه هماهنگ شد."}, follow=True)

    assert read(saved).field("composer-mode") == "note"
    assert read(client.get(ticket.get_queue_url() + query)).field("composer-mode") == "public"


def test_the_same_note_sent_twice_is_one(act, agent, ticket):
    fields = {"body": "یک بار", "form_key": str(uuid.uuid4())}

    for _ in range(2):
        assert act(agent, ticket, "note", **fields).status_code == 302

    assert ticket.messages.filter(kind=Message.Kind.NOTE).count() == 1


# --- Close, reopen, hold ----------------------------------------------------------------------


def test_an_answered_ticket_is_closed_without_a_word(act, second_agent, agent, requester):
    ticket = make_awaiting_customer(requester, agent)

    assert act(second_agent, ticket, "close").status_code == 302
    assert again(ticket).status == Status.CLOSED


def test_what_waits_is_answered_before_it_is_closed(act, client_of, agent, ticket):
    page = page_of(client_of(agent), ticket)

    response = act(agent, ticket, "close")

    assert f"{ticket.get_queue_url()}close/" not in page.content.decode()
    assert response.status_code == 409
    assert "before closing." in text_of(response)
    assert again(ticket).status == Status.AWAITING_RESPONSE


def test_reopening_waits_for_an_answer(act, agent, requester):
    ticket = make_closed(requester, agent)

    assert act(agent, ticket, "reopen").status_code == 302
    assert again(ticket).status == Status.AWAITING_RESPONSE
    assert again(ticket).waiting_since == NOW


def test_the_automatic_close_is_held_with_a_reason_and_lifted(
    act, client_of, agent, second_agent, requester
):
    ticket = make_awaiting_customer(requester, agent)
    assert act(agent, ticket, "hold", reason=" ").status_code == 422

    assert act(agent, ticket, "hold", reason="تا شنبه تعطیل‌اند").status_code == 302

    page = page_of(client_of(second_agent), ticket)
    assert again(ticket).auto_close_at is None
    assert "تا شنبه تعطیل‌اند" in page.content.decode()
    assert "lift" in shown_actions(client_of(second_agent), ticket)
    assert act(second_agent, ticket, "hold", lift="yes").status_code == 302
    assert again(ticket).auto_close_at == NOW + timedelta(hours=48)


# --- Priority and category --------------------------------------------------------------------


def test_raising_needs_no_reason_and_moves_the_due(act, agent, outsider):
    ticket = make_ticket(outsider, priority="low")
    before = ticket.due_at

    response = act(agent, ticket, "priority", priority="normal", version=ticket.version)

    assert response.status_code == 302
    assert again(ticket).priority == "normal"
    assert again(ticket).due_at < before


def test_lowering_needs_a_reason_that_the_customer_reads(act, client_of, agent, requester, ticket):
    refused = act(agent, ticket, "priority", priority="low", version=ticket.version)
    assert refused.status_code == 422
    assert read(refused).one("input[name=reason][aria-invalid=true]")
    assert "Enter a reason" in text_of(refused)
    assert again(ticket).priority == "normal"

    done = act(agent, ticket, "priority", priority="low", reason="یک پرسش است")

    assert done.status_code == 302
    theirs = client_of(requester).get(ticket.get_absolute_url()).content.decode()
    assert "یک پرسش است" in theirs
    assert str(agent) not in theirs


@pytest.mark.parametrize("value", ["", "p1", "CRITICAL", "\0"])
def test_an_unknown_priority_or_category_is_refused(act, agent, ticket, value):
    assert act(agent, ticket, "priority", priority=value).status_code == 422
    assert act(agent, ticket, "category", category=value).status_code == 422
    assert again(ticket).version == ticket.version


def test_a_category_is_changed(act, agent, ticket):
    assert act(agent, ticket, "category", category="sales").status_code == 302
    assert again(ticket).category == "sales"


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("priority", {"priority": "low", "reason": "یک پرسش است"}),
        ("category", {"category": "financial"}),
        ("assign", {"assignee": ""}),
    ],
)
def test_a_change_made_from_an_older_page_is_refused_and_kept(
    act, client_of, supervisor, agent, ticket, action, fields
):
    seen = ticket.version
    services.change_category(ticket, actor=agent, category="sales", now=NOW)

    refused = act(supervisor, ticket, action, version=seen, **fields)

    fresh = again(ticket)
    form = read(refused).one(f"form[action={ticket.get_queue_url()}{action}/]")
    assert refused.status_code == 409
    assert "The ticket has changed since you opened this page." in text_of(refused)
    assert f'name="version" value="{fresh.version}"' in refused.content.decode()
    assert all(form.field(name) == value for name, value in fields.items())
    assert (fresh.category, fresh.priority) == ("sales", "normal")
    assert act(supervisor, ticket, action, version=fresh.version, **fields).status_code == 302


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("priority", {"priority": "high"}),
        ("category", {"category": "sales"}),
        ("assign", {"assignee": ""}),
        ("hold", {"reason": "x"}),
    ],
)
def test_a_closed_ticket_is_not_changed(act, supervisor, agent, requester, action, fields):
    ticket = make_closed(requester, agent)

    response = act(supervisor, ticket, action, **fields)

    assert response.status_code == 409
    assert "closed in the meantime" in text_of(response)
    assert again(ticket).version == ticket.version


@pytest.mark.parametrize("version", ["", "-1", "0", "9" * 40, "x", "\0"])
def test_a_hostile_version_never_fails(act, agent, ticket, version):
    response = act(agent, ticket, "category", category="sales", version=version)

    assert response.status_code in {302, 409, 422}


def test_fields_that_the_form_does_not_show_change_nothing(act, agent, outsider, ticket):
    act(
        *(agent, ticket, "category"),
        category="sales",
        status="closed",
        organization=outsider.memberships.get().organization_id,
        requester=outsider.pk,
        due_at="2030-01-01",
    )

    after = again(ticket)
    assert (after.status, after.requester, after.organization) == (
        ticket.status,
        ticket.requester,
        ticket.organization,
    )


# --- The page ---------------------------------------------------------------------------------


def test_the_page_shows_the_clock_the_customer_and_the_history(
    client_of, agent, requester, organization, outsider
):
    ticket = make_ticket(requester, title="Disk <full>", now=NOW - timedelta(minutes=30))
    other = make_ticket(requester, title="Another one")
    make_ticket(outsider, title="Of somebody else")
    services.add_note(ticket, actor=agent, content=make_content("note <b>"), now=NOW)

    page = page_of(client_of(agent), ticket)
    text = text_of(page)

    for shown in [
        ticket.number,
        "Disk &lt;full&gt;",
        "note &lt;b&gt;",
        "First response",
        "24 working hours",
        organization.name,
        organization.plan.name_en,
        requester.email,
        "Owner",
        other.title,
        f"{agent} wrote a note",
    ]:
        assert shown in text
    assert "Of somebody else" not in text


def test_the_aim_is_beside_the_due_for_staff_only(client_of, agent, outsider, other_organization):

    other_organization.plan = Plan.objects.get(key="enterprise")
    other_organization.save()
    ticket = make_ticket(outsider, priority="critical")

    ours = text_of(page_of(client_of(agent), ticket))
    theirs = text_of(client_of(outsider).get(ticket.get_absolute_url()))

    assert "aim 10 min" in ours
    assert "aim" not in theirs


def test_a_raise_beyond_the_plan_keeps_the_due_and_says_so(client_of, act, agent, requester):
    ticket = make_ticket(requester, priority="normal")
    sentence = "For the current priority, the plan makes no further commitment"
    assert sentence not in text_of(page_of(client_of(agent), ticket))

    act(agent, ticket, "priority", priority="critical")

    User.objects.filter(pk=requester.pk).update(language="en")
    assert again(ticket).due_at == ticket.due_at
    assert sentence in text_of(page_of(client_of(agent), ticket))
    assert sentence in text_of(client_of(requester).get(ticket.get_absolute_url()))


def test_a_ticket_without_commitment_says_so(client_of, agent, requester):
    ticket = make_ticket(requester, priority="critical")

    assert "No commitment" in text_of(page_of(client_of(agent), ticket))


def test_the_page_costs_the_same_however_long_the_conversation(client_of, agent, requester):
    short, long = make_ticket(requester), make_ticket(requester)
    for index in range(12):
        content = make_content(files=[make_pending_file(agent)])
        services.reply_as_agent(long, actor=agent, content=content, now=NOW + index * MINUTE)
        services.reply_as_customer(
            long, actor=requester, content=make_content(), now=NOW + (index + 0.5) * MINUTE
        )
    services.reply_as_agent(
        short, actor=agent, content=make_content(files=[make_pending_file(agent)]), now=NOW
    )
    services.reply_as_customer(short, actor=requester, content=make_content(), now=NOW)
    client = client_of(agent)

    def cost(ticket):
        with CaptureQueriesContext(connection) as queries:
            assert page_of(client, ticket).status_code == 200
        return len(queries)

    cost(short)
    assert cost(short) == cost(long)
