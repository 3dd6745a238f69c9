"""Plans and calendars in Django admin: saving publishes, running clocks are not touched."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ui.admin_lookups import NamedLookups
from ui.wording import digits, format_target, number

from . import services
from .admin_calendar import CalendarPages
from .admin_forms import (
    CalendarForm,
    ExtraHoursForm,
    ExtraHoursFormSet,
    HolidayForm,
    HolidayFormSet,
    PlanForm,
    TargetForm,
    TargetFormSet,
    WorkingHoursForm,
    WorkingHoursFormSet,
)
from .admin_history import VersionHistory
from .errors import PlanError
from .models import Calendar, ExtraHours, Holiday, Plan, Priority, ResponseTarget, WorkingHours
from .promises import promise_of
from .version_changes import calendar_changes, plan_changes


class VersionedAdmin(VersionHistory, NamedLookups):
    """A page whose saving makes a version, and whose thing stays while something points to it."""

    actions = None  # deleting in bulk would pass by the sentence that says why not

    def get_readonly_fields(self, request, obj=None):
        return ["versions_table"] if obj else []

    def get_fieldsets(self, request, obj=None):
        fieldsets = list(self.fieldsets)
        if obj:
            versions = {"fields": ["versions_table"], "classes": ["collapse"]}
            fieldsets.append((_("Versions"), versions))
        return fieldsets

    def tell_version(self, request, version):
        messages.info(
            request,
            _(
                "Version %(number)s is now in force. Running SLA clocks keep the version "
                "that they started with."
            )
            % {"number": digits(version.number)},
        )

    def delete_view(self, request, object_id, extra_context=None):
        thing = self.get_object(request, object_id)
        try:
            if thing is not None:
                services.check_deletable(thing)
            return super().delete_view(request, object_id, extra_context)
        except PlanError as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect("../change/")

    def delete_model(self, request, obj):
        services.delete(obj)


class TargetInline(admin.TabularInline):
    model = ResponseTarget
    form = TargetForm
    formset = TargetFormSet
    template = "admin/plans/matrix.html"
    can_delete = False
    max_num = len(Priority)

    def get_queryset(self, request):
        return super().get_queryset(request).by_priority()

    def get_extra(self, request, obj=None, **kwargs):
        return len(Priority) - (obj.targets.count() if obj else 0)


def _column(priority):
    """The response target of one priority, as a column of the list of plans."""

    @admin.display(description=priority.label)
    def target_of(plan):
        cells = {each.priority: each for each in plan.targets.all()}
        return _written(cells.get(priority), working=plan.calendar is not None)

    target_of.__name__ = priority.value
    return target_of


@admin.register(Plan)
class PlanAdmin(VersionedAdmin):
    form = PlanForm
    history_excludes = ("calendar",)
    version_relations = ("created_by", "calendar")
    inlines = [TargetInline]
    list_display = ["titled", *map(_column, Priority), "hours", "usage", "default_mark"]
    ordering = ["position", "pk"]
    fieldsets = [
        (None, {"fields": ["seen", ("name_fa", "name_en"), ("key", "position")]}),
        (
            _("Commitments"),
            {
                "fields": [
                    "calendar",
                    "architecture_guidance_fa",
                    "architecture_guidance_en",
                    "becomes_default",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        plans = super().get_queryset(request).select_related("calendar")
        return plans.prefetch_related("targets").with_usage()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        plan, now = form.instance, timezone.now()
        services.fill_matrix(plan)
        if form.cleaned_data["becomes_default"]:
            services.make_default(plan)
        version = services.publish_plan(plan, actor=request.user, now=now)
        self.tell_version(request, version)

    def version_changes(self, before, after):
        return plan_changes(before, after)

    @admin.display(description=_("plan"), ordering="position")
    def titled(self, plan):
        return plan.name

    @admin.display(description=_("Technical support"))
    def hours(self, plan):
        return plan.support_hours

    @admin.display(description=_("Used by"), ordering="organization_count")
    def usage(self, plan):
        """How many organizations an edit of the plan concerns, with a link to them."""
        count = plan.organization_count
        if not count:
            return _("No organization")
        text = ngettext("%(count)s organization", "%(count)s organizations", count)
        address = reverse("admin:organizations_organization_changelist")
        return format_html(
            '<a href="{}?plan__id__exact={}">{}</a>',
            address,
            plan.pk,
            text % {"count": number(count)},
        )

    @admin.display(description=_("Default"))
    def default_mark(self, plan):
        return _("For new organizations") if plan.is_default else ""

    @admin.display(description=_("Versions"))
    def versions_table(self, plan):
        versions = plan.versions.select_related("created_by", "calendar").order_by("-number")
        rows = [(each, _cells_of(each)) for each in versions]
        context = {"rows": rows, "priorities": [each.label for each in Priority]}
        return render_to_string("admin/plans/plan_versions.html", context)


def _cells_of(version):
    promise = promise_of(version, None)  # only the cells: the calendar has versions of its own
    working = version.calendar is not None
    return [_written(promise.cell(priority), working=working) for priority in Priority]


def _written(cell, *, working):
    """A cell as text: 30 min, aim 10 min; in working hours if the plan has a calendar."""
    if cell is None or cell.target is None:
        return "–"
    target = format_target(cell.target, working, day=cell.target)
    if cell.aim is None:
        return target
    return _("%(target)s, aim %(aim)s") % {
        "target": target,
        "aim": format_target(cell.aim, working, day=cell.aim),
    }


class WorkingHoursInline(admin.TabularInline):
    model = WorkingHours
    form = WorkingHoursForm
    formset = WorkingHoursFormSet
    extra = 1

    def get_queryset(self, request):
        return super().get_queryset(request).by_weekday()


class HolidayInline(admin.TabularInline):
    model = Holiday
    verbose_name_plural = _("Holidays (without hours: the whole day)")
    form = HolidayForm
    formset = HolidayFormSet
    extra = 1

    def get_queryset(self, request):
        return super().get_queryset(request).not_long_past(timezone.now())


class ExtraHoursInline(admin.TabularInline):
    model = ExtraHours
    verbose_name_plural = _("Extra hours (counted on closed days and holidays too)")
    form = ExtraHoursForm
    formset = ExtraHoursFormSet
    extra = 1

    def get_queryset(self, request):
        return super().get_queryset(request).not_long_past(timezone.now())


@admin.register(Calendar)
class CalendarAdmin(CalendarPages, VersionedAdmin):
    form = CalendarForm
    history_excludes = ("time_zone",)
    inlines = [WorkingHoursInline, HolidayInline, ExtraHoursInline]
    list_display = ["titled", "time_zone", "used_by"]
    fieldsets = [(None, {"fields": ["seen", ("name_fa", "name_en"), "time_zone"]})]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("plans")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        version = services.publish_calendar(form.instance, actor=request.user, now=timezone.now())
        self.tell_version(request, version)

    def versions_of(self, thing):
        return thing.versions.filter(amends__isnull=True)

    def version_changes(self, before, after):
        return calendar_changes(before, after)

    def changelist_view(self, request, extra_context=None):
        self._warn(request)
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        calendar = self.get_object(request, object_id) if object_id else None
        if calendar and request.method == "GET":
            self._warn(request, object_id)
            self.tell_standing(request, calendar, timezone.now())
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _warn(self, request, object_id=None):
        """Say which calendars nobody gave holidays; of one page only that page's."""
        for calendar in Calendar.objects.without_coming_holidays(timezone.now()):
            if object_id in {None, str(calendar.pk)}:
                messages.warning(
                    request,
                    _("The calendar %(name)s has no holidays in the next 90 days.")
                    % {"name": calendar.name},
                )

    @admin.display(description=_("calendar"))
    def titled(self, calendar):
        return calendar.name

    @admin.display(description=_("Plans"))
    def used_by(self, calendar):
        return ", ".join(plan.name for plan in calendar.plans.all()) or "–"

    @admin.display(description=_("Versions"))
    def versions_table(self, calendar):
        versions = self.versions_of(calendar).select_related("created_by").order_by("-number")
        rows = [(each, len(each.definition["holidays"])) for each in versions]
        return render_to_string("admin/plans/calendar_versions.html", {"rows": rows})
