"""Handlers of the signals of lower apps, run in the transaction that sent them."""

from . import services


def follow_plan_change(sender, organization, actor, now, **kwargs):
    services.follow_plan_change(organization, actor=actor, now=now)


def follow_suspension(sender, organization, actor, now, **kwargs):
    services.follow_suspension(organization, actor=actor, now=now)


def follow_end_of_suspension(sender, organization, actor, now, **kwargs):
    services.follow_end_of_suspension(organization, actor=actor, now=now)


def forget_watcher(sender, organization, user, actor, now, **kwargs):
    services.forget_watcher(organization, user, actor=actor, now=now)


def clear_agent(sender, user, actor, now, **kwargs):
    services.clear_agent(user, actor=actor, now=now)


def follow_new_name_of_organization(sender, organization, actor, now, **kwargs):
    services.follow_new_name(organization=organization, actor=actor, now=now)


def follow_new_name_of_agent(sender, user, actor, now, **kwargs):
    if user.staff_role:
        services.follow_new_name(agent=user, actor=actor, now=now)


def follow_closure(sender, calendar, closure, actor, now, **kwargs):
    services.follow_closure(calendar, closure, actor=actor, now=now)


def follow_new_commitments(sender, plan, version, actor, now, **kwargs):
    services.follow_new_commitments(plan, version, actor=actor, now=now)


def follow_category_change(sender, events, **kwargs):
    """The category of a report is the present one of the ticket."""
    moved = [event.ticket_id for event in events if "category" in event.changes]
    if moved:
        services.mark_stale_of(moved)
