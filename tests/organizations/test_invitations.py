"""An invitation makes the holder of an address a member: once, for a while, and nobody else."""

import hashlib
import re
import threading
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from notifications.models import AccountMail
from organizations import services
from organizations.errors import OrganizationError
from organizations.models import Invitation, Membership, Role, User
from organizations.services.invitations import LIFE, MOST_TO_ONE_ADDRESS
from tests.factories import NOW, PASSWORD, make_agent, make_member, make_organization, make_user
from tests.organizations.conftest import text_of
from tests.pages import read

ADDRESS = "new@pars.example"
LATER = NOW + timedelta(minutes=5)
JOIN = {"name": "زهرا موسوی", "password1": PASSWORD}


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def invite(organization, requester):
    """Invite somebody and give the path of the link in the mail."""

    def send(email=ADDRESS, *, role=Role.MEMBER, to=organization, actor=requester, now=NOW):
        services.invite(to, email=email, role=role, actor=actor, now=now)
        return link()

    return send


def link():
    body = AccountMail.objects.latest("pk").body
    return re.search(r"http://testserver(/invitations/\S+/)", body)[1]


def refusal(call, *args, **kwargs):
    with pytest.raises(OrganizationError) as caught:
        call(*args, **kwargs)
    assert caught.value.sentence
    return caught.value.code


def post_invitation(client, organization, email, role="member"):
    return client.post(
        "/organization/", {"organization": organization.pk, "email": email, "role": role}
    )


# --- Sending ----------------------------------------------------------------------------------


def test_an_owner_invites_by_mail_and_only_the_hash_of_the_link_is_kept(
    requester, organization, client_of
):
    response = post_invitation(client_of(requester), organization, " New@PARS.example ", "manager")

    assert response.url == "/organization/"
    invitation, mail = Invitation.objects.get(), AccountMail.objects.get()
    assert (invitation.email, invitation.role) == (ADDRESS, Role.MANAGER)
    assert mail.recipient == ADDRESS
    token = link().split("/")[2]
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert "سارا احمدی" in mail.body
    assert "Pars Cloud" in mail.body


def test_the_answer_is_the_same_for_known_unknown_and_staff_addresses(
    requester, organization, outsider, agent, client_of
):
    client = client_of(requester)
    addresses = ("nobody@else.example", outsider.email, agent.email)

    answers = [post_invitation(client, organization, email) for email in addresses]
    pages = [text_of(client.get("/organization/")) for _each in answers]

    assert {(answer.status_code, answer.url) for answer in answers} == {(302, "/organization/")}
    assert [mail.recipient for mail in AccountMail.objects.order_by("pk")] == list(addresses)
    assert all(outsider.name not in page and agent.name not in page for page in pages)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "no address"),
        ("email", "a@b.example\r\nBcc: x@y.example"),
        ("email", "x" * 300 + "@b.example"),
        ("role", "admin"),
        ("role", ""),
    ],
)
def test_bad_input_is_explained_at_its_field_and_sends_nothing(
    requester, organization, client_of, field, value
):
    sent = {"organization": organization.pk, "email": ADDRESS, "role": "member"} | {field: value}

    response = client_of(requester).post("/organization/", sent)

    assert response.status_code == 422
    assert list(read(response).errors()) == [field]
    assert not Invitation.objects.exists()
    assert not AccountMail.objects.exists()


def test_what_was_typed_stays_in_a_refused_form(requester, organization, colleague, client_of):
    response = post_invitation(client_of(requester), organization, colleague.email)

    assert f'value="{colleague.email}"' in response.content.decode()
    assert "email" in read(response).errors()


def test_a_manager_invites_plain_members_only(organization, client_of):
    manager = make_member(organization, "mina@pars.example", role=Role.MANAGER)
    client = client_of(manager)

    above = post_invitation(client, organization, ADDRESS, "manager")
    plain = post_invitation(client, organization, ADDRESS)

    assert (above.status_code, plain.status_code) == (422, 302)
    assert Invitation.objects.get().role == Role.MEMBER
    code = refusal(
        services.invite, organization, email="b@c.example", role="owner", actor=manager, now=NOW
    )
    assert code == "not_allowed"


