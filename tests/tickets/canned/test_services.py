"""Writing canned replies: who may, what is refused, and two edits at once."""

import uuid

import pytest

from tests.factories import NOW
from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import CannedReply

pytestmark = pytest.mark.django_db


def make_canned(actor, *, scope="own", title="خوش‌آمد", body_fa="سلام {{مشتری}}", **fields):
    draft = services.CannedDraft(title, scope=scope, body_fa=body_fa, **fields)
    return services.create_canned(draft, actor=actor, now=NOW)


def refusal(act):
    with pytest.raises(TicketError) as refused:
        act()
    return refused.value.code


def test_an_agent_finds_own_and_shared_replies_but_nobody_elses(agent, second_agent, supervisor):
    mine, shared = make_canned(agent), make_canned(supervisor, scope="shared")
    make_canned(second_agent)

    assert set(CannedReply.objects.visible_to(agent)) == {mine, shared}
    assert set(CannedReply.objects.editable_by(agent)) == {mine}
    assert set(CannedReply.objects.editable_by(supervisor)) == {shared}


def test_customers_find_none(requester, supervisor):
    make_canned(supervisor, scope="shared")

    assert not CannedReply.objects.visible_to(requester).exists()


def test_shared_ones_are_written_by_supervisors(agent, supervisor):
    shared = make_canned(supervisor, scope="shared")
    draft = services.CannedDraft("x", body_fa="y")

    assert refusal(lambda: make_canned(agent, scope="shared")) == "scope"
    assert refusal(lambda: services.edit_canned(shared, draft, actor=agent)) == "gone"
    assert refusal(lambda: services.delete_canned(shared, actor=agent)) == "gone"


def test_a_supervisor_cannot_change_the_own_reply_of_an_agent(agent, supervisor):
    mine = make_canned(agent)

    assert refusal(lambda: services.delete_canned(mine, actor=supervisor)) == "gone"


def test_customers_write_none(requester):
    assert refusal(lambda: make_canned(requester)) == "forbidden"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": " "}, "title"),
        ({"body_fa": " "}, "body_fa"),
        ({"body_fa": "{{nme}}"}, "body_fa"),
        ({"body_en": "{{"}, "body_en"),
        ({"priority": "highest"}, "priority"),
        ({"then": "explode"}, "then"),
        ({"category": "network"}, "category"),
        ({"new_category": "network"}, "new_category"),
        ({"assignee_id": 999_999}, "assignee"),
        ({"scope": "team"}, "scope"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(agent, fields, code):
    assert refusal(lambda: make_canned(agent, **fields)) == code


def test_a_customer_is_no_assignee(agent, requester):
    assert refusal(lambda: make_canned(agent, assignee_id=requester.pk)) == "assignee"


def test_a_macro_whose_assignee_left_may_still_be_edited(agent, second_agent):
    macro = make_canned(agent, assignee_id=second_agent.pk)
    second_agent.is_active = False
    second_agent.save()

    draft = services.CannedDraft("نو", body_fa="متن", assignee_id=second_agent.pk)
    assert services.edit_canned(macro, draft, actor=agent).title == "نو"


def test_one_form_makes_one_reply(agent):
    key, draft = uuid.uuid4(), services.CannedDraft("x", body_en="y")

    first = services.create_canned(draft, actor=agent, form_key=key)

    assert services.create_canned(draft, actor=agent, form_key=key) == first
    assert CannedReply.objects.count() == 1


def test_another_text_in_a_form_that_was_sent_is_not_dropped_silently(agent):
    key = uuid.uuid4()
    services.create_canned(services.CannedDraft("x", body_en="y"), actor=agent, form_key=key)

    with pytest.raises(TicketError) as refused:
        services.create_canned(services.CannedDraft("x", body_en="z"), actor=agent, form_key=key)

    assert refused.value.code == "already_sent"
    assert CannedReply.objects.get().body_en == "y"


def test_the_later_of_two_edits_is_shown_the_earlier(agent):
    reply = make_canned(agent)
    first, second = (services.CannedDraft(title, body_fa="متن") for title in ("یک", "دو"))

    services.edit_canned(reply, first, actor=agent, seen_version=1)

    with pytest.raises(StaleTicket):
        services.edit_canned(reply, second, actor=agent, seen_version=1)
    assert CannedReply.objects.get().title == "یک"


def test_the_same_edit_sent_twice_is_no_conflict(agent):
    reply = make_canned(agent)
    draft = services.CannedDraft("یک", body_fa="متن")

    first = services.edit_canned(reply, draft, actor=agent, seen_version=1)
    second = services.edit_canned(reply, draft, actor=agent, seen_version=1)

    assert (first.version, second.version) == (2, 2)


def test_a_reply_is_found_by_any_words_of_title_and_texts(agent):
    reply = make_canned(agent, title="راه‌اندازی مجدد", body_fa="سرویس را", body_en="Restart it")

    for text in ("راه اندازي", "restart مجدد", '"سرویس را"', "راهاندازی"):
        assert [*CannedReply.objects.found_by(text)] == [reply]
    assert not CannedReply.objects.found_by("restart stop").exists()
    assert not CannedReply.objects.found_by("%").exists()


def test_the_composer_gets_those_of_the_tickets_category_first(agent):
    general = make_canned(agent, title="الف")
    often = make_canned(agent, title="ب")
    fitting = make_canned(agent, title="پ", category="technical")
    other = make_canned(agent, title="ت", category="sales")
    CannedReply.objects.filter(pk__in=[often.pk, other.pk]).update(uses=9)

    assert [*CannedReply.objects.fitting("technical")] == [fitting, often, general, other]


def test_the_text_is_in_the_readers_language_else_in_the_other(agent):
    both = make_canned(agent, body_fa="سلام", body_en="Hello")
    persian = make_canned(agent, body_fa="سلام")

    assert both.body_for("en") == ("Hello", "en")
    assert persian.body_for("en") == ("سلام", "fa")
