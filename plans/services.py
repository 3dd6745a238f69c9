"""Every write of plans and calendars: publish a version, choose the default, copy, delete.

Publishing never touches a running clock: each points to the versions that it was computed from.
"""

from django.db import models, transaction
from django.utils.translation import gettext as _

from .definitions import definition_of, targets_of
from .errors import PlanError
from .models import Calendar, CalendarVersion, Plan, PlanVersion, Priority, ResponseTarget
from .signals import calendar_published, plan_published
from .working_time import WorkingTime


@transaction.atomic
def publish_plan(plan, *, actor, now):
    """Make a version of what the plan says now; the latest one when nothing differs."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    targets, latest = targets_of(plan), plan.versions.order_by("-number").first()
    if latest and (latest.targets, latest.calendar_id) == (targets, plan.calendar_id):
        return latest
    version = PlanVersion.objects.create(
        plan=plan,
        number=latest.number + 1 if latest else 1,
        targets=targets,
        calendar=plan.calendar,
        created_at=now,
        created_by=actor,
    )
    plan_published.send(sender=Plan, plan=plan, version=version, actor=actor, now=now)
    return version


@transaction.atomic
def publish_calendar(calendar, *, actor, now):
    """Make a version of what the calendar says now; the latest one when nothing differs.

    Raises NoWorkingTime for a calendar without hours, ValueError for hours that overlap.
    """
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    definition, latest = definition_of(calendar), calendar.versions.order_by("-number").first()
    WorkingTime.from_definition(definition)
    if latest and latest.definition == definition:
        return latest
    version = CalendarVersion.objects.create(
        calendar=calendar,
        number=latest.number + 1 if latest else 1,
        definition=definition,
        created_at=now,
        created_by=actor,
    )
    calendar_published.send(
        sender=Calendar, calendar=calendar, version=version, actor=actor, now=now
    )
    return version


@transaction.atomic
def make_default(plan):
    """New organizations get this plan from now on; exactly one plan is the default."""
    plans = {each.pk: each for each in Plan.objects.select_for_update().order_by("pk")}
    for each in plans.values():
        if each.is_default and each.pk != plan.pk:
            each.is_default = False
            each.save(update_fields=["is_default"])
    chosen = plans[plan.pk]
    if not chosen.is_default:
        chosen.is_default = True
        chosen.save(update_fields=["is_default"])
    return chosen


@transaction.atomic
def copy_plan(plan, *, key, name_fa, name_en, actor, now):
    """A new plan with the cells, calendar and guidance of another, published; never the default."""
    copy = Plan.objects.create(
        key=key,
        name_fa=name_fa,
        name_en=name_en,
        position=plan.position,
        calendar=plan.calendar,
        architecture_guidance_fa=plan.architecture_guidance_fa,
        architecture_guidance_en=plan.architecture_guidance_en,
    )
    ResponseTarget.objects.bulk_create(
        ResponseTarget(
            plan=copy,
            priority=each.priority,
            target=each.target,
            aim=each.aim,
            resolution=each.resolution,
        )
        for each in plan.targets.all()
    )
    publish_plan(copy, actor=actor, now=now)
    return copy


@transaction.atomic
def fill_matrix(plan):
    """Give every priority its cell; a new one promises nothing."""
    present = set(plan.targets.values_list("priority", flat=True))
    ResponseTarget.objects.bulk_create(
        ResponseTarget(plan=plan, priority=each) for each in Priority if each not in present
    )


def check_deletable(thing):
    """Raise PlanError for the default plan and for a plan or calendar that something points to."""
    if getattr(thing, "is_default", False):
        raise PlanError(_("The default plan cannot be deleted. Make another plan the default."))
    try:
        models.deletion.Collector(using=thing._state.db).collect([thing])
    except (models.ProtectedError, models.RestrictedError):
        sentence = (
            _("This plan is in use and cannot be deleted.")
            if isinstance(thing, Plan)
            else _("This calendar is in use and cannot be deleted.")
        )
        raise PlanError(sentence) from None


@transaction.atomic
def delete(thing):
    """Delete a plan or a calendar with its versions. Raises PlanError when it is in use."""
    thing = type(thing).objects.select_for_update().get(pk=thing.pk)
    check_deletable(thing)
    thing.delete()
