"""The rows of the organization page, and the actions that the reader may take."""

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q

from ui.keys import key_in
from ui.names import clean_name

from . import permissions
from .models import Invitation, Membership, Role

ROWS = 25


@dataclass(frozen=True)
class Rights:
    """What a member may do in the organization now: the buttons that their pages have."""

    manages: bool
    owns: bool
    is_suspended: bool

    @classmethod
    def of(cls, membership):
        return cls(
            manages=permissions.may_manage_members(membership),
            owns=permissions.may_manage_organization(membership),
            is_suspended=membership.organization.is_suspended,
        )

    @property
    def invites(self):
        return self.manages and not self.is_suspended

    @property
    def decides(self):
        return self.owns and not self.is_suspended


@dataclass(frozen=True)
class Row:
    """One member as the reader sees them."""

    membership: Membership
    is_reader: bool
    # Where the reader may act on this member: "member" (role, removal), "member_remove", or "".
    way: str


@dataclass(frozen=True)
class MemberPage:
    """A page of the list, and the query strings of its neighbours, None where there is none."""

    rows: list
    previous_query: str | None
    next_query: str | None


def member_page(reader, params):
    """The members of the reader's organization, or those that `q` finds, a page by key."""
    text = clean_name(params.get("q", ""))[:80]
    members = Membership.objects.of(reader.organization).select_related("user").by_rank()
    if text:
        members = members.matching(text)
    found, earlier, later = _page(members, params)
    keep = {"q": text} if text else {}
    return MemberPage(
        rows=[row_of(reader, each) for each in found],
        previous_query=urlencode(keep | {"before": found[0].pk}) if found and earlier else None,
        next_query=urlencode(keep | {"after": found[-1].pk}) if found and later else None,
    )


def _page(members, params):
    """The rows of the page, and whether there are earlier and later ones."""
    if first := _named(members, params.get("before", "")):
        rows = list(members.filter(_beyond(first, "lt")).reverse()[: ROWS + 1])[::-1]
        if len(rows) > ROWS:
            return rows[1:], True, True
        return list(members[:ROWS]), False, members.count() > ROWS
    last = _named(members, params.get("after", ""))
    rows = list((members.filter(_beyond(last, "gt")) if last else members)[: ROWS + 1])
    return rows[:ROWS], last is not None, len(rows) > ROWS


def _named(members, text):
    """The member that a query string names, or None for what names none."""
    key = key_in(text)
    return None if key is None else members.filter(pk=key).first()


def _beyond(member, way):
    """What comes after (gt) or before (lt) a member in the order of the list."""
    rank, name = member.rank, member.user.name
    return (
        Q(**{f"rank__{way}": rank})
        | Q(rank=rank, **{f"user__name__{way}": name})
        | Q(rank=rank, user__name=name, **{f"pk__{way}": member.pk})
    )


def row_of(reader, member):
    """The member with the way to what the reader may do about them."""
    rights, is_reader = Rights.of(reader), reader.pk == member.pk
    if member.user.is_service:
        way = ""
    elif rights.decides:
        way = "member"
    elif rights.invites and not is_reader and permissions.may_remove(reader, role=member.role):
        way = "member_remove"
    else:
        way = ""
    return Row(membership=member, is_reader=is_reader, way=way)


def invitations_of(reader, now):
    """(invitation, whether it is open, whether the reader may act on it, the key of its form that
    sends it again), the latest first."""
    unsettled = Invitation.objects.of(reader.organization).unsettled()
    rights = Rights.of(reader)
    return [
        (
            each,
            each.is_open_at(now),
            rights.invites and permissions.may_invite(reader, role=each.role),
            uuid.uuid4(),
        )
        for each in unsettled.select_related("invited_by").order_by("-sent_at", "-pk")
    ]


def roles_to_invite(reader):
    """The roles that the reader may invite to, the least first."""
    return [role for role in reversed(Role) if permissions.may_invite(reader, role=role)]
