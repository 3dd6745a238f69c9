"""Every write of plans and calendars: publish, choose the default, copy, delete, close, holidays.

Publishing never touches a running clock: each points to the versions that it was computed from.
"""

from datetime import timedelta

from django.utils.translation import gettext as _

from ui.deletions import is_protected
from ui.wording import format_datetime

from .definitions import closures_of, definition_of, targets_of
from .errors import PlanError
from .models import (
    Calendar,
    CalendarVersion,
    Closure,
    Holiday,
    HolidayProposal,
    Plan,
    PlanVersion,
    Priority,
    ResponseTarget,
)
from .official_holidays import official_holidays, persian_year_to_propose, year_bounds
from .signals import calendar_published, closure_declared, closure_ended, plan_published
from .transactions import in_transaction
from .working_time import WorkingTime

LONGEST_CLOSURE = timedelta(days=30)


@in_transaction
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


@in_transaction
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


@in_transaction
def amended_version(version, *, now):
    """The version with the closures of its calendar put in, and nothing else that was edited since.

    Clocks that count by an older version move into it; the version itself where nothing differs.
    """
    original = version.amends or version
    closures = closures_of(original.calendar)
    definition = {**original.definition, "closures": closures}
    if not closures or definition == version.definition:
        return version if closures else original
    found = original.amendments.filter(definition=definition).first()
    return found or CalendarVersion.objects.create(
        calendar=original.calendar,
        number=original.number,
        amends=original,
        definition=definition,
        created_at=now,
    )


@in_transaction
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


@in_transaction
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
        for each in plan.targets.order_by("pk")
    )
    publish_plan(copy, actor=actor, now=now)
    return copy


@in_transaction
def fill_matrix(plan):
    """Give every priority its cell; a new one promises nothing."""
    present = set(plan.targets.values_list("priority", flat=True))
    ResponseTarget.objects.bulk_create(
        ResponseTarget(plan=plan, priority=each) for each in Priority if each not in present
    )


def check_deletable(thing):
    """Raise PlanError for the default plan and for a plan or calendar that something points to."""
    if getattr(thing, "is_default", False):
        raise PlanError(
            _("The default plan cannot be deleted. Make another plan the default first.")
        )
    if is_protected(type(thing).objects.filter(pk=thing.pk)):
        raise PlanError(
            _("This plan is in use and cannot be deleted.")
            if isinstance(thing, Plan)
            else _("This calendar is in use and cannot be deleted.")
        )


@in_transaction
def delete(thing):
    """Delete a plan or a calendar with its versions. Raises PlanError when it is in use."""
    thing = type(thing).objects.select_for_update().get(pk=thing.pk)
    check_deletable(thing)
    thing.delete()


# --- Closures -----------------------------------------------------------------------------------


@in_transaction
def declare_closure(calendar, *, until, reason_fa, reason_en, actor, now):
    """Close the calendar from `now` until an instant, in a new version: no working time passes.

    A reason given in one language is used for the other too. Raises PlanError for an end that has
    passed or is more than 30 days off, for no reason, and while another closure lasts; declared
    once more, as by a second press, it is the one that lasts.
    """
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    reason_fa, reason_en = reason_fa.strip(), reason_en.strip()
    # One that somebody declared at once may have begun after this `now`.
    present = calendar.closures.not_over(now).first()
    reasons = {reason_fa, reason_en}
    if present and _is_repeated(present, actor, until=until, now=now, reasons=reasons):
        return present
    if present:
        raise PlanError(
            _("The calendar is already closed until %(until)s. End that closure first.")
            % {"until": format_datetime(present.ends_at)}
        )
    if until <= now:
        raise PlanError(_("The end of a closure must be in the future."))
    if until - now > LONGEST_CLOSURE:
        raise PlanError(_("A closure can last at most 30 days. For a longer time, enter holidays."))
    if not (reason_fa or reason_en):
        raise PlanError(_("Enter the reason in at least one language."))
    closure = Closure.objects.create(
        calendar=calendar,
        starts_at=now,
        ends_at=until,
        reason_fa=reason_fa or reason_en,
        reason_en=reason_en or reason_fa,
        declared_by=actor,
        declared_at=now,
    )
    version = publish_calendar(calendar, actor=actor, now=now)
    closure_declared.send(
        sender=Closure, calendar=calendar, version=version, closure=closure, actor=actor, now=now
    )
    return closure


