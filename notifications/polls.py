"""Tags of what open pages ask again and again, and whether a page's tag is still the present one.

A tag is a seal over everything that the answer derives from: the session, the rights, the bell and
the tickets that the page shows. All of it is read in one statement. A tag that has not changed is
answered with 304 before any session or person is loaded; in every other case the ordinary view
answers, which alone decides who may see what (`Ticket.objects.visible_to`).

The statement is plain SQL, since building it from querysets takes longer than all the rest.
"""

import json
import re
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac

from organizations.models import User
from tickets.freshness import page_slot, slot_of
from tickets.kept_plans import fetch
from tickets.querysets.conversation import NEWEST
from tickets.querysets.rows import PUBLIC_FACTS
from tickets.querysets.tickets import MOST_CHANGED

from .bell import MOST_COUNTED

STAFF, OWN = "s", "o"
_SALT = "notifications.polls"
# Person, rights, organization, and the seal.
_TAG = re.compile(r'(?:W/)?"(\d{1,18})\.([so]?)(\d{0,18})\.[0-9a-f]{20}"', re.ASCII)
_VALUE = re.compile(r"%\((\w+)\)s", re.ASCII)
# How a database makes one text of the columns of a row, and of rows.
_FUNCTIONS = {
    "postgresql": ("json_build_array", "json_agg"),
    "sqlite": ("json_array", "json_group_array"),
}

_STATEMENT = """
SELECT u.password, session.session_data, CAST({array}(
    u.staff_role, u.language, u.working_in_id,
    (SELECT count(*) FROM mfa_authenticator m WHERE m.user_id = u.id),
    (SELECT {rows}({array}(m.organization_id, m.role, o.is_restricted))
       FROM organizations_membership m
       JOIN organizations_organization o ON o.id = m.organization_id WHERE m.user_id = u.id),
    (SELECT {array}(count(*), max(unread.id)) FROM (
        SELECT id FROM notifications_notification
         WHERE recipient_id = u.id AND channel = 'bell' AND read_at IS NULL
         ORDER BY id DESC LIMIT {unread}) unread),
    ({page})) AS text)
  FROM organizations_user u, django_session session
 WHERE u.id = %(person)s AND u.is_active
   AND session.session_key = %(session)s AND session.expire_date > %(now)s
"""
_WATCHES = """EXISTS (
    SELECT 1 FROM tickets_watcher w WHERE w.ticket_id = t.id AND w.user_id = %(person)s)"""
# What the answer for a page derives from, beside the rights and the bell.
_EVENTS = """SELECT sum(newest.id) FROM (
    SELECT id FROM tickets_event ORDER BY id DESC LIMIT {events}) newest"""
_VERSION = """SELECT {array}(t.version, (SELECT {rows}({array}(v.user_id, v.activity)) FROM (
    SELECT DISTINCT user_id, activity FROM tickets_viewing
     WHERE ticket_id = t.id AND user_id <> %(person)s AND until > %(now)s
     ORDER BY user_id, activity) v)) FROM tickets_ticket t WHERE t.id = %(ticket)s"""
_PUBLIC = """SELECT {array}(t.organization_id, t.requester_id, {watches}, {facts})
    FROM tickets_ticket t WHERE t.id = %(ticket)s"""
_CHANGED = """SELECT {rows}({array}(t.id, {facts})) FROM (
    SELECT t.id, {facts} FROM tickets_ticket t
     WHERE t.organization_id = %(organization)s {own}
     ORDER BY t.public_updated_at DESC, t.id DESC LIMIT {changed}) t"""
_OWN = f"AND (t.requester_id = %(person)s OR {_WATCHES})"
_PARTS = {
    "facts": ", ".join(f"t.{name}" for name in PUBLIC_FACTS),
    "watches": _WATCHES,
    "events": NEWEST,
    "changed": MOST_CHANGED,
    "unread": MOST_COUNTED + 1,
}
# By the name of the page's address, and whether it is asked for by staff.
_PAGES = {
    ("bell", True): "SELECT 0",
    ("bell", False): "SELECT 0",
    ("queue", True): _EVENTS,
    ("tickets", False): _CHANGED,
    ("ticket", True): _VERSION,
    ("ticket", False): _PUBLIC,
}


