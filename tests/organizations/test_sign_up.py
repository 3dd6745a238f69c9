"""Signing up makes a person and an organization together, or neither."""

import re
import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from organizations import services
from organizations.errors import OrganizationError
from organizations.models import Membership, Organization, Role, User
from tests.factories import PASSWORD, make_user
from tests.organizations.conftest import text_of
from tests.pages import read

GOOD = {
    "name": "زهرا موسوی",
    "email": "Zahra@New.example",
    "password1": PASSWORD,
    "organization_name": "شرکت نو",
    "organization_key": "sherkat-no",
}


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), GOOD | changes)


def test_signing_up_makes_an_owner_of_an_organization_on_the_default_plan(visitor, mail):
    response = sign_up(visitor)

    assert response.url == reverse("account_email_verification_sent")
    user = User.objects.get()
    assert (user.email, user.name, user.staff_role) == ("zahra@new.example", "زهرا موسوی", "")
    membership = Membership.objects.get(user=user)
    assert membership.role == Role.OWNER
    assert membership.organization.name == "شرکت نو"
    assert membership.organization.key == "sherkat-no"
    assert membership.organization.plan.is_default
    assert mail.last.recipient == "zahra@new.example"
    assert "_auth_user_id" not in visitor.session


def test_the_link_of_the_mail_confirms_by_a_click_and_works_once(visitor, mail, sign_in):
    sign_up(visitor)
    link = mail.link()

    page = visitor.get(link)
    before = EmailAddress.objects.get().verified
    visitor.post(link)
    again, pressed_again = Client().get(link), Client().post(link)

    assert page.status_code == 200
    assert not before
    assert EmailAddress.objects.get().verified
    assert b'<form method="post" action="/accounts/confirm-email' not in again.content
    assert read(pressed_again).texts("h1") == read(again).texts("h1")


def test_who_confirmed_signs_in_and_is_the_owner(visitor, mail, sign_in):
    sign_up(visitor)
    Client().post(mail.link())

    client = Client()
    response = sign_in(client, "zahra@new.example")

    assert response.url == reverse("home")


def test_the_language_of_the_page_becomes_that_of_the_person(visitor):
    visitor.cookies["django_language"] = "en"

    sign_up(visitor)

    assert User.objects.get().language == "en"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b\u202e "),
        ("name", "x" * 81),
        ("email", ""),
        ("email", "no address"),
        ("password1", ""),
        ("password1", "short"),
        ("password1", "1234567890"),
        ("password1", "password123"),
        ("password1", "zahra@new.example"),
        ("organization_name", "   "),
        ("organization_name", "x" * 81),
        ("organization_key", "x"),
        ("organization_key", "x" * 41),
        ("organization_key", "دو"),
        ("organization_key", "-pars"),
        ("organization_key", "pa rs"),
        ("organization_key", "pars/../x"),
        ("organization_key", "pars\x00"),
    ],
)
def test_bad_input_is_explained_at_its_field_and_makes_nothing(visitor, field, value):
    response = sign_up(visitor, **{field: value})

    assert response.status_code == 200
    errors = read(response).errors()
    assert list(errors) == [field]
    assert errors[field]
    assert not User.objects.exists()
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    ("name", "key"),
    [("Nova Cloud", r"nova-cloud"), ("شرکت نو", r"org-\w{6}"), ("Pars", r"pars-\w{6}")],
)
def test_a_stranger_is_not_asked_for_a_key(visitor, organization, name, key):
    Organization.objects.update(key="pars")
    page = visitor.get(reverse("account_signup")).content.decode()

    sign_up(visitor, organization_name=name, organization_key="")

    assert 'type="hidden" name="organization_key"' in page
    assert " novalidate" in page, "the browser would explain in its own language"
    assert re.fullmatch(key, Membership.objects.get().organization.key)


def test_what_was_typed_stays_in_a_refused_form(visitor):
    response = sign_up(visitor, organization_key="دو")

    for value in ("زهرا موسوی", "شرکت نو", "Zahra@New.example"):
        assert value in response.content.decode()
    assert PASSWORD not in response.content.decode()


def test_a_taken_key_is_named_as_such(visitor, organization):
    response = sign_up(visitor, organization_key="PARS")

    assert "این شناسه گرفته شده است" in read(response).errors()["organization_key"]


def test_no_posted_field_makes_somebody_more_than_an_owner(visitor, organization):
    sign_up(
        visitor,
        staff_role="admin",
        is_staff="1",
        is_superuser="1",
        organization=organization.pk,
        role="owner",
        plan="4",
        is_active="0",
    )

    user = User.objects.get()
    assert user.staff_role == ""
    assert user.is_active
    [membership] = user.memberships.all()
    assert membership.organization != organization
    assert membership.organization.plan.is_default


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(db, mail):
    make_user("zahra@new.example")
    first, second = Client(), Client()

    known = sign_up(first, organization_key="one")
    unknown = sign_up(second, organization_key="two", email="other@new.example")
    pages = [text_of(client.get(known.url)) for client in (first, second)]

    assert known.status_code == unknown.status_code == 302
    assert known.url == unknown.url
    assert pages[0].replace("zahra@", "other@") == pages[1]
    assert [each.recipient for each in mail.all] == ["zahra@new.example", "other@new.example"]


def test_signing_up_with_a_known_address_makes_nothing(visitor, requester):
    before = (User.objects.count(), Organization.objects.count())

    sign_up(visitor, email="SARA@pars.example")

    assert (User.objects.count(), Organization.objects.count()) == before


def test_a_failure_on_the_way_leaves_no_half_account(visitor, monkeypatch):
    def refuse(*args, **kwargs):
        raise OrganizationError("no", code="no")

    monkeypatch.setattr(services, "register", refuse)

    with pytest.raises(OrganizationError):
        sign_up(visitor)

    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_key_at_once_one_gets_it_and_the_other_an_explanation():
    if connection.vendor != "postgresql":
        pytest.skip("two writers at once need PostgreSQL")
    start = threading.Barrier(2)
    answers = []

    def go(email):
        client = Client(raise_request_exception=False)
        start.wait()
        answers.append(sign_up(client, email=email).status_code)
        connection.close()

    threads = [threading.Thread(target=go, args=(f"p{n}@new.example",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, 302]
    assert Organization.objects.count() == User.objects.count() == 1


def test_the_same_form_sent_twice_makes_one_organization(visitor):
    sign_up(visitor)
    sign_up(Client())

    assert User.objects.count() == Organization.objects.count() == 1