def test_plain_members_and_outsiders_invite_nobody(
    organization, colleague, outsider, client_of, other_organization
):
    assert post_invitation(client_of(colleague), organization, ADDRESS).status_code == 404
    assert post_invitation(client_of(outsider), organization, ADDRESS).status_code == 422
    assert not Invitation.objects.exists()


def test_an_address_is_invited_once_at_a_time(organization, requester, invite):
    invite()

    code = refusal(
        services.invite,
        organization,
        email="NEW@pars.example",
        role="member",
        actor=requester,
        now=LATER,
    )

    assert code == "already_invited"
    assert Invitation.objects.count() == 1


def test_an_expired_invitation_is_renewed_by_inviting_again(invite):
    first = invite()
    second = invite(role=Role.OWNER, now=NOW + LIFE)

    assert first != second
    assert Invitation.objects.get().role == Role.OWNER


def test_an_hour_has_a_limit_for_a_person_and_for_an_organization(
    organization, requester, other_organization, settings
):
    settings.INVITATIONS_PER_HOUR = 3
    Membership.objects.create(user=requester, organization=other_organization, role=Role.OWNER)
    second_owner = make_member(organization, "o@pars.example", role=Role.OWNER)

    def send(number, to=organization, actor=requester, now=NOW):
        services.invite(to, email=f"p{number}@x.example", role="member", actor=actor, now=now)

    for number in range(3):
        send(number)

    assert refusal(send, 4) == "too_many"
    assert refusal(send, 5, actor=second_owner) == "too_many"
    assert refusal(send, 6, to=other_organization) == "too_many"
    send(7, now=NOW + timedelta(hours=1))


def test_sending_again_counts_and_one_address_gets_few_mails_a_day(organization, requester, invite):
    invite()
    invitation = Invitation.objects.get()
    for minute in range(1, MOST_TO_ONE_ADDRESS):
        services.resend(invitation, actor=requester, now=NOW + timedelta(minutes=minute))

    assert refusal(services.resend, invitation, actor=requester, now=LATER) == "too_many"
    assert AccountMail.objects.count() == MOST_TO_ONE_ADDRESS


def test_one_address_is_not_pestered_by_many_organizations(db):
    for number in range(MOST_TO_ONE_ADDRESS + 2):
        organization = make_organization(f"No {number}", key=f"no-{number}")
        owner = make_member(organization, f"o{number}@x.example", role=Role.OWNER)
        services.invite(organization, email=ADDRESS, role="member", actor=owner, now=NOW)

    assert Invitation.objects.count() == MOST_TO_ONE_ADDRESS + 2
    assert AccountMail.objects.count() == MOST_TO_ONE_ADDRESS


# --- Again and never mind ---------------------------------------------------------------------


def test_sending_again_makes_a_new_link_and_kills_the_old(clock, invite, requester, client_of):
    first = invite()
    invitation = Invitation.objects.get()

    client_of(requester).post(reverse("invitation_resend", args=[invitation.pk]))

    second = link()
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_a_revoked_link_is_dead(clock, invite, requester, client_of):
    path = invite()

    client_of(requester).post(reverse("invitation_revoke", args=[Invitation.objects.get().pk]))

    assert Client().get(path).status_code == 404
    assert Client().post(path, JOIN).status_code == 404
    assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_revoke"])
def test_nobody_acts_on_an_invitation_above_their_own_rights(
    organization, colleague, outsider, invite, client_of, name
):
    manager = make_member(organization, "mina@pars.example", role=Role.MANAGER)
    invite(role=Role.OWNER)
    path = reverse(name, args=[Invitation.objects.get().pk])
    mails = AccountMail.objects.count()

    answers = [client_of(user).post(path).status_code for user in (colleague, outsider, manager)]

    assert answers == [404, 404, 403]
    assert Invitation.objects.get().revoked_at is None
    assert AccountMail.objects.count() == mails


