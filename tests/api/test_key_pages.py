"""The pages on which people keep their keys, and the command of operators."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from api.models import ApiKey
from organizations.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Zabbix",
    "scopes": ["tickets:read"],
    "days": "30",
    "form_key": "00000000-0000-4000-8000-000000000001",
}


@pytest.fixture
def page(requester):
    """A client whose person has just entered the password."""
    User.objects.update(language="en")
    client = Client()
    client.post(reverse("account_login"), {"login": requester.email, "password": PASSWORD})
    client.post(
        f"{reverse('account_reauthenticate')}?next={reverse('api_key_new')}",
        {"password": PASSWORD},
    )
    return client


def secret_in(response):
    return response.content.decode().partition('value="hdk_')[2].partition('"')[0]


def test_a_key_is_made_and_shown_once(page):
    made = page.post(reverse("api_key_new"), FORM)
    listed = page.get(reverse("api_keys")).content.decode()

    secret = f"hdk_{secret_in(made)}"
    key = ApiKey.objects.get()
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert made.status_code == answer.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    assert key.prefix in listed
    assert secret not in listed


def test_the_form_sent_twice_makes_one_key(page):
    page.post(reverse("api_key_new"), FORM)
    again = page.post(reverse("api_key_new"), FORM, follow=True)

    assert ApiKey.objects.count() == 1
    assert "has already been created" in again.content.decode()


def test_without_the_password_no_key_is_made(client_of, requester):
    response = client_of(requester).post(reverse("api_key_new"), FORM)

    assert response.url.startswith(reverse("account_reauthenticate"))
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"name": "x" * 300}, "Enter at most 80 characters."),
        ({"scopes": []}, "Choose at least one."),
        ({"scopes": ["notes"]}, "notes"),
        ({"days": "4000"}, "4000"),
        ({"name": "a\0b"}, "Null characters"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(page, changed, sentence):
    response = page.post(reverse("api_key_new"), FORM | changed)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_by_its_owner_alone(page, make_key, requester, colleague, client_of):
    key, secret = make_key(requester)
    url = reverse("api_key_revoke", args=[key.pk])

    by_another = client_of(colleague).post(url)
    before = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    page.post(url)
    after = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})

    assert (by_another.status_code, before.status_code, after.status_code) == (404, 200, 401)
    assert "revoked" in page.get(reverse("api_keys")).content.decode()


def test_an_operator_makes_a_key(requester):
    out = StringIO()

    call_command(
        *("create_key", "Sara@Pars.example", "--name", "Jenkins", "--scope", "tickets:read"),
        stdout=out,
    )

    headers = {"Authorization": f"Bearer {out.getvalue().strip()}"}
    assert Client().get("/api/v1/me", headers=headers).json()["key"] == "Jenkins"
    assert ApiKey.objects.get().created_by is None


def test_an_operator_makes_a_key_for_a_service_agent_and_revokes_it(agent, requester, settings):
    settings.STAFF_SECOND_FACTOR = "required"
    out = StringIO()
    made = ("--name", "Zabbix", "--scope", "tickets:read", "--provider")

    call_command("create_key", agent.email, *made, stdout=out)
    with pytest.raises(CommandError):
        call_command("create_key", requester.email, *made)

    secret = out.getvalue().strip()
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/tickets", headers=headers).status_code == 200
    call_command("revoke_key", secret[:14], stdout=StringIO())
    assert Client().get("/api/v1/tickets", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("email", "scope"), [("nobody@pars.example", "tickets:read"), ("sara@pars.example", "notes")]
)
def test_an_operator_learns_why_there_is_no_key(requester, email, scope):
    with pytest.raises(CommandError):
        call_command("create_key", email, "--name", "x", "--scope", scope)
