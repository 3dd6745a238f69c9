"""Tickets in Django admin: legal holds, and else for reading only."""

from django import forms
from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from plans.admin_saving import SavingAdmin
from tickets.choices import Counted
from tickets.conversation.entries import conversation
from tickets.errors import TicketError
from tickets.plan_edits.admin import PreviewedCalendarAdmin, PreviewedPlanAdmin
from tickets.search.ticket_numbers import is_begun, typed_number
from ui.admin_columns import (
    choice_column,
    moment_column,
    number_column,
    text_column,
    typed_column,
)
from ui.admin_lookups import GrowingList, HappenedFilter, NamedLookups
from ui.admin_read_only import ReadOnly
from ui.keys import key_in
from ui.wording import format_datetime, format_target, listed, number

from . import services
from .models import (
    Alert,
    Clock,
    LegalHold,
    PeriodicRun,
    Recalculation,
    ReportExport,
    Ticket,
    TicketJob,
)

__all__ = ["PreviewedCalendarAdmin", "PreviewedPlanAdmin"]  # registered where they are written


class ShowsProgress:
    """The page of something that a worker does, until it has finished."""

    tickets_failed = number_column("failed", _("tickets that failed"))

    @admin.display(description=_("finished"), ordering="finished_at")
    def finished(self, row):
        """When it was done, or that it was given up: why is beside it on its page."""
        if not row.finished_at:
            return "–"
        at = format_datetime(row.finished_at)
        return _("Stopped on %(at)s") % {"at": at} if row.problem else at

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Shows itself again every few seconds until all is done."""
        response = super().change_view(request, object_id, form_url, extra_context)
        row = self.get_object(request, object_id)
        if row is not None and row.finished_at is None:
            response["Refresh"] = "5"
        return response


class ClockInline(ReadOnly, admin.TabularInline):
    """The promises of a ticket and what became of them."""

    model = Clock
    template = "admin/tickets/clocks.html"
    extra = 0
    fields = readonly_fields = [
        *("promise", "result", "of_priority", "promised", "plan", "started", "due", "stopped"),
    ]

    promise = choice_column("kind", _("kind"))
    result = choice_column("state", pgettext_lazy("clock", "state"))
    of_priority = choice_column("priority", _("priority"))
    started = moment_column("started_at", _("started"))
    due = moment_column("due_at", _("due"))
    stopped = moment_column("stopped_at", _("stopped"))

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("plan_version__plan")

    @admin.display(description=_("response target"))
    def promised(self, clock):
        is_working = clock.calendar_version_id is not None
        return format_target(clock.target, is_working, day=clock.target)

    @admin.display(description=_("support plan"))
    def plan(self, clock):
        return clock.plan_version.plan.name


@admin.register(Ticket)
class TicketAdmin(ReadOnly, GrowingList):
    list_display = [
        *("numbered", "titled", "organization", "status", "priority", "category", "assignee"),
        *("due", "created"),
    ]
    list_filter = ["status", "priority", "category"]
    list_select_related = ["organization", "assignee"]
    list_per_page = 50
    # By any other column the whole table would be read and sorted.
    sortable_by = ["numbered"]
    search_fields = ["title"]
    search_help_text = _("A number, or text of the title or a message.")
    actions = None
    change_form_template = "admin/tickets/ticket/change_form.html"
    inlines = [ClockInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("titled", "organization", "requester", "opened", "assignee"),
                    *("status", "priority", "category"),
                ]
            },
        ),
        (
            _("Times"),
            {"fields": ["created", "updated", "waiting", "due", "closes", "hold_reason", "closed"]},
        ),
    ]
    readonly_fields = [
        *("titled", "opened", "created", "updated", "waiting", "due", "closes", "hold_reason"),
        "closed",
    ]

    titled = typed_column("title", _("title"))
    created = moment_column("created_at", _("created"))
    updated = moment_column("updated_at", _("last change"))
    waiting = moment_column("waiting_since", _("waiting since"))
    due = moment_column("due_at", _("due"))
    closes = moment_column("auto_close_at", _("closes automatically"))
    closed = moment_column("closed_at", _("closed"))

    @admin.display(description=_("number"), ordering="pk")
    def numbered(self, ticket):
        return ticket.number

    @admin.display(description=_("opened by"))
    def opened(self, ticket):
        return ticket.opened_by

    @admin.display(description=_("automatic close held"))
    def hold_reason(self, ticket):
        return ticket.get_auto_close_hold_code_display() or ticket.auto_close_hold_reason or "–"

    def view_on_site(self, ticket):
        """Staff read a ticket in the queue; the customer's page is not theirs."""
        return ticket.get_queue_url()

    def get_search_results(self, request, queryset, search_term):
        """The one search of the product: folded text, and numbers in any digits."""
        text = search_term.replace("\0", "").strip()
        if not text:
            return queryset, False
        if is_begun(number := typed_number(text)):
            return queryset.numbered_from(number), False
        return queryset.matching(text, request.user, number=number), False

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        entries = conversation(obj, request.user, now=timezone.now()) if obj else []
        context["entries"] = [entry for entry in entries if entry.kind != "day"]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