def test_what_a_person_invited_to_ends_with_their_right_to(organization, requester, invite):
    other = make_member(organization, "o@pars.example", role=Role.OWNER)
    invite("a@x.example", role=Role.OWNER, actor=other)
    invite("b@x.example", actor=other)
    invite("c@x.example", role=Role.OWNER)

    services.change_role(organization, other, Role.MANAGER, actor=requester, now=LATER)
    after_demotion = set(Invitation.objects.unsettled().values_list("email", flat=True))
    services.remove_member(organization, other, actor=requester, now=LATER)

    assert after_demotion == {"b@x.example", "c@x.example"}
    assert [each.email for each in Invitation.objects.unsettled()] == ["c@x.example"]


def test_who_is_deactivated_invites_nobody_any_more(organization, invite, admin):
    other = make_member(organization, "o@pars.example", role=Role.OWNER)
    invite(actor=other)

    services.deactivate(other, actor=admin, now=LATER)

    assert not Invitation.objects.unsettled().exists()


# --- The link ---------------------------------------------------------------------------------


def test_a_stranger_makes_an_account_and_is_in(clock, invite, organization):
    path, client = invite(role=Role.MANAGER), Client()

    page = client.get(path)
    joined = client.post(path, JOIN)

    assert ADDRESS in page.content.decode()
    assert not joined.url.startswith("/accounts/")
    user = User.objects.get(email=ADDRESS)
    assert (user.name, user.staff_role) == ("زهرا موسوی", "")
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert Membership.objects.get(user=user).role == Role.MANAGER
    assert client.get("/organization/").status_code == 200
    assert Client().get(path).status_code == 404


def test_looking_at_the_link_joins_nobody(clock, invite, outsider, client_of):
    path = invite(outsider.email)
    before = Membership.objects.count()

    client_of(outsider).get(path)
    client_of(outsider).head(path)
    Client().get(path)

    assert Membership.objects.count() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u202e"),
        ("password1", "short"),
        ("password1", "1234567890"),
        ("password1", ADDRESS),
    ],
)
def test_a_bad_account_is_explained_at_its_field(clock, invite, field, value):
    path = invite()

    response = Client().post(path, JOIN | {field: value})

    assert response.status_code == 422
    assert list(read(response).errors()) == [field]
    assert not User.objects.filter(email=ADDRESS).exists()
    assert Client().get(path).status_code == 200


def test_no_posted_field_gives_another_address_or_role(clock, invite):
    Client().post(invite(), JOIN | {"email": "x@y.example", "role": "owner", "staff_role": "admin"})

    user = User.objects.get(email=ADDRESS)
    assert (user.staff_role, Membership.objects.get(user=user).role) == ("", Role.MEMBER)


def test_who_has_an_account_signs_in_first_and_joins_by_a_click(
    clock, invite, outsider, organization, client_of, sign_in
):
    path, client = invite(outsider.email), Client()

    asked = client.get(path).content.decode()
    guessed = client.post(path, JOIN)
    sign_in(client, outsider.email)
    joined = client.post(path)

    assert f"next={path}" in asked
    assert 'name="password1"' not in asked
    assert guessed.status_code == 200
    assert joined.url == reverse("home")
    assert Membership.objects.filter(user=outsider, organization=organization).exists()
    assert User.objects.get(pk=outsider.pk).working_in == organization


def test_another_account_gets_an_explanation_and_joins_nothing(clock, invite, outsider, client_of):
    path, client = invite(), client_of(outsider)

    page, posted = client.get(path), client.post(path)

    assert page.status_code == posted.status_code == 403
    assert outsider.email in page.content.decode()
    assert ADDRESS in page.content.decode()
    assert outsider.memberships.count() == 1


def test_staff_see_that_they_belong_to_no_organization(clock, invite, agent, client_of):
    path = invite(agent.email)

    response = client_of(agent).post(path)

    assert response.status_code == 409
    assert not Membership.objects.filter(user=agent).exists()


def test_an_account_that_changed_its_address_is_not_the_one_invited(
    clock, invite, outsider, admin, client_of
):
    path = invite(outsider.email)
    services.change_person(outsider, actor=admin, now=NOW, email="moved@x.example")

    assert client_of(outsider).post(path).status_code == 403


def test_a_link_lives_seven_days(clock, invite):
    path = invite()

    clock.move_to(NOW + LIFE - timedelta(seconds=1))
    before = Client().get(path).status_code
    clock.move_to(NOW + LIFE)
    after = Client().post(path, JOIN).status_code

    assert (before, after) == (200, 404)
    assert not User.objects.filter(email=ADDRESS).exists()


