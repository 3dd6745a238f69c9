"""Pages of a calendar beside its form: closing it from now on, and a year's official holidays."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ui.wording import digits, format_datetime

from . import services
from .closure_forms import ClosureForm
from .errors import PlanError
from .holiday_forms import OfficialHolidays, YearForm, proposed_rows
from .official_holidays import persian_year_of


class CalendarPages:
    """Views of CalendarAdmin; each asks a form and calls one service."""

    def get_urls(self):
        views = {
            "closures": ("closures/", self.closures_view),
            "end_closure": ("closures/end/", require_POST(self.end_closure_view)),
            "holidays": ("official-holidays/", self.holidays_view),
            "dismiss_holidays": ("official-holidays/dismiss/", require_POST(self.dismiss_view)),
        }
        pages = [
            path(
                f"<path:object_id>/{address}",
                self.admin_site.admin_view(view),
                name=f"plans_calendar_{name}",
            )
            for name, (address, view) in views.items()
        ]
        return pages + super().get_urls()

    def tell_standing(self, request, calendar, now):
        """Messages on the page of a calendar: that it is closed, that holidays are proposed."""
        for closure in calendar.closures.closed_at(now):
            messages.warning(
                request,
                _("Closed until %(until)s: %(reason)s")
                % {"until": format_datetime(closure.ends_at), "reason": closure.reason},
            )
        address = reverse("admin:plans_calendar_holidays", args=[calendar.pk])
        for proposal in calendar.holiday_proposals.waiting():
            sentence = _("The official holidays of %(year)s have been proposed.") % {
                "year": digits(proposal.year)
            }
            link = format_html(
                '{} <a href="{}?year={}">{}</a>',
                sentence,
                address,
                proposal.year,
                _("Review them"),
            )
            messages.info(request, link)

    # --- Closures ---------------------------------------------------------------------------------

    def closures_view(self, request, object_id):
        calendar, now = self._calendar(request, object_id), timezone.now()
        form = ClosureForm(request.POST or None, calendar=calendar, now=now)
        if request.method == "POST" and form.is_valid():
            fields = {name: form.cleaned_data[name] for name in ("until", "reason_fa", "reason_en")}
            try:
                closure = services.declare_closure(calendar, **fields, actor=request.user, now=now)
            except PlanError as refusal:
                form.add_error(None, refusal.sentence)
            else:
                until = format_datetime(closure.ends_at)
                messages.success(request, _("Closed until %(until)s.") % {"until": until})
                return HttpResponseRedirect(request.path)
        return self._page(
            request,
            "admin/plans/closures.html",
            calendar,
            title=_("Closures of %(calendar)s") % {"calendar": calendar.name},
            form=form,
            now=now,
            closures=calendar.closures.select_related("declared_by", "ended_early_by"),
        )

    def end_closure_view(self, request, object_id):
        calendar, now = self._calendar(request, object_id), timezone.now()
        try:
            services.end_closure(calendar, actor=request.user, now=now)
        except PlanError as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(
                request, _("The closure has ended. Working time is counted again from now on.")
            )
        return HttpResponseRedirect(reverse("admin:plans_calendar_closures", args=[calendar.pk]))

    # --- Official holidays ------------------------------------------------------------------------

    def holidays_view(self, request, object_id):
        calendar, now = self._calendar(request, object_id), timezone.now()
        year_form = YearForm(
            request.GET if "year" in request.GET else {"year": self._year(calendar, now)}
        )
        context = {"year_form": year_form, "rows": None}
        if year_form.is_valid():
            year = year_form.cleaned_data["year"]
            rows, present = proposed_rows(calendar, year)
            data = request.POST if request.method == "POST" else None
            formset = OfficialHolidays(
                data, initial=rows, prefix="days", calendar=calendar, year=year
            )
            if data is not None and formset.is_valid():
                done = self._add_holidays(request, calendar, year, formset.holidays, now)
                if done:
                    return done
            waits = calendar.holiday_proposals.waiting().filter(year=year).exists()
            context |= {"year": year, "rows": formset, "present": present, "is_proposed": waits}
        return self._page(
            request,
            "admin/plans/official_holidays.html",
            calendar,
            title=_("Official holidays for %(calendar)s") % {"calendar": calendar.name},
            **context,
        )

    def dismiss_view(self, request, object_id):
        calendar = self._calendar(request, object_id)
        year_form = YearForm(request.POST)
        if year_form.is_valid():
            year = year_form.cleaned_data["year"]
            services.dismiss_official_holidays(
                calendar, year, actor=request.user, now=timezone.now()
            )
            messages.info(request, _("The proposal has been dismissed. Nothing was added."))
        return HttpResponseRedirect(reverse("admin:plans_calendar_change", args=[calendar.pk]))

    def _add_holidays(self, request, calendar, year, holidays, now):
        try:
            version = services.add_official_holidays(
                calendar, year, holidays, actor=request.user, now=now
            )
        except PlanError as refusal:
            messages.error(request, refusal.sentence)
            return None
        sentence = ngettext(
            "%(count)s holiday has been added.",
            "%(count)s holidays have been added.",
            len(holidays),
        )
        messages.success(request, sentence % {"count": digits(len(holidays))})
        self.tell_version(request, version)
        return HttpResponseRedirect(reverse("admin:plans_calendar_change", args=[calendar.pk]))

    def _year(self, calendar, now):
        """The year that is proposed, else the present one."""
        proposal = calendar.holiday_proposals.waiting().first()
        return proposal.year if proposal else persian_year_of(now)

    def _calendar(self, request, object_id):
        calendar = self.get_object(request, unquote(object_id))
        if calendar is None:
            raise Http404
        if not self.has_change_permission(request, calendar):
            raise PermissionDenied
        return calendar

    def _page(self, request, template, calendar, **context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "object": calendar}
        return TemplateResponse(request, template, context)
