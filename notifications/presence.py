"""Presence: what agents' open pages of a ticket say of their readers, and what colleagues see."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets import services
from tickets.models import Viewing
from ui.wording import number

LEFT = "left"
MARK = re.compile("[0-9a-z]{1,12}")


def record_sign(fields, ticket, person, *, now):
    """Record what an agent does on an open page of a ticket (by number).

    `fields` are an `activity` and the `page`, a mark of its own: one agent may have the ticket open
    in several windows. An unknown activity records nothing.
    """
    activity, page = fields.get("activity", ""), fields.get("page", "")
    page = page if MARK.fullmatch(page) else ""
    if activity in Viewing.Activity.values:
        services.record_viewing(ticket, person, activity, page=page, now=now)
    elif activity == LEFT:
        services.forget_viewing(ticket, person, page=page)


def colleagues_on(ticket, person, *, now):
    """What others do on the page of a ticket, in sentences: who writes, and who only reads."""
    names = {activity: [] for activity in Viewing.Activity.values}
    # Of several windows of one person the one in which they do most.
    signs = Viewing.objects.beside(person, ticket, now)
    most = sorted(signs, key=lambda sign: Viewing.Activity.values.index(sign.activity))
    for sign in {each.user_id: each for each in most}.values():
        names[sign.activity].append(str(sign.user))
    replying, noting = names[Viewing.Activity.REPLYING], names[Viewing.Activity.NOTING]
    return {
        "writing": " · ".join(filter(None, [_replying(replying), _noting(noting)])),
        "viewing": _viewing(names[Viewing.Activity.VIEWING]),
    }


def _replying(names):
    sentence = ngettext("%(names)s is writing a reply", "%(names)s are writing a reply", len(names))
    return sentence % {"names": _named(names)} if names else ""


def _noting(names):
    sentence = ngettext("%(names)s is writing a note", "%(names)s are writing a note", len(names))
    return sentence % {"names": _named(names)} if names else ""


def _viewing(names):
    sentence = ngettext(
        "%(names)s is viewing this ticket", "%(names)s are viewing this ticket", len(names)
    )
    return sentence % {"names": _named(names)} if names else ""


def _named(names):
    """Ali; Ali and Amir; Ali and 2 others."""
    first, *others = names
    if not others:
        return first
    if len(others) == 1:
        return _("%(name)s and %(other)s") % {"name": first, "other": others[0]}
    return _("%(name)s and %(count)s others") % {"name": first, "count": number(len(others))}