def _is_repeated(closure, actor, *, until, now, reasons):
    """Whether a person declares once more what they declared: until the same end, or for as long,
    whose end moves with the clock."""
    is_same_end = until == closure.ends_at or until - now == closure.ends_at - closure.starts_at
    is_same_reason = reasons - {""} == {closure.reason_fa, closure.reason_en}
    return closure.declared_by_id == actor.pk and is_same_end and is_same_reason


def _ended_last(calendar, actor):
    """The latest closure, if this person ended it early; or None."""
    latest = calendar.closures.order_by("-starts_at", "-pk").first()
    return latest if latest and latest.ended_early_by_id == actor.pk else None


@in_transaction
def end_closure(calendar, *, actor, now):
    """Time passes again from now on. Raises PlanError when the calendar is not closed; whoever
    ended the latest closure may press twice."""
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    closure = calendar.closures.closed_at(now).first()
    if closure is None and (ended := _ended_last(calendar, actor)):
        return ended
    if closure is None:
        raise PlanError(_("This closure has already ended."))
    closure.ended_early_at, closure.ended_early_by = now, actor
    closure.save(update_fields=["ended_early_at", "ended_early_by"])
    version = publish_calendar(calendar, actor=actor, now=now)
    closure_ended.send(
        sender=Closure, calendar=calendar, version=version, closure=closure, actor=actor, now=now
    )
    return closure


# --- Official holidays --------------------------------------------------------------------------


@in_transaction
def add_official_holidays(calendar, year, holidays, *, actor, now):
    """Add what an admin chose of a Persian year, publish it, and settle the proposal of that year.

    `holidays` are unsaved ones. Raises PlanError when one of their dates is a holiday already.
    """
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    dates = [each.held_on for each in holidays]
    if len(set(dates)) < len(dates) or calendar.holidays.filter(held_on__in=dates).exists():
        raise PlanError(_("One of these dates is already a holiday of this calendar."))
    for each in holidays:
        each.calendar = calendar
    Holiday.objects.bulk_create(holidays)
    _settle_proposal(calendar, year, HolidayProposal.State.ACCEPTED, actor=actor, now=now)
    return publish_calendar(calendar, actor=actor, now=now)


@in_transaction
def dismiss_official_holidays(calendar, year, *, actor, now):
    """An admin does not want the proposal of a Persian year; it is not made again."""
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    _settle_proposal(calendar, year, HolidayProposal.State.DISMISSED, actor=actor, now=now)


def _settle_proposal(calendar, year, state, *, actor, now):
    calendar.holiday_proposals.waiting().filter(year=year).update(
        state=state, settled_at=now, settled_by=actor
    )


@in_transaction
def propose_holidays(*, now):
    """In the last 60 days of a Persian year, propose the next one's to calendars that lack them.

    Nothing is added to a calendar. Once for a calendar and year, however often it runs; returns
    the proposals that wait for an admin.
    """
    year = persian_year_to_propose(now)
    if year is not None:
        days = {each.held_on for each in official_holidays(year)}
        for calendar in Calendar.objects.of_the_country():
            known = calendar.holidays.between(*year_bounds(year)).values_list("held_on", flat=True)
            if days - set(known):
                HolidayProposal.objects.get_or_create(
                    calendar=calendar, year=year, defaults={"created_at": now}
                )
    return list(HolidayProposal.objects.waiting().select_related("calendar"))
