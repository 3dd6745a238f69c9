"""Keys of an organization: owners keep them, and each acts as a member that is no person."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from api import services
from api.errors import SecretError
from api.models import ApiKey
from notifications.models import Notification
from organizations import services as people
from organizations.errors import OrganizationError
from organizations.models import Membership, Role, User
from tests.factories import PASSWORD, make_content, make_member, make_ticket
from tickets import services as tickets
from tickets.models import Event, Ticket

from .conftest import ApiClient

pytestmark = pytest.mark.django_db
KEYS, NEW = reverse("organization_keys"), reverse("organization_key_new")
READ, WRITE = "tickets:read", "tickets:write"
TICKET = {"title": "Disk of db1 is full", "description": "97 %", "category": "technical"}


@pytest.fixture
def make_org_key(organization, requester):
    """A key of the organization, by default of its owner and with every scope of a member."""

    def make(actor=requester, scopes=(READ, WRITE, "organizations:read"), *, name="Zabbix", **more):
        draft = services.KeyDraft(name, tuple(scopes), 90, **more)
        return services.create_organization_key(organization, draft, actor=actor)

    return make


@pytest.fixture
def program(make_org_key):
    return ApiClient(*make_org_key())


@pytest.fixture
def owner_page(requester):
    """A client of the owner, who has just entered the password."""
    User.objects.update(language="en")
    client = Client()
    client.post(reverse("account_login"), {"login": requester.email, "password": PASSWORD})
    client.post(f"{reverse('account_reauthenticate')}?next={NEW}", {"password": PASSWORD})
    return client


@pytest.fixture
def form(organization):
    return {
        "name": "Zabbix",
        "scopes": [READ, WRITE],
        "days": "30",
        "organization": organization.pk,
        "form_key": "00000000-0000-4000-8000-000000000001",
    }


def text_of(client, address):
    User.objects.update(language="en")
    return client.get(address).content.decode()


def secret_in(response):
    value = response.content.decode().partition('value="hdk_')[2]
    return "hdk_" + value.partition('"')[0]


def test_an_owner_makes_a_key_that_is_shown_once(owner_page, form, requester):
    made = owner_page.post(NEW, form)
    listed = text_of(owner_page, KEYS)

    secret, key = secret_in(made), ApiKey.objects.get()
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert (made.status_code, answer.status_code) == (200, 200)
    assert answer.json()["name"] == "Zabbix"
    assert "no-store" in made.headers["Cache-Control"]
    assert key.prefix in listed
    assert str(requester) in listed
    assert "127.0.0.1" in text_of(owner_page, KEYS)
    assert secret not in listed


def test_the_form_sent_twice_makes_one_key_and_one_member(owner_page, form):
    owner_page.post(NEW, form)
    again = owner_page.post(NEW, form, follow=True)

    assert "has already been created" in again.content.decode()
    assert ApiKey.objects.count() == User.objects.filter(is_service=True).count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"name": "x" * 300}, "Enter at most 80 characters."),
        ({"name": "a\0b"}, "Null characters"),
        ({"scopes": []}, "Choose at least one."),
        ({"scopes": ["notes"]}, "notes"),
        ({"scopes": ["reports"]}, "reports"),
        ({"days": "4000"}, "4000"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(owner_page, form, changed, sentence):
    response = owner_page.post(NEW, form | changed)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ApiKey.objects.exists()
    assert not User.objects.filter(is_service=True).exists()


def test_a_key_is_never_made_for_the_organization_of_others(
    owner_page, form, other_organization, requester
):
    foreign = owner_page.post(NEW, form | {"organization": other_organization.pk})
    User.objects.filter(pk=requester.pk).update(working_in=form["organization"])
    Membership.objects.create(user=requester, organization=other_organization, role=Role.MANAGER)
    as_manager = owner_page.post(NEW, form | {"organization": other_organization.pk})

    assert (foreign.status_code, as_manager.status_code) == (422, 403)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MEMBER])
def test_who_does_not_own_the_organization_finds_no_keys(
    client_of, organization, make_org_key, role
):
    key, _secret = make_org_key()
    client = client_of(make_member(organization, "omid@pars.example", role=role))
    revoke = reverse("organization_key_revoke", args=[key.pk])

    answers = [client.get(each).status_code for each in (KEYS, NEW, revoke)]
    answers += [client.post(each).status_code for each in (NEW, revoke)]

    assert answers == [404] * 5


def test_an_owner_of_another_organization_and_staff_find_no_key(
    client_of, outsider, agent, make_org_key
):
    key, _secret = make_org_key()
    revoke = reverse("organization_key_revoke", args=[key.pk])

    assert client_of(outsider).post(revoke).status_code == 404
    assert client_of(agent).post(revoke).status_code == 404
    assert key.prefix not in text_of(client_of(outsider), KEYS)


def test_a_revoked_key_ends_at_once_with_its_member(
    owner_page, make_org_key, program, organization
):
    revoke = reverse("organization_key_revoke", args=[program.key.pk])
    assert program.get("/me").status_code == 200

    asked = owner_page.get(revoke)
    owner_page.post(revoke)
    owner_page.post(revoke)

    assert program.key.name in asked.content.decode()
    assert program.get("/me").status_code == 401
    assert not Membership.objects.of(organization).filter(user=program.key.acts_as).exists()


def test_the_history_of_the_organization_names_who_made_and_revoked_a_key(
    client_of, requester, program
):
    services.revoke_key(program.key, actor=requester)

    text = text_of(client_of(requester), reverse("organization_history"))

    assert "created the API key <bdi>Zabbix</bdi>" in text
    assert "revoked the API key <bdi>Zabbix</bdi>" in text


def test_an_expired_key_loses_its_member(program, client_of, requester):
    before = timezone.now() - timedelta(days=2)
    ApiKey.objects.update(created_at=before, expires_at=before + timedelta(days=1))

    assert program.get("/me").status_code == 401
    assert (services.end_expired_keys(), services.end_expired_keys()) == (1, 0)
    text = text_of(client_of(requester), reverse("organization_history"))
    assert "ended the API key <bdi>Zabbix</bdi>" in text


def test_what_a_key_writes_stands_under_its_name(program, colleague, agent, client_of):
    made = program.post("/tickets", TICKET)
    number = made.json()["number"]
    replied = program.post(f"/tickets/{number}/reply", {"body": "Still full"})

    ticket = Ticket.objects.get()
    page = text_of(client_of(colleague), reverse("tickets:detail", args=[number]))
    assert (made.status_code, replied.status_code) == (201, 200)
    assert str(ticket.requester) == "Zabbix"
    assert {str(each.actor) for each in Event.objects.all()} == {"Zabbix"}
    assert {each.changes["through"] for each in Event.objects.all()} == {"Zabbix"}
    assert "Zabbix" in page
    # A program is no member to its readers, on either side.
    for person in (colleague, agent):
        address = "tickets:detail" if person == colleague else "queue:detail"
        shown = text_of(client_of(person), reverse(address, args=[number]))
        assert '<bdi class="muted">API key</bdi>' in shown
        assert '<bdi class="muted">Member</bdi>' not in shown


def test_a_key_sees_what_a_plain_member_sees(program, ticket, organization):
    assert program.get(f"/tickets/{ticket.number}").status_code == 200

    organization.is_restricted = True
    organization.save()
    own = program.post("/tickets", TICKET).json()["number"]

    assert program.get(f"/tickets/{ticket.number}").status_code == 404
    assert [each["number"] for each in program.get("/tickets").json()["items"]] == [own]


def test_a_key_sees_nothing_of_another_organization(program, outsider):
    theirs = make_ticket(outsider)

    assert program.get(f"/tickets/{theirs.number}").status_code == 404
    assert program.get("/organizations/arya").status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MEMBER])
def test_a_key_stops_when_its_maker_is_no_owner_and_says_so(
    program, organization, requester, client_of, role
):
    other = make_member(organization, "omid@pars.example", role=Role.OWNER)
    assert program.get("/me").status_code == 200

    people.change_role(organization, requester, role, actor=other, now=timezone.now())

    assert program.get("/me").status_code == 401
    assert "no longer an owner" in text_of(client_of(other), KEYS)


def test_a_key_stops_when_its_maker_leaves_or_is_deactivated(
    program, make_org_key, organization, requester
):
    other = make_member(organization, "omid@pars.example", role=Role.OWNER)
    of_other = ApiClient(*make_org_key(other))
    people.remove_member(organization, requester, actor=other, now=timezone.now())
    User.objects.filter(pk=other.pk).update(is_active=False)

    assert program.get("/me").status_code == 401
    assert of_other.get("/me").status_code == 401


def test_a_key_of_a_suspended_organization_reads_but_does_not_write(
    program, ticket, requester, admin, client_of, make_org_key
):
    people.suspend(ticket.organization, actor=admin, now=timezone.now())

    read = program.get(f"/tickets/{ticket.number}")
    written = program.post(f"/tickets/{ticket.number}/reply", {"body": "Hello"})
    with pytest.raises(OrganizationError) as refused:
        make_org_key()

    assert read.status_code == 200
    assert (written.status_code, written.json()["code"]) == (403, "forbidden")
    assert refused.value.code == "suspended"
    assert client_of(requester).get(KEYS).status_code == 200
    services.revoke_key(program.key, actor=requester)
    assert program.get("/me").status_code == 401


def test_the_member_of_a_key_is_counted_and_offered_nowhere(
    program, client_of, requester, organization, agent
):
    User.objects.update(language="en")
    member = program.key.acts_as

    page = text_of(client_of(requester), reverse("organization"))
    listed = program.get(f"/organizations/{organization.key}/members").json()["items"]

    assert 'Members <span class="muted">1</span>' in page
    assert "API key</span>" in page
    assert member.email not in page
    assert [each["name"] for each in listed] == [str(requester)]
    assert not User.objects.members_of(organization).filter(pk=member.pk).exists()
    assert not Membership.objects.of(organization).by_name().filter(user=member).exists()
    assert not User.objects.named_like("Zabbix").exists()


def test_the_member_of_a_key_stays_a_plain_one(program, client_of, requester, organization, admin):
    member = program.key.acts_as
    url = reverse("member", args=[member.memberships.get().pk])

    page = client_of(requester).post(url, {"role": "owner", "seen": "member"})
    with pytest.raises(OrganizationError) as refused:
        people.change_role(organization, member, Role.OWNER, actor=admin, now=timezone.now())

    assert page.status_code == 404
    assert refused.value.code == "service_member"


def test_nobody_signs_in_as_a_key_or_resets_a_password_of_it(program):
    member, client = program.key.acts_as, Client()
    mail.outbox.clear()

    client.post(reverse("account_login"), {"login": member.email, "password": "!"})
    client.post(reverse("account_reset_password"), {"email": member.email})

    assert not member.has_usable_password()
    assert "_auth_user_id" not in client.session
    assert not [each for each in mail.outbox if "/password/reset/key/" in each.body]


def test_a_ticket_of_a_key_notifies_the_owners_and_not_the_key(
    program, requester, agent, client_of
):
    number = program.post("/tickets", TICKET).json()["number"]
    Notification.objects.all().delete()

    tickets.reply_as_agent(Ticket.objects.get(), actor=agent, content=make_content())

    recipients = {each.recipient for each in Notification.objects.all()}
    assert requester in recipients
    assert program.key.acts_as not in recipients
    page = text_of(client_of(requester), reverse("tickets:detail", args=[number]))
    assert "Only the owners are notified." in page


def test_the_list_costs_the_same_with_one_key_and_with_ten(client_of, requester, make_org_key):
    client = client_of(requester)
    counts = []
    for number in (1, 9):
        for _each in range(number):
            make_org_key()
        with CaptureQueriesContext(connection) as found:
            client.get(KEYS)
        counts.append(len(found))

    assert counts[0] == counts[1]


def test_an_organization_has_a_limited_number_of_keys(make_org_key):
    for _each in range(services.MOST_KEYS):
        make_org_key()

    with pytest.raises(SecretError) as refused:
        make_org_key()

    assert refused.value.code == "too_many"