@admin.register(PeriodicRun)
class PeriodicRunAdmin(ReadOnly, NamedLookups):
    """When each periodic task last came to its end."""

    list_display = fields = readonly_fields = ["task", "finished", "result"]
    ordering = ["name"]
    actions = None

    task = text_column("name", _("name"))
    finished = moment_column("finished_at", _("finished"))

    @admin.display(description=_("result"))
    def result(self, run):
        """What was counted, in the reader's language: it is stored as “closed 3, …”."""
        return listed(map(_counted, run.outcome.split(", "))) or "–"


def _counted(stored):
    what, _space, count = stored.rpartition(" ")
    if what not in Counted.values or key_in(count) is None:
        return stored
    return f"{Counted(what).label}: {number(int(count))}"


@admin.register(Recalculation)
class RecalculationAdmin(ShowsProgress, ReadOnly, NamedLookups):
    """What an edit or a closure does to running clocks, and how far it has come."""

    list_display = ["what", "scope", "asked", "created_by", "progress", "finished"]
    list_select_related = ["plan", "calendar", "created_by"]
    fields = [
        *("what", "scope", "asked", "created_by", "progress", "tickets_changed"),
        *("tickets_failed", "finished", "problem"),
    ]
    readonly_fields = [
        *("what", "asked", "progress", "tickets_changed", "tickets_failed", "finished"),
    ]
    actions = None

    asked = moment_column("created_at", _("asked for"))
    tickets_changed = number_column("moved", _("tickets whose clocks moved"))

    @admin.display(description=_("what was edited"))
    def what(self, recalculation):
        return recalculation.edited.name

    @admin.display(description=_("progress"))
    def progress(self, recalculation):
        looked_at, moved = map(number, (recalculation.looked_at, recalculation.moved))
        sentence = _("%(looked_at)s tickets checked, the SLA clocks of %(moved)s moved")
        return sentence % {"looked_at": looked_at, "moved": moved}


@admin.register(TicketJob)
class TicketJobAdmin(ShowsProgress, ReadOnly, NamedLookups):
    """What open tickets still have to follow after a change of an organization or an agent."""

    list_display = ["whose", "kind", "changed", "created_by", "progress", "finished"]
    list_select_related = ["organization", "agent", "created_by"]
    fields = [
        *("whose", "kind", "changed", "created_by", "progress", "tickets_changed"),
        *("tickets_failed", "finished", "problem"),
    ]
    readonly_fields = [
        *("whose", "changed", "progress", "tickets_changed", "tickets_failed", "finished"),
    ]
    actions = None

    changed = moment_column("created_at", _("changed"))
    tickets_changed = number_column("moved", _("tickets changed"))

    @admin.display(description=_("of whom"))
    def whose(self, job):
        return str(job.whose)

    @admin.display(description=_("progress"))
    def progress(self, job):
        return _("%(done)s of %(total)s tickets") % {
            "done": number(job.looked_at),
            "total": number(job.total),
        }


@admin.register(ReportExport)
class ReportExportAdmin(ReadOnly, GrowingList):
    """Who took which part of the reports out of the product."""

    list_display = ["created", "actor", "content", "format", "filters"]
    list_select_related = ["actor"]
    fields = ["created", "actor", "content", "format", "filters"]
    readonly_fields = ["created"]
    actions = None

    created = moment_column("created_at", _("when"))


