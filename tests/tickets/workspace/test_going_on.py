"""The next ticket: taken with one press, found beside this one, or opened after an answer."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_content,
    make_ticket,
)
from tests.pages import read
from tickets import services
from tickets.choices import Status
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db
NEXT = "/queue/next/"


@pytest.fixture
def three(requester):
    """Tickets in the order of the queue."""
    for priority in ("critical", "high", "normal"):
        make_ticket(requester, priority=priority)
    return list(Ticket.objects.in_queue_order())


def opened_by(response):
    """The ticket whose page an answer leads to."""
    return Ticket.objects.get(pk=int(response.url.split("KT-")[1].split("/")[0]))


# --- Take next ------------------------------------------------------------------------------------


def test_the_most_urgent_ticket_is_taken(desk, agent, three):
    response = desk.post(NEXT)

    taken = opened_by(response)
    assert taken == three[0]
    assert response.url.endswith("#latest"), "a long conversation opened at its oldest message"
    assert (taken.assignee, taken.status) == (agent, Status.IN_PROGRESS)
    assert taken.events.last().kind == Event.Kind.ACCEPTED
    assert "اکنون با شماست" in read(desk.get(response.url)).one(".toast-note").text


def test_what_others_have_and_what_waits_for_no_answer_is_passed_over(
    desk, agent, second_agent, requester, three
):
    services.accept(three[0], actor=second_agent, now=NOW)
    services.accept(three[1], actor=agent, now=NOW)
    make_awaiting_customer(requester, agent)
    make_closed(requester, agent)

    assert opened_by(desk.post(NEXT)) == three[2]
    assert desk.post(NEXT).url == reverse("queue:list")


def test_a_ticket_that_came_back_to_the_agent_is_taken_too(desk, agent, requester):
    ticket = make_awaiting_customer(requester, agent)
    services.reply_as_customer(
        ticket, actor=requester, content=make_content("باز هم قطع است."), now=NOW
    )

    assert opened_by(desk.post(NEXT)) == ticket


def test_another_agents_own_ticket_is_not_taken(client_of, agent, second_agent, requester):
    ticket = make_awaiting_customer(requester, agent)
    services.reply_as_customer(ticket, actor=requester, content=make_content("قطع"), now=NOW)

    assert client_of(second_agent).post(NEXT).url == reverse("queue:list")


def test_with_nothing_to_take_the_list_shows_a_message(desk):
    response = desk.post(NEXT, {"list": "status=any"}, follow=True)

    assert response.redirect_chain[-1][0] == "/queue/?status=any"
    assert "تیکتی برای پذیرفتن نیست" in read(response).one(".toast-note").text


def test_of_a_list_only_what_is_in_it_is_taken(desk, three):
    response = desk.post(NEXT, {"list": f"priority={three[2].priority}"})

    assert opened_by(response) == three[2]


def test_a_list_that_means_nothing_is_the_whole_queue(desk, three):
    assert opened_by(desk.post(NEXT, {"list": "priority=nonsense&x=\x00&assignee=99"})) == three[0]


def test_a_press_that_is_sent_twice_takes_one_ticket(desk, agent, three):
    form = {"form_key": str(uuid.uuid4())}

    first, second = desk.post(NEXT, form), desk.post(NEXT, form)

    assert first.url == second.url
    assert Ticket.objects.assigned_to(agent).count() == 1


def test_a_form_that_is_used_again_after_the_answer_takes_the_next(desk, agent, three):
    form = {"form_key": str(uuid.uuid4())}
    taken = opened_by(desk.post(NEXT, form))
    services.reply_as_agent(taken, actor=agent, content=make_content("درست شد."), then="wait")

    assert opened_by(desk.post(NEXT, form)) == three[1]


def test_a_key_that_is_none_takes_a_ticket_all_the_same(desk, three):
    assert opened_by(desk.post(NEXT, {"form_key": "'; drop table"})) == three[0]


def test_customers_find_no_such_page(client_of, requester, three):
    assert client_of(requester).post(NEXT).status_code == 404


def test_the_queue_has_the_button_with_its_list_and_a_fresh_key(desk, three):
    page = read(desk.get("/queue/?assignee=nobody"))

    form = page.one(f"form[action={NEXT}]")
    assert form.one("input[name=list]")["value"] == "assignee=nobody"
    assert uuid.UUID(form.one("input[name=form_key]")["value"])


# --- Beside this one ------------------------------------------------------------------------------


def walk(client, ticket, query):
    return read(client.get(ticket.get_queue_url(), {"list": query})).one("nav.walk")


def test_a_ticket_of_a_list_says_where_it_is_and_leads_to_its_neighbours(desk, three):
    page = read(desk.get("/queue/"))
    href = page.all("a.id")[1]["href"]

    nav = read(desk.get(href)).one("nav.walk")

    assert nav.text == "۲ از ۳"
    previous, following = (nav.one(f"a[rel={rel}]")["href"] for rel in ("prev", "next"))
    assert previous == f"{three[0].get_queue_url()}?list="
    assert following == f"{three[2].get_queue_url()}?list="


def test_the_ends_of_a_list_lead_nowhere(desk, three):
    assert not walk(desk, three[0], "").all("a[rel=prev]")
    assert not walk(desk, three[2], "").all("a[rel=next]")


def test_the_list_of_closed_tickets_is_walked_in_its_order(desk, agent, requester):
    first, second = (make_closed(requester, agent, now=NOW + timedelta(days=day)) for day in (0, 1))

    nav = walk(desk, second, "status=closed")

    assert nav.text == "۱ از ۲"
    assert nav.one("a[rel=next]")["href"].startswith(first.get_queue_url())


def test_a_ticket_that_left_the_list_says_so_and_leads_on(desk, agent, three):
    services.accept(three[1], actor=agent, now=NOW)

    nav = walk(desk, three[1], "assignee=nobody")

    assert "دیگر در این فهرست نیست" in nav.text


def test_an_open_ticket_in_the_list_of_closed_ones_is_no_error(desk, three):
    assert "دیگر در این فهرست نیست" in walk(desk, three[0], "status=closed").text


def test_the_way_back_is_to_the_list(desk, three):
    page = read(desk.get(three[0].get_queue_url(), {"list": "priority=critical"}))

    assert page.all(".ticket-head a.icon-btn")[0]["href"] == "/queue/?priority=critical"


def test_an_action_stays_in_the_list(desk, three):
    page = read(desk.get(three[0].get_queue_url(), {"list": "assignee=nobody"}))
    action = next(form["action"] for form in page.all("form") if "/accept/" in form.get("action"))

    response = desk.post(action)

    assert response.url == f"{three[0].get_queue_url()}?list=assignee%3Dnobody#latest"


def test_a_ticket_that_no_list_led_to_has_no_neighbours(desk, three):
    assert not read(desk.get(three[0].get_queue_url())).all("nav.walk")


# --- After an answer ------------------------------------------------------------------------------


def answer(client, ticket, query=None, **more):
    url = reverse("queue:reply", args=[ticket])
    url += "" if query is None else f"?list={query}"
    form = {"body": "بررسی شد.", "then": "wait", "go_on": "on", "form_key": str(uuid.uuid4())}
    return client.post(url, form | more)


def test_after_an_answer_the_next_of_the_list_is_opened_ready_to_write(desk, three):
    response = answer(desk, three[0], "")

    assert response.url == f"{three[1].get_queue_url()}?list=#id_body"
    assert again(three[1]).assignee is None
    toast = read(desk.get(response.url)).one(".toast-note")
    assert three[0].number in toast.text


def test_after_the_last_answer_the_list_is_shown(desk, three):
    response = answer(desk, three[2], "assignee%3Dnobody")

    page = read(desk.get(response.url))
    assert response.url == "/queue/?assignee=nobody"
    assert len(page.all(".toast-note")) == 2


def test_without_a_list_the_most_urgent_is_taken_after_an_answer(desk, agent, three):
    response = answer(desk, three[1])

    assert response.url == f"{three[0].get_queue_url()}#id_body"
    assert again(three[0]).assignee == agent


def test_an_answer_that_is_sent_twice_takes_one_ticket(desk, agent, three):
    form_key = str(uuid.uuid4())

    first, second = (answer(desk, three[1], form_key=form_key) for _press in range(2))

    assert first.url == second.url
    assert Ticket.objects.assigned_to(agent).count() == 2


def test_whether_to_go_on_is_remembered(desk, agent, three):
    page = read(desk.get(three[0].get_queue_url()))
    assert "checked" not in page.one("input[name=go_on]")

    answer(desk, three[0])

    page = read(desk.get(three[1].get_queue_url()))
    assert "checked" in page.one("input[name=go_on]")


def test_without_it_the_ticket_stays(desk, three):
    form = {"body": "بررسی شد.", "then": "wait"}

    response = desk.post(reverse("queue:reply", args=[three[0]]), form)

    assert response.url == f"{three[0].get_queue_url()}#latest"


def test_a_refused_answer_stays_on_its_page_with_what_was_chosen(desk, three):
    response = answer(desk, three[0], "", body=" ")

    assert response.status_code == 422
    assert "checked" in read(response).one("input[name=go_on]")
    assert read(response).one("nav.walk").text == "۱ از ۳"


def test_the_due_of_a_row_leads_to_its_page(desk, three):
    [href, *_others] = [a["href"] for a in read(desk.get("/queue/")).all("main a.due")]

    assert href == f"{three[0].get_queue_url()}due/"
    assert desk.get(href).status_code == 200
