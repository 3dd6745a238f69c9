"""Plans and calendars in Django admin, as seen from the tickets that count by them: before an edit
is saved its effect on running clocks is shown, and the admin says which of them follow."""

from django import forms
from django.contrib import admin, messages
from django.contrib.messages import get_messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from plans.admin import CalendarAdmin, PlanAdmin
from plans.models import Calendar, Plan
from tickets import services
from tickets.models import EditPreview, Recalculation
from ui.keys import key_in
from ui.wording import digits

from .sentences import (
    progress_sentence,
    scope_choices,
    shown_counts,
    shown_moves,
    unreached_sentence,
)

SCOPE, BACK, PREVIEW = "recalculate", "_back", "preview"
# Not sent back with the form: they say what to do with it.
ABOUT_THE_PREVIEW = {SCOPE, BACK, "csrfmiddlewaretoken"}


class _GoingBack:
    """Mixed into a form: with the button "back to editing" it is shown again as it was typed."""

    def clean(self):
        super().clean()
        if BACK in self.data:
            raise forms.ValidationError(_("Nothing is saved yet."), code="back")


class PreviewedAdmin:
    """Shows what saving would do to running clocks, by saving and rolling back."""

    # The argument of the services under which they know the edited thing.
    edited = ""

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (_GoingBack, form), {})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "GET" and object_id and PREVIEW in request.GET:
            return self._counted_preview(request, object_id)
        if request.method == "POST" and object_id and not {SCOPE, BACK} & request.POST.keys():
            response = self._preview(request, object_id, form_url, extra_context)
            if response is not None:
                return response
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_related(self, request, form, formsets, change):
        before = _latest(form.instance)
        super().save_related(request, form, formsets, change)
        if change and _scope(request) and _latest(form.instance) != before:
            services.ask_for_recalculation(
                **{self.edited: form.instance},
                scope=_scope(request),
                actor=request.user,
                now=timezone.now(),
            )

    def tell_version(self, request, version):
        if not _scope(request):
            super().tell_version(request, version)
            return
        sentence = _(
            "Version %(number)s is in force, and running SLA clocks are being recalculated with it."
        )
        messages.info(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                sentence % {"number": digits(version.number)},
                reverse("admin:tickets_recalculation_changelist"),
                _("Show progress"),
            ),
        )

    def _preview(self, request, object_id, form_url, extra_context):
        """The page before saving, or None where no running clock would move."""
        now = timezone.now()
        with transaction.atomic():
            before = _latest_of(self.model, object_id)
            response = super().changeform_view(request, object_id, form_url, extra_context)
            is_saved = response.status_code == 302
            is_new = is_saved and _latest_of(self.model, object_id) != before
            edited = self.model.objects.filter(pk=object_id).first() if is_new else None
            preview = services.preview(**{self.edited: edited}, now=now) if edited else None
            edit = self._sent_edit(request, edited, before) if edited else None
            moves = shown_moves(preview.first, now) if preview else []
            transaction.set_rollback(True)
        if not is_saved:
            return response
        # The message of saving is not true yet.
        get_messages(request)._queued_messages.clear()
        if edit and preview is None:
            return self._leave_to_worker(request, edited, edit, now)
        if preview is None or not preview.all:
            return None
        return self._preview_page(request, edited, edit, preview, moves)

    def _sent_edit(self, request, edited, before):
        """What was sent, with its version; `before` is the number of the latest one."""
        fields = [
            [name, value]
            for name, values in request.POST.lists()
            if name not in ABOUT_THE_PREVIEW
            for value in values
        ]
        version = self.versions_of(edited).latest("number")
        return services.SentEdit(fields=fields, version=version, base=before or 0)

    def _preview_page(self, request, edited, edit, preview, moves):
        """`edit` is a SentEdit or the row of one: its words are those of this reader, now."""
        before = self.versions_of(edited).filter(number=edit.base).first()
        context = {
            **self._context(request, edited),
            "preview": preview,
            "counts": shown_counts(preview),
            "moves": moves,
            "edits": self.version_changes(before, edit.version) if before else [],
            "unreached": unreached_sentence(preview),
            "scopes": scope_choices(preview),
            "fields": edit.fields,
        }
        return TemplateResponse(request, "admin/tickets/recalculation_preview.html", context)

    def _context(self, request, edited):
        return {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "original": self.get_object(request, str(edited.pk)),
            "title": _("Effect of this change on running SLA clocks"),
            # Sent there, a form is saved or shown again; the page of a preview has its number too.
            "change_page": reverse(
                f"admin:plans_{self.model._meta.model_name}_change", args=[edited.pk]
            ),
        }

    # --- Counted by a worker ----------------------------------------------------------------------

    def _leave_to_worker(self, request, edited, edit, now):
        row = services.ask_for_preview(edit, **{self.edited: edited}, actor=request.user, now=now)
        page = self._context(request, edited)["change_page"]
        return HttpResponseRedirect(f"{page}?{PREVIEW}={row.pk}")

    def _counted_preview(self, request, object_id):
        """The page of a preview that a worker counts: its progress, then the preview."""
        key = key_in(request.GET[PREVIEW])
        own = EditPreview.objects.filter(created_by=request.user).filter(**{self.edited: object_id})
        row = None if key is None else own.filter(pk=key).first()
        if row is None or not self.has_change_permission(request):
            messages.info(request, _("This preview is no longer available. Save again to see it."))
            return HttpResponseRedirect(request.path)
        is_stale = services.is_stale(row)
        if row.finished_at and not is_stale and not row.problem:
            preview, now = services.result_of(row), timezone.now()
            moves = shown_moves(preview.first, now)
            edit = services.sent_edit_of(row)
            return self._preview_page(request, row.edited, edit, preview, moves)
        context = {
            **self._context(request, row.edited),
            "row": row,
            "is_stale": is_stale,
            "progress": progress_sentence(row),
            "fields": row.fields,
        }
        response = TemplateResponse(request, "admin/tickets/preview_progress.html", context)
        if not (is_stale or row.finished_at):
            response["Refresh"] = "3"
        return response


def _scope(request):
    """Which running clocks the admin chose to follow the change; None for new clocks only."""
    scope = request.POST.get(SCOPE)
    return scope if scope in {Recalculation.Scope.HELPING, Recalculation.Scope.ALL} else None


def _latest(thing):
    return _latest_of(type(thing), thing.pk)


def _latest_of(model, pk):
    """The number of the latest version, by which an edit that changes a promise is known."""
    versions = model.versions.rel.related_model.objects
    if key_in(str(pk)) is None:
        return None
    of_thing = versions.filter(**{model.versions.rel.field.name: pk})
    return of_thing.order_by("-number").values_list("number", flat=True).first()


admin.site.unregister([Plan, Calendar])


@admin.register(Plan)
class PreviewedPlanAdmin(PreviewedAdmin, PlanAdmin):
    edited = "plan"


@admin.register(Calendar)
class PreviewedCalendarAdmin(PreviewedAdmin, CalendarAdmin):
    edited = "calendar"
