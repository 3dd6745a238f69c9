"""Queries of people and organizations."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, NullIf

from ui.lookalikes import patterns_of

from .choices import Role, StaffRole

RANKS = [Role.OWNER, Role.MANAGER]
AVAILABLE = Q(is_present=True, absent_since=None)


def name_of(person=""):
    """The name of a person as `str` gives it, read with the row; `person` is the way to them."""
    name = NullIf(f"{person}name", Value(""))
    return Coalesce(name, f"{person}email", output_field=models.CharField())


class UserQuerySet(models.QuerySet):
    def active(self):
        """People who can sign in; as the member of an API key nobody can."""
        return self.filter(is_active=True, is_service=False)

    def people(self):
        """All but the members that API keys act as."""
        return self.filter(is_service=False)

    def locked(self, key):
        """The person of that key, locked until the transaction ends; None for an unknown key."""
        return self.select_for_update(no_key=True).filter(pk=key).first()

    def with_address(self, email):
        return self.filter(email=email)

    def customers(self):
        """Everybody who is not staff."""
        return self.filter(staff_role="")

    def named_like(self, text):
        """Those whose name holds each word, however it is typed, or whose address begins with the
        text; by name."""
        patterns = patterns_of(text)
        if not patterns:
            return self.none()
        found = Q(*(Q(email__iregex=f"^{pattern}") for pattern in patterns))
        found |= Q(*(Q(name__iregex=pattern) for pattern in patterns))
        return self.active().filter(found).order_by("name", "pk")

    def named(self):
        """(key, name as `str` gives it) of each, without whole rows."""
        return self.values_list("pk", name_of())

    def ids_by_email(self, emails):
        """The key of each person by their address, for addresses in their normal form."""
        return dict(self.filter(email__in=emails).order_by().values_list("email", "pk"))

    def agents(self):
        """Everybody who may answer tickets: active agents, supervisors and admins."""
        return self.active().exclude(staff_role="")

    def available(self):
        """Agents whom tickets reach: on duty, and within their working hours."""
        return self.agents().filter(AVAILABLE)

    def supervisors(self):
        return self.active().filter(staff_role__in=[StaffRole.SUPERVISOR, StaffRole.ADMIN])

    def admins(self):
        return self.active().filter(staff_role=StaffRole.ADMIN)

    def members_of(self, organization):
        """Those who can sign in and belong to it."""
        return self.active().filter(memberships__organization=organization)

    def owners_of(self, organization):
        """Those of them who own it."""
        here = {"memberships__organization": organization, "memberships__role": Role.OWNER}
        return self.active().filter(**here)

    def plain_members_of(self, organization):
        """Who see only what they requested or watch where the organization asks so: people, and the
        members of its API keys."""
        plain = {"memberships__organization": organization, "memberships__role": Role.MEMBER}
        return self.filter(is_active=True, **plain)


class OrganizationQuerySet(models.QuerySet):
    def keyed(self, key):
        """The organization of that key with its plan, or None."""
        if not (key and key.isascii() and key.isprintable()):
            return None
        return self.select_related("plan").filter(key=key).first()

    def writing(self):
        """Those that may file and answer: not the suspended ones."""
        return self.filter(suspended_at__isnull=True)

    def visible_to(self, user):
        """The organizations whose existence `user` may know."""
        if user.is_agent:
            return self
        return self.filter(memberships__user=user)

    def with_member_count(self):
        people = models.Count(
            "memberships", filter=Q(memberships__user__is_service=False), distinct=True
        )
        return self.annotate(member_count=people)


class MembershipQuerySet(models.QuerySet):
    def of(self, organization):
        return self.filter(organization=organization)

    def of_people(self):
        """Without the members that API keys act as."""
        return self.filter(user__is_service=False)

    def by_name(self):
        """Those who can sign in, in the order of their names."""
        return self.of_people().filter(user__is_active=True).order_by("user__name", "user")

    def active_owners(self):
        """Owners who can sign in: what an organization always has."""
        return self.filter(role=Role.OWNER, user__is_active=True)

    def who_ask_for_plans(self):
        """Those of `permissions.may_ask_for_plan` who can sign in, owners first."""
        able = self.filter(role__in=RANKS, user__is_active=True)
        return able.order_by(models.Case(models.When(role=Role.OWNER, then=0), default=1), "pk")

    def visible_to(self, user):
        """The memberships of every organization that the person belongs to."""
        return self.filter(organization__in=user.membership_by_organization)

    def by_rank(self):
        """Owners, managers, then members, each by name; `rank` is the first part of the key."""
        ranks = [models.When(role=role, then=rank) for rank, role in enumerate(RANKS)]
        ranked = self.annotate(rank=models.Case(*ranks, default=len(RANKS)))
        return ranked.order_by("rank", "user__name", "pk")

    def matching(self, text):
        """Those whose name or address holds each word, however it is typed."""
        each = (
            Q(user__name__iregex=pattern) | Q(user__email__iregex=pattern)
            for pattern in patterns_of(text)
        )
        return self.filter(*each)


class InvitationQuerySet(models.QuerySet):
    def of(self, organization):
        return self.filter(organization=organization)

    def visible_to(self, user):
        """The invitations of every organization that the person belongs to."""
        return self.filter(organization__in=user.membership_by_organization)

    def unsettled(self):
        """Neither accepted nor revoked; the link of one may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def sent_by(self, user):
        """Of the person who invited."""
        return self.filter(invited_by=user)

    def sent_after(self, at):
        return self.filter(sent_at__gt=at)
