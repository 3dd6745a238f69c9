"""The history of an organization as sentences, for its owners: who did what, when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from django.db.models import OuterRef, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.models import Plan
from ui.keys import key_in

from .models import Invitation, Membership, Organization, Role

ROWS = 50
# Of each kind of row; more than ever happens in one moment.
FETCHED = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# The last moment that a key may name, well inside what a database can hold.
LATEST = (datetime(9000, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND


@dataclass(frozen=True)
class Line:
    """One change: when, by whom (None: nobody of the organization), and what, as a sentence."""

    at: datetime
    actor: object
    text: str


def history_page(organization, params):
    """The latest lines before the moment that `before` names, and the key of the next page."""
    before = _moment(params.get("before", ""))
    sources = [
        _of_members(organization, before),
        _of_invitations(organization, before),
        _of_organization(organization, before),
    ]
    # Down to here every source was read to its end.
    horizon = max((each for _lines, each in sources if each), default=EPOCH)
    lines = [line for found, _horizon in sources for line in found if line.at > horizon]
    lines.sort(key=lambda line: line.at, reverse=True)
    shown = _whole_moments(lines)
    if len(shown) < len(lines):
        return shown, _key(shown[-1].at)
    following = horizon + MICROSECOND
    is_last = horizon == EPOCH or (before is not None and following >= before)
    return shown, None if is_last else _key(following)


def _whole_moments(lines):
    """About ROWS lines: a page never ends inside of a moment."""
    if len(lines) <= ROWS:
        return lines
    cut = lines[ROWS].at
    return [line for line in lines if line.at > cut] or [line for line in lines if line.at == cut]


def _moment(text):
    number = key_in(text)
    return None if number is None or number > LATEST else EPOCH + number * MICROSECOND


def _key(moment):
    return (moment - EPOCH) // MICROSECOND


def _latest(rows, before):
    """The newest rows before a moment, and the moment of the last one where there may be more."""
    rows = rows.select_related("history_user").order_by("-history_date", "-history_id")
    found = list((rows.filter(history_date__lt=before) if before else rows)[:FETCHED])
    return found, found[-1].history_date if len(found) == FETCHED else None


def _line(row, text, **names):
    isolated = {name: format_html("<bdi>{}</bdi>", value) for name, value in names.items()}
    sentence = format_html(text, **isolated) if names else text
    return Line(at=row.history_date, actor=row.history_user, text=sentence)


def _of_members(organization, before):
    history = Membership.history.model.objects
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    rows = history.filter(organization=organization).select_related("user")
    rows = rows.annotate(
        old_role=Subquery(earlier.order_by("-history_id").values("role")[:1]),
    )
    found, horizon = _latest(rows, before)
    return [_member_line(row) for row in found], horizon


def _member_line(row):
    person, role = row.user or "–", Role(row.role).label
    is_own = row.history_user_id == row.user_id
    if row.user is not None and row.user.is_service:
        return _key_line(row)
    if row.history_type == "+":
        if is_own:
            return _line(row, _("joined as {role}"), role=role)
        return _line(row, _("added {person} as {role}"), person=person, role=role)
    if row.history_type == "-":
        return (
            _line(row, pgettext("history", "left"))
            if is_own
            else _line(row, _("removed {person}"), person=person)
        )
    old = Role(row.old_role).label if row.old_role else "–"
    text = _("changed the role of {person} from {old} to {role}")
    return _line(row, text, person=person, old=old, role=role)


def _key_line(row):
    """A service member comes and goes with its API key."""
    if row.history_type == "+":
        return _line(row, _("created the API key {name}"), name=row.user)
    if row.history_user_id is None:
        return _line(row, _("ended the API key {name}"), name=row.user)
    return _line(row, _("revoked the API key {name}"), name=row.user)


def _of_invitations(organization, before):
    rows = Invitation.history.filter(organization=organization)
    found, horizon = _latest(rows, before)
    return list(filter(None, map(_invitation_line, found))), horizon


def _invitation_line(row):
    """None for the one that was accepted: the joining is a line of its own."""
    role = Role(row.role).label
    if row.revoked_at == row.history_date:
        return _line(row, _("revoked the invitation of {email}"), email=row.email)
    if row.history_type == "+":
        return _line(row, _("invited {email} as {role}"), email=row.email, role=role)
    if row.sent_at == row.history_date:
        return _line(row, _("sent the invitation of {email} again"), email=row.email)
    return None


def _of_organization(organization, before):
    rows, horizon = _latest(Organization.history.filter(id=organization.pk), before)
    plans = {plan.pk: plan.name for plan in Plan.objects.filter(pk__in={r.plan_id for r in rows})}
    lines = []
    for row, older in zip_longest(rows, rows[1:]):
        lines += _organization_lines(row, older, plans)
    return lines, horizon


def _organization_lines(row, older, plans):
    if row.history_type == "+":
        return [_line(row, _("created the organization"))]
    if older is None:
        return []
    lines = []
    if row.name != older.name:
        text = _("renamed the organization from {old} to {new}")
        lines.append(_line(row, text, old=older.name, new=row.name))
    if row.plan_id != older.plan_id:
        old, new = plans.get(older.plan_id, "–"), plans.get(row.plan_id, "–")
        text = _("moved the organization from the support plan {old} to {new}")
        lines.append(_line(row, text, old=old, new=new))
    if row.is_restricted != older.is_restricted:
        lines.append(
            _line(
                row,
                _("let members see only the tickets that they requested or watch")
                if row.is_restricted
                else _("let members see every ticket"),
            )
        )
    if bool(row.suspended_at) != bool(older.suspended_at):
        is_new = bool(row.suspended_at)
        text = _("suspended the organization") if is_new else _("lifted the suspension")
        lines.append(_line(row, text))
    return lines
