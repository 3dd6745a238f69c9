"""Notices of the end of a ticket: closes, reopening, and what stops the automatic close."""

from datetime import timedelta

from django.utils.translation import gettext as _

from notifications.reasons import Reason
from tickets.event_types import Kind

from .declaration import (
    Notice,
    Topic,
    always,
    is_handed_on,
    never,
    old_and_new_assignee,
    supervisors,
    the_assignee,
    the_assignee_or_all,
    the_assignee_or_on_duty,
)
from .paragraphs import (
    ANSWER_BUTTON,
    answer_before,
    handed_on,
    handed_on_in_brief,
    priority_changed,
    rate_it,
    still_there,
)

# The reminder of an automatic close belongs to a close at most this far ahead of it.
REMINDED_BEFORE = timedelta(hours=24)


def _closed_by_customer(facts):
    return [
        _("Ticket %(number)s was closed: %(title)s"),
        _("%(actor)s of %(organization)s has closed the ticket “%(title)s”.")
        if facts["for_staff"]
        else _("%(actor)s has closed the ticket “%(title)s”."),
        rate_it(facts),
    ]


def _closed_by_customer_in_brief(facts):
    return _("%(actor)s has closed it.")


CLOSED_BY_CUSTOMER = Notice(
    kind=Kind.CLOSED_BY_CUSTOMER,
    text=_closed_by_customer,
    brief=_closed_by_customer_in_brief,
    to_customers=always,
    to_staff=the_assignee,
    staff_topic=Topic.CUSTOMERS,
)


def _resolved(facts):
    if facts["for_staff"]:
        return handed_on(facts)
    return [
        _("Ticket %(number)s is resolved: %(title)s"),
        _("Our support team has closed the ticket “%(title)s” as resolved."),
        *priority_changed(facts),
        still_there(),
        rate_it(facts),
    ]


def _resolved_in_brief(facts):
    if facts["for_staff"]:
        return handed_on_in_brief(facts)
    return _("Our support team has closed it as resolved.")


RESOLVED = Notice(
    kind=Kind.RESOLVED,
    text=_resolved,
    brief=_resolved_in_brief,
    to_customers=always,
    to_staff=old_and_new_assignee,
    staff_when=is_handed_on,
    staff_topic=Topic.HANDOVERS,
)


def _closed_automatically(facts):
    return [
        _("Ticket %(number)s was closed automatically: %(title)s"),
        _(
            "We received no answer for 48 hours, so the ticket “%(title)s” was closed "
            "automatically."
        ),
        still_there(),
        rate_it(facts),
    ]


def _closed_automatically_in_brief(facts):
    return _("It was closed automatically.")


CLOSED_AUTOMATICALLY = Notice(
    kind=Kind.CLOSED_AUTOMATICALLY,
    text=_closed_automatically,
    brief=_closed_automatically_in_brief,
    to_customers=always,
    is_found_by_run=True,
)


def _reopened(facts):
    if facts["for_staff"]:
        news = _("%(actor)s of %(organization)s has reopened the ticket “%(title)s”.")
    elif facts["actor"]:
        news = _("%(actor)s has reopened the ticket “%(title)s”.")
    else:
        news = _("Our support team has reopened the ticket “%(title)s”.")
    return [
        _("Ticket %(number)s is open again: %(title)s"),
        news,
        answer_before(facts) if facts["for_staff"] else "",
    ]


def _reopened_in_brief(facts):
    if facts["actor"]:
        return _("%(actor)s has reopened it.")
    return _("Our support team has reopened it.")


REOPENED = Notice(
    kind=Kind.REOPENED,
    text=_reopened,
    brief=_reopened_in_brief,
    to_customers=always,
    to_staff=the_assignee,
    staff_topic=Topic.CUSTOMERS,
)


def _close_reminded(facts):
    return [
        _("Ticket %(number)s closes soon: %(title)s"),
        _(
            "We are waiting for your answer to the ticket “%(title)s”. Without one, it closes "
            "automatically on %(closes)s."
        ),
    ]


def _closes_no_more(notification, now):
    close_at = notification.ticket.auto_close_at
    if close_at is None or close_at > notification.event.created_at + REMINDED_BEFORE:
        return Reason.CLOSE_MOVED
    return "" if now < close_at else Reason.CLOSE_DUE


def _close_reminded_in_brief(facts):
    if facts["closes"]:
        return _("Without your answer it closes automatically on %(closes)s.")
    return _("It was about to close automatically.")


CLOSE_REMINDED = Notice(
    kind=Kind.CLOSE_REMINDED,
    text=_close_reminded,
    brief=_close_reminded_in_brief,
    to_customers=always,
    topic=Topic.REMINDERS,
    is_reminder=True,
    is_pressing=always,
    is_found_by_run=True,
    button=ANSWER_BUTTON,
    outdated=_closes_no_more,
    ends_alerts=never,
)


def _held(facts):
    return [
        _("The customer could not be reached about ticket %(number)s: %(title)s"),
        _(
            "The latest reply to the ticket “%(title)s” of %(organization)s could not be "
            "delivered. The ticket does not close automatically until somebody lifts the hold."
        ),
        _("Please contact the customer in another way."),
    ]


def _held_in_brief(facts):
    return _("The latest reply could not be delivered to the customer.")


HELD = Notice(
    kind=Kind.HELD,
    text=_held,
    brief=_held_in_brief,
    to_staff=the_assignee_or_all,
    # By the system: no channel could deliver the latest reply, so somebody has to call.
    staff_when=lambda event: event.actor_id is None,
)

HOLD_LIFTED = Notice(kind=Kind.HOLD_LIFTED)


def _undeliverable(facts):
    return [
        _("E-mails to %(address)s come back: ticket %(number)s"),
        _(
            "Two e-mails to %(address)s could not be delivered, the latest about the ticket "
            "“%(title)s”. No more e-mails about tickets are sent there until the address is "
            "confirmed again or changed."
        ),
        _("Please reach the person in another way, and see which address is right.")
        if facts["for_staff"]
        else _("The person still finds all news on this site, on the bell."),
    ]


def _undeliverable_in_brief(facts):
    return _("E-mails to %(address)s come back; no more are sent there.")


def _who_can_help(event, roles):
    """Who works on the ticket; where it is an address of the helpdesk's own, those above too."""
    people = the_assignee_or_on_duty(event, roles)
    return people | supervisors(event, roles) if event.changes.get("is_staff") else people


UNDELIVERABLE = Notice(
    kind=Kind.UNDELIVERABLE,
    text=_undeliverable,
    brief=_undeliverable_in_brief,
    to_customers=lambda event: not event.changes.get("is_staff"),
    topic=None,
    only_owners=True,
    # It is not in the customers' history; their owners are notified of it all the same.
    is_reminder=True,
    to_staff=_who_can_help,
    is_for_team=True,
    ends_alerts=never,
)
