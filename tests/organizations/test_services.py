"""People, organizations and memberships change by services, and what the domain refuses stays."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, transaction
from django.test import Client

from organizations import services, signals
from organizations.errors import OrganizationError
from organizations.models import Membership, Organization, Role, User
from plans.models import Plan
from tests.factories import NOW, make_agent, make_custom_plan, make_member, make_user

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def heard():
    """The signals that were sent, in order: (name, what came with it)."""
    sent = []
    listeners = []
    for name in (
        "organization_registered",
        "organization_plan_changed",
        "organization_suspended",
        "organization_suspension_lifted",
        "member_removed",
        "agent_deactivated",
    ):

        def listen(sender, signal, _name=name, **facts):
            sent.append((_name, facts))

        getattr(signals, name).connect(listen)
        listeners.append((getattr(signals, name), listen))
    yield sent
    for signal, listen in listeners:
        signal.disconnect(listen)


def refusal(call, *args, **kwargs):
    """The code of the refusal that the call ends in."""
    with pytest.raises(OrganizationError) as caught:
        call(*args, **kwargs)
    assert caught.value.sentence
    return caught.value.code


def test_registering_makes_an_organization_on_the_default_plan_owned_by_the_person(db, heard):
    user = make_user("zahra@new.example")

    organization = services.register(user, name="شرکت نو", key="new", now=NOW)

    assert organization.plan.is_default
    assert organization.created_at == NOW
    assert Membership.objects.get().role == Role.OWNER
    assert [(name, facts["organization"]) for name, facts in heard] == [
        ("organization_registered", organization)
    ]


def test_an_organization_made_in_any_way_is_on_the_default_plan(db):
    directly = Organization.objects.create(name="Direct", key="direct")
    by_admin = services.create_organization(name="By admin", key="by-admin", actor=None, now=NOW)

    assert directly.plan.is_default
    assert by_admin.plan.is_default


def test_a_taken_key_is_refused_at_registering(organization):
    user = make_user("zahra@new.example")

    assert refusal(services.register, user, name="Other", key="pars", now=NOW) == "key_taken"
    assert not user.memberships.exists()


def test_staff_never_become_members(organization, requester, agent):
    refused = refusal(services.add_member, organization, agent, actor=requester, now=NOW)

    assert refused == "staff"
    assert refusal(services.register, agent, name="Mine", key="mine", now=NOW) == "staff"


def test_customers_do_not_become_staff_nor_staff_customers(requester, agent, admin):
    up = refusal(services.change_person, requester, actor=admin, now=NOW, staff_role="agent")
    down = refusal(services.change_person, agent, actor=admin, now=NOW, staff_role="")

    assert (up, down) == ("changes_sides", "changes_sides")
    assert User.objects.get(pk=requester.pk).staff_role == ""


def test_a_plan_change_is_signalled_with_the_old_and_the_new_plan(organization, admin, heard):
    old, new = organization.plan, Plan.objects.get(key="enterprise")

    services.change_plan(organization, new, actor=admin, now=LATER)

    organization = Organization.objects.get(pk=organization.pk)
    assert organization.plan == new
    [(name, facts)] = heard
    assert name == "organization_plan_changed"
    assert (facts["old_plan"], facts["new_plan"], facts["actor"]) == (old, new, admin)
    assert facts["now"] == LATER


def test_moving_to_the_plan_it_has_changes_nothing(organization, admin, heard):
    lines = organization.history.count()

    services.change_plan(organization, organization.plan, actor=admin, now=LATER)

    assert heard == []
    assert organization.history.count() == lines


def test_a_plan_change_that_a_listener_refuses_is_undone(organization, admin):
    def refuse(sender, **facts):
        raise OrganizationError("no")

    signals.organization_plan_changed.connect(refuse)
    try:
        refusal(
            services.change_plan,
            organization,
            Plan.objects.get(key="sme"),
            actor=admin,
            now=LATER,
        )
    finally:
        signals.organization_plan_changed.disconnect(refuse)

    assert Organization.objects.get(pk=organization.pk).plan.key == "developer"


def test_a_custom_plan_is_only_for_the_organization_it_was_made_for(
    organization, other_organization, admin
):
    plan = make_custom_plan(organization)

    services.change_plan(organization, plan, actor=admin, now=NOW)
    refused = refusal(services.change_plan, other_organization, plan, actor=admin, now=NOW)

    assert refused == "plan_of_another"
    assert Organization.objects.get(pk=organization.pk).plan == plan
    assert Organization.objects.get(pk=other_organization.pk).plan.key == "developer"


def test_every_change_leaves_a_line_with_who_and_when(organization, admin):
    services.change_plan(organization, Plan.objects.get(key="sme"), actor=admin, now=LATER)

    line = organization.history.get(history_date=LATER)
    assert line.history_user == admin
    assert line.plan.key == "sme"


def test_signing_in_leaves_no_line_in_the_history(requester):
    before = requester.history.count()

    Client().force_login(requester)

    assert User.objects.get(pk=requester.pk).last_login is not None
    assert requester.history.count() == before


def test_the_first_member_of_an_organization_is_its_owner(organization, admin):
    user = make_user("first@pars.example")

    as_member = refusal(
        services.add_member, organization, user, actor=admin, now=NOW, role=Role.MEMBER
    )
    services.add_member(organization, user, actor=admin, now=NOW, role=Role.OWNER)

    assert as_member == "last_owner"
    assert Membership.objects.get(user=user).role == Role.OWNER


def test_the_last_owner_keeps_the_role_and_the_membership(organization, requester, colleague):
    changed = refusal(
        services.change_role, organization, requester, Role.MEMBER, actor=requester, now=NOW
    )
    removed = refusal(services.remove_member, organization, requester, actor=requester, now=NOW)

    assert (changed, removed) == ("last_owner", "last_owner")
    assert Membership.objects.get(user=requester).role == Role.OWNER


def test_an_owner_may_go_when_another_stays(organization, requester, colleague, heard):
    services.change_role(organization, colleague, Role.OWNER, actor=requester, now=NOW)
    services.remove_member(organization, requester, actor=requester, now=LATER)

    assert not requester.memberships.exists()
    [(name, facts)] = heard
    assert name == "member_removed"
    assert (facts["user"], facts["organization"]) == (requester, organization)


def test_a_deactivated_owner_does_not_count_as_one(organization, requester, admin):
    second = make_member(organization, "mina@pars.example", role=Role.OWNER)
    services.deactivate(second, actor=admin, now=NOW)

    refused = refusal(services.remove_member, organization, requester, actor=requester, now=NOW)

    assert refused == "last_owner"


@pytest.mark.parametrize(
    ("actor_role", "target_role", "allowed"),
    [
        (Role.OWNER, Role.OWNER, True),
        (Role.OWNER, Role.MANAGER, True),
        (Role.OWNER, Role.MEMBER, True),
        (Role.MANAGER, Role.OWNER, False),
        (Role.MANAGER, Role.MANAGER, False),
        (Role.MANAGER, Role.MEMBER, True),
        (Role.MEMBER, Role.OWNER, False),
        (Role.MEMBER, Role.MANAGER, False),
        (Role.MEMBER, Role.MEMBER, False),
    ],
)
def test_who_may_remove_whom(organization, requester, actor_role, target_role, allowed):
    actor = make_member(organization, "actor@pars.example", role=actor_role)
    target = make_member(organization, "target@pars.example", role=target_role)

    if allowed:
        services.remove_member(organization, target, actor=actor, now=NOW)
    else:
        refused = refusal(services.remove_member, organization, target, actor=actor, now=NOW)
        assert refused == "not_allowed"

    assert target.memberships.exists() is not allowed


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MEMBER])
def test_only_owners_hand_out_roles(organization, requester, colleague, role):
    actor = make_member(organization, "actor@pars.example", role=role)

    refused = refusal(
        services.change_role, organization, colleague, Role.OWNER, actor=actor, now=NOW
    )

    assert refused == "not_allowed"


def test_a_stranger_changes_nothing_in_an_organization(organization, requester, outsider, agent):
    for actor in (outsider, agent):
        refused = refusal(services.remove_member, organization, requester, actor=actor, now=NOW)
        assert refused == "not_allowed"


def test_who_leaves_no_longer_works_there(organization, requester, colleague):
    services.work_in(colleague, organization)

    services.remove_member(organization, colleague, actor=requester, now=NOW)

    left = User.objects.get(pk=colleague.pk)
    assert left.working_in is None
    assert left.current_membership is None


def test_one_works_in_the_chosen_organization_else_in_the_first(
    organization, other_organization, requester
):
    Membership.objects.create(user=requester, organization=other_organization, role=Role.MEMBER)

    first = User.objects.get(pk=requester.pk).current_membership
    services.work_in(User.objects.get(pk=requester.pk), organization)
    chosen = User.objects.get(pk=requester.pk).current_membership

    assert first.organization == other_organization  # Arya comes before Pars
    assert chosen.organization == organization


def test_one_cannot_work_in_an_organization_of_others(requester, other_organization):
    assert refusal(services.work_in, requester, other_organization) == "not_a_member"


def test_suspending_and_lifting_are_signalled_once_each(organization, admin, heard):
    for _twice in range(2):
        services.suspend(organization, actor=admin, now=NOW)
    suspended = Organization.objects.get(pk=organization.pk)
    for _twice in range(2):
        services.lift_suspension(organization, actor=admin, now=LATER)

    assert suspended.is_suspended
    assert not Organization.objects.get(pk=organization.pk).is_suspended
    assert [name for name, _facts in heard] == [
        "organization_suspended",
        "organization_suspension_lifted",
    ]


def test_a_deactivated_agent_is_signalled_and_signed_out_everywhere(agent, admin, heard):
    session = SessionStore()
    session.create()
    UserSession.objects.create(user=agent, session_key=session.session_key, ip="127.0.0.1")

    services.deactivate(agent, actor=admin, now=LATER)

    assert not User.objects.get(pk=agent.pk).is_agent
    assert not SessionStore().exists(session.session_key)
    assert heard == [
        ("agent_deactivated", {"user": agent, "actor": admin, "now": LATER}),
    ]


def test_a_deactivated_customer_is_not_signalled(colleague, admin, heard):
    services.deactivate(colleague, actor=admin, now=NOW)

    assert heard == []


def test_the_last_owner_is_not_deactivated_before_the_organization_is_suspended(
    organization, requester, admin
):
    refused = refusal(services.deactivate, requester, actor=admin, now=NOW)
    services.suspend(organization, actor=admin, now=NOW)
    services.deactivate(requester, actor=admin, now=NOW)

    assert refused == "last_owner"
    assert not User.objects.get(pk=requester.pk).is_active


def test_an_admin_cannot_take_away_their_own_rights(admin):
    deactivated = refusal(services.deactivate, admin, actor=admin, now=NOW)
    demoted = refusal(services.change_person, admin, actor=admin, now=NOW, staff_role="agent")

    assert (deactivated, demoted) == ("own_rights", "own_rights")


def test_the_last_admin_stays(admin):
    assert refusal(services.deactivate, admin, actor=None, now=NOW) == "last_admin"


def test_an_admin_may_go_when_another_stays(admin):
    second = make_agent("admin2@helpdesk.example", staff_role="admin")

    services.deactivate(second, actor=admin, now=NOW)

    assert list(User.objects.admins()) == [admin]


def test_a_new_address_is_unproven_and_ends_the_sessions(colleague, admin):
    session = SessionStore()
    session.create()
    UserSession.objects.create(user=colleague, session_key=session.session_key, ip="127.0.0.1")

    services.change_person(colleague, actor=admin, now=NOW, email=" Nima.R@PARS.example ")

    address = EmailAddress.objects.get(user=colleague)
    assert (address.email, address.verified, address.primary) == (
        "nima.r@pars.example",
        False,
        True,
    )
    assert not SessionStore().exists(session.session_key)


def test_a_changed_name_leaves_the_sessions(colleague, admin):
    session = SessionStore()
    session.create()
    UserSession.objects.create(user=colleague, session_key=session.session_key, ip="127.0.0.1")

    services.change_person(colleague, actor=admin, now=NOW, name="نیما  رضایی\u202e")

    assert User.objects.get(pk=colleague.pk).name == "نیما رضایی"
    assert SessionStore().exists(session.session_key)


def test_nobody_gets_the_address_of_another_whatever_its_case(db, admin):
    make_user("nima@pars.example")

    refused = refusal(
        services.create_customer, email="NIMA@Pars.Example", name="Nima", actor=admin, now=NOW
    )

    assert refused == "email_taken"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Nima@pars.example", name="Nima")


def test_the_membership_of_a_request_is_read_once(
    organization, requester, django_assert_num_queries
):
    user = User.objects.get(pk=requester.pk)

    with django_assert_num_queries(1):
        for _often in range(5):
            assert user.current_membership.organization.plan.key == "developer"
