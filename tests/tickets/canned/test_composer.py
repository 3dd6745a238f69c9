"""Canned replies in the composer of a ticket: offered with its values, inserted, sent."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import NOW, again, make_closed
from tests.tickets.canned.test_services import make_canned
from tests.tickets.workspace.test_queue_ticket import reply_fields
from tickets import services
from tickets.models import CannedReply, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def macro(supervisor, second_agent):
    return make_canned(
        supervisor,
        scope="shared",
        title="macro-title",
        body_fa="سلام {{مشتری}}، {{شماره}}",
        then="work",
        priority="low",
        reason="کم‌اهمیت",
        new_category="sales",
        assignee_id=second_agent.pk,
    )


def offers(client, ticket, text=""):
    response = client.get(f"{ticket.get_queue_url()}canned/", {"q": text})
    assert response.status_code == 200
    return response.content.decode()


def posted(client, ticket, **fields):
    return client.post(f"{ticket.get_queue_url()}macro/", reply_fields(ticket, **fields))


def sent(client, ticket, **fields):
    return client.post(f"{ticket.get_queue_url()}reply/", reply_fields(ticket, **fields))


def body_in(page):
    return re.search(r"<textarea name=\"body\".*?>\n(.*?)</textarea>", page, re.DOTALL)[1]


# --- Offers ---------------------------------------------------------------------------------------


def test_an_offer_has_the_values_of_the_ticket(desk, ticket, macro):
    page = offers(desk, ticket)

    assert f"سلام سارا احمدی، \u2068{ticket.number}\u2069" in page
    for name in ("also_priority", "also_category", "also_assignee", "also_reason", "canned"):
        assert f'name="{name}"' in page


def test_the_text_is_in_the_customers_language(desk, ticket, requester, agent):
    requester.language = "en"
    requester.save()
    make_canned(agent, body_fa="متن", body_en="{{plan}} for {{customer}}")

    assert 'data-text="Developer for \u2068سارا احمدی\u2069"' in offers(desk, ticket)


def test_the_other_language_is_announced(desk, ticket, agent):
    make_canned(agent, body_fa="", body_en="Hello")

    assert "canned-warning" in offers(desk, ticket)


def test_a_missing_value_is_announced(desk, ticket, agent):
    ticket = services.reply_as_agent(
        ticket, actor=agent, content=services.NewMessage("x"), then="wait"
    )
    make_canned(agent, body_fa="تا {{سررسید}}")

    page = offers(desk, ticket)

    assert 'data-text="تا …"' in page
    assert "canned-warning" in page


def test_a_due_time_that_has_passed_is_not_promised_again(desk, ticket, agent):
    make_canned(agent, body_fa="تا {{سررسید}}")
    row = type(ticket).objects.filter(pk=ticket.pk)
    row.update(due_at=timezone.now() + timedelta(hours=1))
    assert 'data-text="تا …"' not in offers(desk, ticket)

    row.update(due_at=NOW)

    assert 'data-text="تا …"' in offers(desk, ticket)


def test_a_hostile_title_changes_nothing_around_it(desk, ticket, agent):
    services_title = '"><script>alert(1)</script> {{agent}} [x](http://e.example)'
    type(ticket).objects.filter(pk=ticket.pk).update(title=services_title)
    make_canned(agent, body_fa="{{عنوان}}")

    page = offers(desk, ticket)

    assert "<script>" not in page
    assert "{{agent}}" in page
    assert "](http" not in page


def test_offers_are_searched_and_few(desk, ticket, agent):
    for number in range(30):
        make_canned(agent, title=f"reply {number}")
    make_canned(agent, title="needle")

    assert offers(desk, ticket).count('role="option"') == 20
    assert offers(desk, ticket, "needle").count('role="option"') == 1
    assert offers(desk, ticket, "\0needle" + "x" * 900).count('role="option"') == 0


def test_offers_cost_the_same_for_any_number(desk, ticket, agent, macro, django_assert_num_queries):
    offers(desk, ticket)
    with django_assert_num_queries(5):
        offers(desk, ticket)
    for number in range(25):
        make_canned(agent, title=f"reply {number}", assignee_id=agent.pk)

    with django_assert_num_queries(5):
        offers(desk, ticket)


def test_what_is_gone_or_not_allowed_is_left_out_and_announced(desk, ticket, macro, second_agent):
    second_agent.is_active = False
    second_agent.save()
    CannedReply.objects.update(new_category="network", priority="highest")

    page = offers(desk, ticket)

    assert "also_" not in page
    assert page.count("canned-warning") == 3


def test_a_ticket_of_another_agent_is_not_handed_on(desk, ticket, macro, supervisor):
    services.accept(ticket, actor=supervisor)

    assert "also_assignee" not in offers(desk, ticket)


def test_on_a_closed_ticket_only_the_text_is_offered(desk, requester, agent, macro):
    page = offers(desk, make_closed(requester, agent))

    assert "also_" not in page
    assert "سلام سارا" in page


def test_the_page_of_a_ticket_asks_nothing_about_canned_replies(desk, ticket, macro):
    assert "macro-title" not in desk.get(ticket.get_queue_url()).content.decode()


# --- Without script -------------------------------------------------------------------------------


def test_without_script_a_reply_is_chosen_and_inserted(desk, ticket, macro):
    listed = posted(desk, ticket, body="پیش‌نویس").content.decode()
    assert f'<option value="{macro.pk}">' in listed
    assert body_in(listed) == "پیش‌نویس"

    page = posted(desk, ticket, body="پیش‌نویس", insert=macro.pk).content.decode()

    assert body_in(page).startswith("پیش‌نویس\n\nسلام سارا احمدی")
    assert 'name="also_category" value="sales"' in page
    assert f'name="canned" value="{macro.pk}"' in page
    assert page.index('name="then" value="work"') < page.index('name="then" value="wait"')
    assert again(ticket).messages.count() == 1


def test_a_further_change_is_left_out(desk, ticket):
    fields = {"also_priority": "high", "also_category": "sales"}

    page = posted(desk, ticket, remove="priority", **fields).content.decode()

    assert "also_priority" not in page
    assert 'name="also_category" value="sales"' in page


def test_an_empty_composer_complains_of_nothing(desk, ticket, macro):
    page = posted(desk, ticket, body="", then="").content.decode()

    assert "aria-invalid" not in page


@pytest.mark.parametrize("key", ["x", "0", "9" * 40, "²", ""])
def test_an_unknown_key_inserts_nothing(desk, ticket, macro, key):
    page = posted(desk, ticket, body="متن", insert=key, remove_="x").content.decode()

    assert body_in(page) == "متن"


def test_nobody_elses_reply_is_inserted(desk, ticket, second_agent):
    private = make_canned(second_agent, body_fa="private-text")

    assert "private-text" not in posted(desk, ticket, insert=private.pk).content.decode()


# --- Sending --------------------------------------------------------------------------------------


def test_a_macro_is_sent_in_one_event(desk, ticket, macro, second_agent):
    fields = {
        "then": "work",
        "also_priority": "low",
        "also_reason": "کم‌اهمیت",
        "also_category": "sales",
        "also_assignee": second_agent.pk,
        "also_seen": "normal",
        "canned": macro.pk,
    }

    assert sent(desk, ticket, **fields).status_code == 302

    event = again(ticket).events.latest("pk")
    assert event.kind == Event.Kind.AGENT_REPLIED
    assert event.changes.keys() == {"status", "assignee", "priority", "category", "reason"}
    assert CannedReply.objects.get().uses == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"also_priority": "low"}, 'id="also-priority-error"'),
        ({"also_category": "network"}, "invalid-feedback"),
        ({"also_assignee": 2**40}, "invalid-feedback"),
    ],
)
def test_a_refused_change_keeps_text_and_changes(desk, ticket, fields, error):
    response = sent(desk, ticket, body="متن", **fields, canned="7")
    page = response.content.decode()

    assert response.status_code == 422
    assert error in page
    assert body_in(page) == "متن"
    assert 'name="canned" value="7"' in page
    assert again(ticket).messages.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"also_priority": "x" * 500},
        {"also_priority": "highest"},
        {"also_assignee": "²"},
        {"also_assignee": "9" * 40},
        {"also_assignee": "-1"},
        {"also_reason": "x" * 501, "also_priority": "low"},
        {"also_category": "\0"},
    ],
)
def test_nonsense_is_refused_and_breaks_nothing(desk, ticket, fields):
    assert sent(desk, ticket, **fields).status_code in {409, 422}


def test_a_ticket_that_closed_meanwhile_takes_only_the_text(desk, requester, agent):
    ticket = make_closed(requester, agent)

    response = sent(desk, ticket, also_category="sales")
    page = response.content.decode()
    assert response.status_code == 409
    assert "also_category" not in page

    sent(desk, ticket, also_category="sales", reopening="True")
    assert again(ticket).category == "technical"
