"""A form of the organization pages that is sent twice has one result, and nothing is dropped."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import AccountMail
from organizations import services
from organizations.models import Invitation, Membership, Organization, Role, SentForm
from plans.models import Plan
from tests.factories import NOW, PASSWORD, make_member
from tests.organizations.test_invitations import at_once, link
from tests.pages import read
from tests.presses import answers_between

pytestmark = pytest.mark.django_db
ADDRESS, OTHER = "new@pars.example", "newer@pars.example"


@pytest.fixture
def owner(client_of, requester):
    return client_of(requester)


def form_on(page, address):
    """The form of a page that is sent to an address, as a browser would send it."""
    return read(page).one(f"form[action={address}]").fields()


def invited(client, page, **changed):
    """Send the invitation form of a page of the organization."""
    return client.post("/organization/", form_on(page, "/organization/") | changed)


def test_an_invitation_sent_twice_is_one_mail_and_no_refusal(owner):
    page = owner.get("/organization/")

    answers = [invited(owner, page, email=ADDRESS) for _press in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert AccountMail.objects.count() == Invitation.objects.count() == 1


def test_another_address_in_a_form_that_was_sent_is_not_dropped_silently(owner):
    page = owner.get("/organization/")
    invited(owner, page, email=ADDRESS)

    asked = invited(owner, page, email=OTHER)
    once_more = invited(owner, asked)

    assert asked.status_code == 422
    assert ADDRESS in read(asked).errors()["email"]
    assert read(asked).field("email") == OTHER
    assert once_more.status_code == 302
    assert {each.email for each in Invitation.objects.all()} == {ADDRESS, OTHER}


def test_a_link_that_is_resent_twice_is_not_dead_on_arrival(owner, organization, requester):
    services.invite(organization, email=ADDRESS, role=Role.MEMBER, actor=requester, now=NOW)
    invitation = Invitation.objects.get()
    address = reverse("invitation_resend", args=[invitation.pk])
    form = form_on(owner.get("/organization/"), address)

    owner.post(address, form)
    sent = link()
    owner.post(address, form)

    assert AccountMail.objects.count() == 2
    assert link() == sent
    assert Client().get(sent).status_code == 200


def test_an_invitation_that_is_revoked_twice_is_no_refusal(owner, organization, requester):
    services.invite(organization, email=ADDRESS, role=Role.MEMBER, actor=requester, now=NOW)
    invitation = Invitation.objects.get()

    for _press in range(2):
        answer = owner.post(reverse("invitation_revoke", args=[invitation.pk]), follow=True)

    assert not read(answer).all(".alert-error")
    assert Invitation.history.filter(revoked_at__isnull=False).count() == 1


def test_a_member_who_is_removed_twice_is_no_missing_page(owner, organization):
    member = make_member(organization, "omid@pars.example").memberships.get()
    address = reverse("member_remove", args=[member.pk])

    answers = [owner.post(address) for _press in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_what_somebody_else_removed_stays_a_missing_page(client_of, requester, organization):
    member = make_member(organization, "omid@pars.example")
    pk = member.memberships.get().pk
    services.remove_member(organization, member, actor=None, now=NOW)

    answer = client_of(requester).post(reverse("member_remove", args=[pk]))

    assert answer.status_code == 404


def test_an_invitation_that_is_accepted_twice_is_no_dead_link(
    organization, requester, outsider, client_of
):
    services.invite(organization, email=outsider.email, role=Role.MEMBER, actor=requester, now=NOW)
    Invitation.objects.update(expires_at=NOW + timedelta(days=9999))
    client, path = client_of(outsider), link()

    answers = [client.post(path) for _press in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert client.get(path).status_code == 404
    assert client_of(requester).post(path).status_code == 404


@pytest.mark.parametrize("key", ["", "nama"])
def test_an_organization_that_is_founded_twice_is_one(owner, key):
    address = reverse("organization_new")
    form = form_on(owner.get(address), address)
    form |= {"organization_name": "شرکت نما", "organization_key": key}

    answers = [owner.post(address, form) for _press in range(2)]
    asked = owner.post(address, form | {"organization_name": "شرکت دیگر"})

    assert [each.status_code for each in [*answers, asked]] == [302, 302, 422]
    assert Organization.objects.filter(name__startswith="شرکت").count() == 1
    assert "شرکت نما" in read(asked).errors()["organization_name"]
    assert read(asked).field("form_key") != form["form_key"]


def test_a_plan_that_is_copied_twice_is_one_plan(organization, admin):
    key = uuid.uuid4()

    copies = [
        services.make_custom_plan(organization, actor=admin, now=NOW, form_key=key)
        for _press in range(2)
    ]

    assert copies[0] == copies[1]
    assert Plan.objects.filter(key__contains="custom").count() == 1


def test_what_a_form_did_is_kept_for_a_month(organization, requester):
    def invite(email, now):
        values = {"role": Role.MEMBER, "actor": requester, "form_key": uuid.uuid4()}
        services.invite(organization, email=email, now=now, **values)

    invite(ADDRESS, NOW)
    invite(OTHER, NOW + timedelta(days=31))

    assert [each.content["email"] for each in SentForm.objects.all()] == [OTHER]


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_sends_one_mail(organization, requester):
    values = {"email": ADDRESS, "role": Role.MEMBER, "actor": requester, "now": NOW}
    key = uuid.uuid4()

    codes = at_once(*[lambda: services.invite(organization, form_key=key, **values)] * 3)

    assert codes == ["", "", ""]
    assert AccountMail.objects.count() == 1


@pytest.fixture
def invitation_path(organization, requester):
    """Of a path to join by: for whom it is, invited a moment ago."""

    def make(email):
        services.invite(organization, email=email, role=Role.MEMBER, actor=requester, now=NOW)
        Invitation.objects.update(expires_at=NOW + timedelta(days=9999))
        return link()

    return make


def test_an_invitation_that_is_accepted_twice_at_this_moment_is_no_refusal(
    invitation_path, outsider, client_of
):
    path, client = invitation_path(outsider.email), client_of(outsider)

    answers = answers_between(lambda: client.post(path), lambda: client.post(path))

    assert {(each.status_code, each.url) for each in answers} == {(302, "/")}


def test_a_stranger_who_joins_twice_is_no_dead_link(invitation_path):
    path = invitation_path(ADDRESS)
    strangers = [Client(), Client()]

    def join(client):
        return client.post(path, {"name": "زهرا موسوی", "password1": PASSWORD})

    between = answers_between(lambda: join(strangers[0]), lambda: join(strangers[1]))
    strangers = [Client(), Client()]
    first, second = (join(each) for each in strangers)

    signing_in = reverse("account_login")
    assert {each.status_code for each in between} == {302}
    assert {each.url for each in between} == {"/", signing_in}
    assert (first.url, second.url) == ("/", signing_in)
    page = strangers[1].get(signing_in)
    assert "Pars Cloud" in read(page).one("[data-toast-text]").text
    assert strangers[1].get(path).status_code == 404