def test_what_is_nearly_the_link_is_nothing(clock, invite):
    path = invite()
    token = path.split("/")[2]

    nearly = [token.swapcase(), token[:-1], token + "A", "%20", "%00", "unknown", "ی"]
    pages = [Client().get(f"/invitations/{each}/") for each in nearly]
    texts = {text_of(page).replace(each, "") for each, page in zip(nearly[:3], pages, strict=False)}

    assert {page.status_code for page in pages} == {404}
    assert len(texts) == 1
    assert Client().get("/invitations//").status_code == 404


def test_a_suspended_organization_takes_nobody_in_for_now(clock, invite, organization, admin):
    path = invite()
    services.suspend(organization, actor=admin, now=NOW)

    refused = Client().post(path, JOIN)
    services.lift_suspension(organization, actor=admin, now=NOW)
    joined = Client().post(path, JOIN)

    assert refused.status_code == 409
    assert joined.status_code == 302


def test_who_became_a_member_in_another_way_is_invited_no_more(
    invite, organization, requester, client_of
):
    other = make_user("x@y.example")
    path = invite(other.email)

    services.add_member(organization, other, role=Role.MANAGER, actor=requester, now=NOW)

    assert Invitation.objects.get().accepted_at == NOW
    assert client_of(other).get(path).status_code == 404
    assert Membership.objects.get(user=other).role == Role.MANAGER


def test_the_mail_is_in_the_language_of_the_account(invite, requester):
    make_user("en@x.example", language="en")

    invite("en@x.example")

    mail = AccountMail.objects.get()
    assert "invites you" in mail.subject
    assert "Member" in mail.body


def test_a_hostile_name_stays_one_line_of_the_subject(organization, invite, requester):
    User.objects.filter(pk=requester.pk).update(name="x\r\nBcc: a@b.example")
    requester.refresh_from_db()

    invite()

    assert "\n" not in AccountMail.objects.get().subject


# --- At once ----------------------------------------------------------------------------------


def at_once(*calls):
    """Run each in a thread of its own, all starting together; gives the codes of refusals."""
    if connection.vendor != "postgresql":
        pytest.skip("two writers at once need PostgreSQL")
    start, codes = threading.Barrier(len(calls)), []

    def go(call):
        start.wait()
        try:
            call()
            codes.append("")
        except OrganizationError as refused:
            codes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(codes)


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_once_makes_one_member(organization, requester, invite, outsider):
    invite(outsider.email)
    invitation = Invitation.objects.get()

    codes = at_once(*[lambda: services.accept(invitation, outsider, now=LATER)] * 2)

    assert codes == ["", "dead"]
    assert Membership.objects.filter(user=outsider, organization=organization).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_demote_each_other_at_once_one_stays(organization, requester):
    other = make_member(organization, "o@pars.example", role=Role.OWNER)

    codes = at_once(
        lambda: services.change_role(organization, other, Role.MEMBER, actor=requester, now=LATER),
        lambda: services.change_role(organization, requester, Role.MEMBER, actor=other, now=LATER),
    )

    assert codes == ["", "not_allowed"]
    assert Membership.objects.of(organization).active_owners().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays(organization, requester):
    other = make_member(organization, "o@pars.example", role=Role.OWNER)

    codes = at_once(
        *(
            lambda user=user: services.remove_member(organization, user, actor=user, now=LATER)
            for user in (requester, other)
        )
    )

    assert codes == ["", "last_owner"]
    assert Membership.objects.of(organization).active_owners().count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_an_hour_holds_for_parallel_requests(organization, requester, settings):
    settings.INVITATIONS_PER_HOUR = 1

    codes = at_once(
        *(
            lambda n=n: services.invite(
                organization, email=f"p{n}@x.example", role="member", actor=requester, now=NOW
            )
            for n in range(3)
        )
    )

    assert codes == ["", "too_many", "too_many"]


def test_an_agent_cannot_be_made_a_member_by_a_link(organization, invite):
    agent = make_agent("a@helpdesk.example")
    invite(agent.email)

    assert refusal(services.accept, Invitation.objects.get(), agent, now=LATER) == "staff"
