"""An agent opens a ticket for a member: organization first, then the form."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from organizations.models import User
from tests.factories import NOW, make_member, make_organization, make_ticket
from tests.pages import read
from tickets.models import Attachment, Event, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

NEW = "/queue/new/"


@pytest.fixture(autouse=True)
def _english_staff(agent):
    """Sentences are compared in English, on pages and outside of them."""
    User.objects.exclude(staff_role="").update(language="en")
    with override("en"):
        yield


@pytest.fixture
def form_for(organization):
    return f"{NEW}?organization={organization.key}"


def fields(requester, **more):
    return {
        "requester": requester.pk,
        "title": "سرور پاسخ نمی‌دهد",
        "category": "technical",
        "priority": "normal",
        "description": "با تلفن گفت که از صبح قطع است.",
        "form_key": str(uuid.uuid4()),
        **more,
    }


def test_strangers_sign_in_and_customers_find_nothing(client, client_of, requester, form_for):
    assert client.get(form_for).status_code == 302
    assert client_of(requester).get(form_for).status_code == 404
    assert client_of(requester).post(form_for, fields(requester)).status_code == 404
    assert not Ticket.objects.exists()


def choices_on(response):
    """The keys of the organizations to choose from."""
    return [each["value"] for each in read(response).all("#organizations input")]


def test_first_the_organization_is_chosen(client_of, agent, organization, other_organization):
    page = client_of(agent).get(NEW)

    assert choices_on(page) == [other_organization.key, organization.key]


@pytest.mark.parametrize("sought", ["nordic", "cloud  Nordic", "«Nordic cloud»"])
def test_an_organization_is_found_by_its_name(client_of, agent, organization, sought):
    made = make_organization("Nordic Cloud")

    page = client_of(agent).get(NEW, {"find": sought})
    nothing = client_of(agent).get(NEW, {"find": "Atlantis"})

    assert choices_on(page) == [made.key]
    assert choices_on(nothing) == []


def test_the_form_speaks_to_the_agent_not_to_the_customer(client_of, agent, requester, form_for):
    page = client_of(agent).get(form_for)
    html = page.content.decode()

    assert "Not in your plan" not in html
    assert "Not in the customer" in html
    assert "it must be answered before" in read(page).one("[data-promise]").text
    assert "data-preview=" in html


def test_agents_are_shown_open_tickets_with_a_similar_title(
    client_of, agent, requester, organization, other_organization
):
    ticket = make_ticket(requester, title="سرور ما پاسخ نمی‌دهد")
    fields = {"title": "سرور پاسخ نمی‌دهد", "organization": organization.pk}
    client = client_of(agent)

    found = client.post("/tickets/similar/", fields)
    elsewhere = client.post("/tickets/similar/", fields | {"organization": other_organization.pk})

    assert ticket.get_queue_url() in found.content.decode()
    assert elsewhere.status_code == 204


def test_then_only_its_active_members_can_be_the_requester(
    client_of, agent, organization, requester, colleague, outsider, form_for
):
    make_member(organization, "gone@pars.example", is_active=False)

    select = read(client_of(agent).get(form_for)).one("select[name=requester]")

    assert set(select.choices()) - {""} == {str(requester.pk), str(colleague.pk)}


def test_the_form_says_what_the_plan_promises(client_of, agent, requester, form_for):
    page = client_of(agent).get(form_for)

    promised = {
        row.one("input")["value"]: row.one(".when b").text for row in read(page).all(".choice-row")
    }
    assert promised["normal"].startswith("less than 24 working hours")
    assert promised["critical"] == "No commitment"


def test_the_ticket_is_the_requesters_and_the_page_says_who_filed_it(
    client_of, agent, requester, form_for
):
    client = client_of(agent)

    response = client.post(form_for, fields(requester))

    ticket = Ticket.objects.get()
    message = ticket.messages.get()
    page = client.get(response.url).content.decode()
    assert response.url == ticket.get_queue_url()
    assert (ticket.requester, ticket.opened_by, ticket.assignee) == (requester, agent, None)
    assert (message.author, message.is_waiting, message.is_from_staff) == (requester, True, False)
    assert ticket.clocks.get().started_at == NOW
    assert ticket.events.get().kind == Event.Kind.OPENED
    assert f"Filed by <bdi>{agent}</bdi> for <bdi>{requester}</bdi>" in page


def test_somebody_of_another_organization_cannot_be_chosen(
    client_of, agent, second_agent, outsider, requester, form_for
):
    client = client_of(agent)

    for person in (outsider, agent, second_agent):
        response = client.post(form_for, fields(person))
        assert response.status_code == 422
        assert read(response).errors()["requester"]
    for key in ("", "0", "x", "\0", "9" * 30):
        assert client.post(form_for, fields(requester) | {"requester": key}).status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "x" * 10_000),
        ("title", "\u202e\u200b"),
        ("description", ""),
        ("description", " \n "),
        ("description", "x" * 20_001),
        ("category", ""),
        ("category", "other"),
        ("priority", "p1"),
        ("priority", "\0"),
    ],
)
def test_what_is_missing_or_wrong_is_explained_beside_it_and_the_rest_kept(
    client_of, agent, requester, form_for, name, value
):
    typed = fields(requester, **{name: value})

    response = client_of(agent).post(form_for, typed)

    page = read(response)
    assert response.status_code == 422
    assert list(page.errors()) == [name]
    for field in ("title", "description"):
        assert page.field(field) == typed[field]
    for field in {"category", "priority"} - {name}:
        assert page.field(field) == typed[field]
    assert not Ticket.objects.exists()


def test_the_same_form_sent_twice_files_one_ticket(client_of, agent, requester, form_for):
    client, typed = client_of(agent), fields(requester)

    urls = {client.post(form_for, typed).url for _ in range(2)}

    assert urls == {Ticket.objects.get().get_queue_url()}


def test_files_go_with_the_description_and_are_kept_when_the_form_is_refused(
    client_of, agent, requester, form_for
):
    client = client_of(agent)
    refused = client.post(
        form_for,
        fields(requester, title="", attachments=SimpleUploadedFile("log.txt", b"one line\n")),
    )
    kept = Attachment.objects.get()
    assert f'name="kept" value="{kept.pk}"' in refused.content.decode()

    client.post(form_for, fields(requester, kept=str(kept.pk)))

    assert Ticket.objects.get().messages.get().attachments.get() == kept


def test_a_suspended_organization_gets_no_ticket_and_the_text_is_kept(
    client_of, agent, organization, requester, form_for
):
    organization.suspended_at = NOW
    organization.save()

    response = client_of(agent).post(form_for, fields(requester))

    page = response.content.decode()
    assert response.status_code == 409
    assert "is suspended" in page
    assert "با تلفن گفت که از صبح قطع است." in page
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("key", ["", "nobody", "\0", "%00", "a" * 5000, "پارس", "-1"])
def test_an_organization_that_is_none_leads_back_to_the_choice(client_of, agent, organization, key):
    response = client_of(agent).get(NEW, {"organization": key})

    assert response.status_code == 200
    assert organization.key in choices_on(response)


def test_an_organization_without_members_says_so(client_of, agent, organization, form_for):
    assert "Nobody to open it for" in client_of(agent).get(form_for).content.decode()