class Poll(NamedTuple):
    """Who asks by which session, for which page: `kind` is the name of its address.

    Of the page of one ticket `ticket` is its number. Of members' lists `organization` is that whose
    tickets are listed, and `rights` are OWN where only what the member requested or watches is.
    """

    person: int
    rights: str
    organization: int | None
    session: str
    kind: str
    ticket: int | None


def poll_of(request):
    """The poll of somebody signed in, by their rights; None where they have no such page."""
    person, match = request.user, request.resolver_match
    rights, organization = STAFF if person.is_agent else "", None
    if match.url_name == "tickets" and (membership := person.current_membership):
        rights, organization = "" if membership.sees_all else OWN, membership.organization_id
    return _known(person.pk, rights, organization, request.session.session_key, match)


def poll_by(tag, *, session, match):
    """The poll that a page was given a tag for, or None; what it claims the seal will prove."""
    read = _TAG.fullmatch(tag)
    if read is None or not session:
        return None
    person, rights, organization = read.groups()
    return _known(int(person), rights, int(organization or 0) or None, session, match)


def _known(person, rights, organization, session, match):
    number = match.kwargs.get("number")
    poll = Poll(person, rights, organization, session, match.url_name, number)
    return poll if (poll.kind, rights == STAFF) in _PAGES else None


def tag_of(poll, *, now):
    """The present tag of a poll; None where the session is not, or no longer, the person's."""
    rows = _rows(poll, now)
    if not rows or not _is_session_of(poll.person, *rows[0][:2]):
        return None
    facts = json.dumps([*poll, _slot(poll, now), rows[0][2]])
    seal = salted_hmac(_SALT, facts, algorithm="sha256").hexdigest()[:20]
    return f'"{poll.person}.{poll.rights}{poll.organization or ""}.{seal}"'


def is_same_tag(sent, tag):
    """Whether a page sent this tag; a proxy that compresses marks it as a weak one."""
    return constant_time_compare(sent.removeprefix("W/"), tag)


def _rows(poll, now):
    """What the tag derives from: one row, or none where the session or the person is gone."""
    values = {**poll._asdict(), "now": connection.ops.adapt_datetimefield_value(now)}
    if connection.vendor == "postgresql":
        sql, names = _planned(poll.kind, poll.rights)
        return fetch(sql, [values[name] for name in names])
    with connection.cursor() as cursor:
        cursor.execute(_sql(poll.kind, poll.rights), values)
        return cursor.fetchall()


@lru_cache(maxsize=len(_PAGES) * len({STAFF, OWN, ""}))
def _planned(kind, rights):
    """The statement with `$1`, `$2` … for its values, and their names in this order."""
    sql = _sql(kind, rights)
    names = tuple(dict.fromkeys(_VALUE.findall(sql)))
    return _VALUE.sub(lambda found: f"${names.index(found[1]) + 1}", sql), names


def _sql(kind, rights):
    array, rows = _FUNCTIONS[connection.vendor]
    own = _OWN if rights == OWN else ""
    parts = {**_PARTS, "array": array, "rows": rows, "own": own}
    page = _PAGES[kind, rights == STAFF].format_map(parts)
    return _STATEMENT.format_map({**parts, "page": page})


def _is_session_of(person, password, session_data):
    """Whether the data of a session are those of a person who still has this password."""
    session = SessionStore().decode(session_data)
    backend, seal = session.get(BACKEND_SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    is_theirs = session.get(SESSION_KEY) == str(person)
    is_known = is_theirs and backend in settings.AUTHENTICATION_BACKENDS
    present = User(pk=person, password=password).get_session_auth_hash()
    return is_known and constant_time_compare(seal, present)


def _slot(poll, now):
    return page_slot(now) if poll.kind == "ticket" else slot_of(poll.person, now)