@admin.register(Alert)
class AlertAdmin(ReadOnly, GrowingList):
    """The faults that monitoring has reported, each with the ticket that it is about."""

    list_display = ["titled", "organization", "source", "of_ticket", "is_firing", "times", "latest"]
    list_filter = ["is_firing"]
    list_select_related = ["organization", "ticket"]
    list_per_page = 50
    search_fields = ["title", "source", "fingerprint", "organization__name"]
    ordering = ["-pk"]
    fields = [
        *("titled", "organization", "source", "fingerprint", "of_ticket", "is_firing", "times"),
        *("first", "latest", "resolved"),
    ]
    readonly_fields = ["titled", "of_ticket", "times", "first", "latest", "resolved"]
    actions = None

    titled = typed_column("title", _("title"))
    first = moment_column("first_at", _("first reported"))
    latest = moment_column("last_at", _("last reported"))
    resolved = moment_column("resolved_at", _("over since"))
    times = number_column("count", _("times"))

    @admin.display(description=_("ticket"))
    def of_ticket(self, alert):
        return alert.ticket.number


class LegalHoldForm(forms.ModelForm):
    """On an organization, or on the ticket with a number; `refused`: the service's sentence."""

    refused = None
    number = forms.CharField(
        label=_("Number of a ticket"),
        required=False,
        help_text=_("Instead of an organization: keeps this ticket alone."),
    )

    class Meta:
        model = LegalHold
        fields = ["organization", "number", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "organization" in self.fields:
            for may in ("add", "change", "delete", "view"):
                setattr(self.fields["organization"].widget, f"can_{may}_related", False)

    def clean_number(self):
        """The ticket. Raises ValidationError where there is none."""
        typed = self.cleaned_data["number"].replace("\0", "").strip()
        if not typed:
            return None
        if not (found := Ticket.objects.numbered(typed_number(typed))):
            raise forms.ValidationError(_("There is no ticket with this number."))
        if found.has_lost_contents:
            raise forms.ValidationError(_("The contents of this ticket were removed already."))
        return found

    def clean(self):
        cleaned = super().clean()
        if not self.errors and bool(cleaned["organization"]) == bool(cleaned["number"]):
            raise forms.ValidationError(
                _("Choose an organization or enter the number of a ticket.")
            )
        if self.refused:
            self.add_error("number" if cleaned.get("number") else "organization", self.refused)
        return cleaned


@admin.register(LegalHold)
class LegalHoldAdmin(SavingAdmin, NamedLookups):
    """What is kept from removal by age and from erasure. Holds are set here and lifted by an
    action; none is changed or deleted."""

    form = LegalHoldForm
    list_display = ["on", "why", "set_by", "since", "lifted_by", "until"]
    list_filter = [("lifted_at", HappenedFilter)]
    list_select_related = ["organization", "ticket", "set_by", "lifted_by"]
    search_fields = ["organization__name", "reason"]
    actions = ["lift"]

    why = typed_column("reason", _("reason"))
    since = moment_column("set_at", _("set"))
    until = moment_column("lifted_at", _("lifted"))

    @admin.display(description=_("what is held"))
    def on(self, hold):
        return str(hold)

    def get_fields(self, request, obj=None):
        shown = ["on", "why", "set_by", "since", "lifted_by", "until"]
        return shown if obj else LegalHoldForm.Meta.fields

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """After a refusal nothing is saved, and the form is shown again."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except TicketError as refused:
            request.refused = refused.sentence
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, *args, **kwargs):
        form = super().get_form(request, *args, **kwargs)
        form.refused = getattr(request, "refused", None)
        return form

    def save_model(self, request, obj, form, change):
        data = form.cleaned_data
        held = services.set_legal_hold(
            organization=data["organization"],
            ticket=data["number"],
            reason=data["reason"],
            actor=request.user,
            now=timezone.now(),
        )
        obj.pk, obj._state.adding, obj.ticket = held.pk, False, held.ticket

    @admin.action(description=_("Lift the legal holds"))
    def lift(self, request, queryset):
        by = {"actor": request.user, "now": timezone.now()}
        lifted = sum(services.lift_legal_hold(hold, **by) for hold in queryset)
        sentence = ngettext("%s legal hold was lifted.", "%s legal holds were lifted.", lifted)
        messages.success(request, sentence % number(lifted))
