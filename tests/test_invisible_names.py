"""What nobody can see is no name, title, reason or message, wherever people enter one."""

import pytest
from django.core.exceptions import ValidationError

from api import services as keys
from api.errors import SecretError
from organizations.models import Organization, User
from plans.models import Calendar, Holiday, Plan
from tests.factories import make_awaiting_customer, make_content, make_ticket
from tickets import services
from tickets.errors import TicketError
from webhooks import services as hooks
from webhooks.errors import WebhookError

pytestmark = pytest.mark.django_db
INVISIBLE = {
    "hangul filler": "\u3164",
    "braille and hangul": "\u2800\u115f",
    "zero width": "\u200b\u2060\ufeff",
    "bidi": "\u202e\u2066",
    "tag": "\U000e0041",
    "wide space": "\u00a0\u3000",
    "marks alone": "\u0301\ufe0f",
    "null note": "\U0001d159",
}


@pytest.fixture(params=INVISIBLE)
def unseen(request):
    return INVISIBLE[request.param]


def test_no_service_takes_it_for_a_name(unseen, requester, agent, supervisor, organization):
    key = keys.KeyDraft(unseen, ("tickets:read",), 90)
    endpoint = hooks.EndpointDraft(unseen, "https://hooks.example/x", ("ticket.opened",))
    team = services.TeamDraft(unseen, members=(agent.pk,))
    canned = services.CannedDraft(unseen, scope="own", body_fa="سلام")
    empty = services.CannedDraft("سلام", scope="own", body_fa=unseen)

    for call in (
        lambda: make_ticket(requester, title=unseen),
        lambda: services.create_tag(unseen, colour="blue", actor=supervisor),
        lambda: services.create_team(team, actor=supervisor),
        lambda: services.create_view(services.ViewDraft(unseen), actor=agent),
        lambda: services.create_canned(canned, actor=agent),
        lambda: services.create_canned(empty, actor=agent),
        lambda: keys.create_key(requester, key, actor=requester),
        lambda: keys.create_organization_key(organization, key, actor=requester),
        lambda: hooks.create_endpoint(organization, endpoint, actor=requester),
    ):
        with pytest.raises((TicketError, SecretError, WebhookError)):
            call()


def test_it_is_no_message_so_that_it_answers_nobody(unseen, requester, agent):
    ticket = make_ticket(requester)
    content = make_content(unseen)

    for call in (
        lambda: services.reply_as_agent(ticket, actor=agent, content=content),
        lambda: services.reply_as_customer(ticket, actor=requester, content=content),
        lambda: services.add_note(ticket, actor=agent, content=content),
        lambda: make_ticket(requester, description=unseen),
    ):
        with pytest.raises(TicketError) as refused:
            call()
        assert refused.value.code == "empty"
    assert ticket.messages.count() == 1


def test_it_is_no_reason_where_one_is_needed(unseen, requester, agent, supervisor):
    waiting = make_awaiting_customer(requester, agent)
    bulk = services.BulkChange("priority", priority="low", reason=unseen)

    for call in (
        lambda: services.change_priority(waiting, actor=agent, priority="low", reason=unseen),
        lambda: services.change_priority(waiting, actor=requester, priority="high", reason=unseen),
        lambda: services.hold_auto_close(waiting, actor=agent, reason=unseen),
        lambda: services.start_bulk(
            type(waiting).objects.all(), bulk, services.Selection(("KT-1",)), actor=supervisor
        ),
    ):
        with pytest.raises(TicketError) as refused:
            call()
        assert refused.value.code == "reason"


@pytest.mark.parametrize("model", [Plan, Calendar, Holiday])
def test_a_plan_a_calendar_and_a_holiday_are_named_in_what_is_seen(unseen, model):
    row = model.objects.first()
    row.name_fa = unseen

    with pytest.raises(ValidationError) as refused:
        row.clean()

    assert list(refused.value.error_dict) == ["name_fa"]
    row.name_fa = f"\u202eطرح{unseen} ویژه"
    row.clean()
    assert "\u202e" not in row.name_fa


def test_no_page_renames_a_person_or_an_organization_to_it(unseen, requester, client_of):
    client, organizations = client_of(requester), Organization.objects.count()

    client.post("/profile/", {"name": unseen, "language": "fa"})
    client.post("/organization/new/", {"name": unseen, "key": "new-one"})

    assert User.objects.get(pk=requester.pk).name == requester.name
    assert Organization.objects.count() == organizations
