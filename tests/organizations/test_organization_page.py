"""The page of an organization: who is in it, and what its people decide there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations import services
from organizations.models import Invitation, Membership, Organization, Role
from tests.factories import NOW, make_member, make_user
from tests.pages import read

PAGE = "/organization/"


def membership_of(user):
    return Membership.objects.get(user=user)


def role_of(user):
    return Membership.objects.filter(user=user).values_list("role", flat=True).first()


@pytest.fixture
def manager(organization):
    return make_member(organization, "mina@pars.example", name="مینا کریمی", role=Role.MANAGER)


def names_on(response):
    """The names of the members that a page lists."""
    return read(response).texts("section[aria-labelledby=members] li .name")


def text_of(client, path=PAGE):
    return client.get(path).content.decode()


def test_a_plain_member_sees_who_belongs_without_addresses_and_controls(
    requester, colleague, client_of
):
    page = text_of(client_of(colleague))

    assert "سارا احمدی" in page
    assert "sara@pars.example" not in page
    assert reverse("member", args=[membership_of(requester).pk]) not in page
    assert 'name="email"' not in page
    assert "/invitations/" not in page


def test_a_manager_may_act_on_plain_members_only(requester, colleague, manager, client_of):
    page = text_of(client_of(manager))

    assert reverse("member_remove", args=[membership_of(colleague).pk]) in page
    assert reverse("member_remove", args=[membership_of(requester).pk]) not in page
    assert 'name="email"' in page
    assert 'name="sees"' not in page
    assert 'value="owner"' not in page


def test_an_owner_changes_a_role(requester, colleague, client_of):
    path = reverse("member", args=[membership_of(colleague).pk])

    response = client_of(requester).post(path, {"role": "manager", "seen": "member"})

    assert response.url == PAGE
    assert role_of(colleague) == Role.MANAGER


def test_a_role_changed_from_a_stale_page_is_refused_not_overwritten(
    requester, colleague, client_of
):
    client, path = client_of(requester), reverse("member", args=[membership_of(colleague).pk])
    client.post(path, {"role": "owner", "seen": "member"})

    response = client.post(path, {"role": "manager", "seen": "member"}, follow=True)

    assert role_of(colleague) == Role.OWNER
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("role", ["", "admin", "OWNER", "x" * 5000])
def test_an_unknown_role_is_a_bad_request(requester, colleague, client_of, role):
    path = reverse("member", args=[membership_of(colleague).pk])

    assert client_of(requester).post(path, {"role": role}).status_code == 400
    assert role_of(colleague) == Role.MEMBER


def test_nobody_but_an_owner_changes_roles(requester, colleague, manager, outsider, client_of):
    path = reverse("member", args=[membership_of(colleague).pk])

    for user in (colleague, manager, outsider):
        response = client_of(user).post(path, {"role": "owner", "seen": "member"})

        assert response.status_code == 404
    assert role_of(colleague) == Role.MEMBER


def test_a_manager_removes_a_plain_member_and_nobody_else(requester, colleague, manager, client_of):
    client = client_of(manager)
    plain, owner = (
        reverse("member_remove", args=[membership_of(user).pk]) for user in (colleague, requester)
    )

    asked = client.get(plain)
    still_there = role_of(colleague)
    removed, refused = client.post(plain), client.post(owner)

    assert "نیما رضایی" in asked.content.decode()
    assert still_there == Role.MEMBER
    assert removed.url == PAGE
    assert role_of(colleague) is None
    assert refused.status_code == 404
    assert role_of(requester) == Role.OWNER


def test_a_member_leaves_by_themselves(requester, colleague, client_of):
    client = client_of(colleague)
    path = reverse("member_remove", args=[membership_of(colleague).pk])

    asked, left = client.get(path), client.post(path)

    assert asked.status_code == 200
    assert left.url == reverse("home")
    assert role_of(colleague) is None
    assert reverse("organization_new") in text_of(client)


def test_the_last_owner_stays_and_sees_why(requester, client_of):
    path = reverse("member_remove", args=[membership_of(requester).pk])

    response = client_of(requester).post(path, follow=True)

    assert role_of(requester) == Role.OWNER
    assert 'role="alert"' in response.content.decode()


def test_an_owner_decides_who_sees_whose_tickets(requester, organization, client_of):
    client = client_of(requester)

    client.post(reverse("visibility"), {"organization": organization.pk, "sees": "own"})

    assert Organization.objects.get().is_restricted
    assert 'value="own" checked' in text_of(client)


def test_a_form_means_the_organization_that_its_page_was_of(requester, organization, client_of):
    second = services.found(requester, name="Second", key="second", now=NOW)

    client_of(requester).post(
        reverse("visibility"), {"organization": organization.pk, "sees": "own"}
    )

    assert Organization.objects.get(pk=organization.pk).is_restricted
    assert not Organization.objects.get(pk=second.pk).is_restricted


def test_what_belongs_to_others_is_refused_as_unknown(
    requester, other_organization, outsider, client_of
):
    client = client_of(requester)

    foreign = client.post(
        reverse("visibility"), {"organization": other_organization.pk, "sees": "own"}
    )

    assert foreign.status_code == 400
    assert not Organization.objects.get(pk=other_organization.pk).is_restricted
    for name in ("member", "member_remove"):
        theirs = client.get(reverse(name, args=[membership_of(outsider).pk]))
        missing = client.get(reverse(name, args=[999_999]))
        assert (theirs.status_code, missing.status_code) == (404, 404)


def test_a_suspended_organization_reads_and_writes_nothing(
    requester, colleague, organization, admin, client_of
):
    services.suspend(organization, actor=admin, now=NOW)
    client = client_of(requester)

    page = text_of(client)
    answers = [
        client.post(reverse("member", args=[membership_of(colleague).pk]), {"role": "owner"}),
        client.post(reverse("member_remove", args=[membership_of(colleague).pk])),
        client.post(
            PAGE, {"organization": organization.pk, "email": "a@b.example", "role": "member"}
        ),
        client.post(reverse("visibility"), {"organization": organization.pk, "sees": "own"}),
        client.post(reverse("member_remove", args=[membership_of(requester).pk])),
    ]

    assert "نیما رضایی" in page
    assert 'name="sees"' not in page
    assert [answer.status_code for answer in answers] == [404, 404, 422, 302, 302]
    assert role_of(colleague) == Role.MEMBER
    assert role_of(requester) == Role.OWNER
    assert not Organization.objects.get().is_restricted
    assert not Invitation.objects.exists()


def test_many_members_are_listed_a_page_at_a_time(requester, organization, client_of):
    people = [
        make_member(organization, f"p{n:02}@pars.example", name=f"P {n:02}") for n in range(40)
    ]
    client = client_of(requester)

    first = client.get(PAGE)
    second = client.get(PAGE + read(first).neighbour("next"))
    back = client.get(PAGE + read(second).neighbour("prev"))

    assert names_on(first) + names_on(second) == [requester.name, *(each.name for each in people)]
    assert (read(first).neighbour("prev"), read(second).neighbour("next")) == (None, None)
    assert names_on(back) == names_on(first)


def test_a_member_is_found_by_name_or_address(requester, colleague, client_of):
    client = client_of(requester)

    found = client.get(PAGE, {"q": "نیما"})
    none = client.get(PAGE, {"q": "%\x00<b>"})

    assert names_on(found) == [colleague.name]
    assert names_on(none) == []


@pytest.mark.parametrize(
    "key", ["after=x", "before=-1", "after=" + "9" * 30, "before=0", "after=٣"]
)
def test_a_key_that_is_none_is_passed_over(requester, client_of, key):
    response = client_of(requester).get(f"{PAGE}?{key}")

    assert len(names_on(response)) == 1


def test_the_queries_of_the_page_do_not_grow_with_its_rows(requester, organization, client_of):
    client = client_of(requester)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(PAGE)
        return len(captured)

    services.invite(organization, email="x@y.example", role="member", actor=requester, now=NOW)
    client.get(PAGE)
    few = queries()
    for n in range(29):
        make_member(organization, f"p{n}@pars.example")
        services.invite(
            organization, email=f"x{n}@y.example", role="member", actor=requester, now=NOW
        )

    assert queries() == few


def test_a_person_without_an_organization_sees_what_to_do_and_founds_one(db, client_of):
    client = client_of(make_user("alone@new.example"))

    page = text_of(client)
    made = client.post(
        reverse("organization_new"),
        {"organization_name": "شرکت نو", "organization_key": "Sherkat-No"},
    )

    assert reverse("organization_new") in page
    assert made.url == PAGE
    assert Membership.objects.get().role == Role.OWNER
    assert Organization.objects.get().key == "sherkat-no"


@pytest.mark.parametrize(
    ("name", "key", "field"),
    [
        ("", "ok-key", "organization_name"),
        ("Ok", "pars", "organization_key"),
        ("Ok", "no key", "organization_key"),
    ],
)
def test_a_bad_new_organization_is_explained_at_its_field(requester, client_of, name, key, field):
    response = client_of(requester).post(
        reverse("organization_new"), {"organization_name": name, "organization_key": key}
    )

    assert response.status_code == 422
    assert list(read(response).errors()) == [field]
    assert Organization.objects.count() == 1


def test_a_person_founds_a_few_organizations_and_no_more(requester, client_of):
    client = client_of(requester)
    for n in range(6):
        client.post(
            reverse("organization_new"),
            {"organization_name": f"Number {n}", "organization_key": f"number-{n}"},
        )

    assert Organization.objects.count() == 5


def test_staff_find_no_organization_of_theirs(agent, client_of):
    assert client_of(agent).get(PAGE).status_code == 404


# --- History ----------------------------------------------------------------------------------


def test_owners_read_who_did_what_when(requester, colleague, organization, client_of):
    later = NOW + timedelta(minutes=1)
    Organization.history.update(history_date=NOW)
    services.invite(organization, email="x@y.example", role="manager", actor=requester, now=NOW)
    services.change_role(organization, colleague, Role.MANAGER, actor=requester, now=later)
    services.restrict(organization, True, actor=requester, now=later)
    services.remove_member(organization, colleague, actor=requester, now=later)
    requester.language = "en"
    requester.save()

    response = client_of(requester).get(reverse("organization_history"))

    page = read(response)
    lines = page.texts(".account-list li")
    assert any("changed the role of نیما رضایی" in each for each in lines)
    assert any("invited x@y.example as Manager" in each for each in lines)
    assert any("see only" in each for each in lines), lines
    assert any(f"{requester.name} removed نیما رضایی" in each for each in lines)
    assert ["نیما رضایی"] in [each.texts("span bdi")[1:] for each in page.all(".account-list li")]


def test_a_hostile_name_is_text_in_the_history(requester, organization, client_of):
    hostile = make_member(organization, "h@pars.example", name="<img src=x onerror=alert(1)>{0}")
    services.remove_member(organization, hostile, actor=requester, now=NOW)

    page = text_of(client_of(requester), reverse("organization_history"))

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;{0}" in page


def test_only_owners_read_the_history(colleague, manager, outsider, client_of):
    for user in (colleague, manager):
        assert client_of(user).get(reverse("organization_history")).status_code == 404


def test_a_long_history_is_read_to_its_end_without_gap_or_doubling(
    requester, organization, client_of
):
    for n in range(120):
        at = NOW + timedelta(minutes=n // 3)
        services.restrict(organization, n % 2 == 0, actor=requester, now=at)
    client, seen, query = client_of(requester), [], ""

    for _page in range(10):
        page = read(client.get(reverse("organization_history") + query))
        seen += [each["datetime"] for each in page.all(".account-list time")]
        query = page.neighbour("next")
        if not query:
            break

    assert seen == sorted(seen, reverse=True)
    # The first line of all was made without a service and has no line before it.
    assert len(seen) >= 120


@pytest.mark.parametrize("key", ["x", "0", "1", "-1", "9" * 30, "", "٣"])
def test_a_key_of_the_history_that_is_none_is_passed_over(requester, client_of, key):
    page = client_of(requester).get(reverse("organization_history"), {"before": key})

    assert page.status_code == 200
