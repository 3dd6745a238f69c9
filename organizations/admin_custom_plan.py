"""The page that copies a plan into a custom one for an organization."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.models import Plan
from ui.forms import KeyedForm

from . import services
from .errors import OrganizationError
from .models import Organization


class CustomPlanForm(KeyedForm):
    """Which plan, for whom, and whether it moves there at once."""

    plan = forms.ModelChoiceField(Plan.objects.all(), label=_("Plan"))
    organization = forms.ModelChoiceField(
        Organization.objects.order_by("name"),
        label=_("Organization"),
        help_text=_("The copy is never shown to other organizations."),
    )
    moves_now = forms.BooleanField(
        label=_("Move the organization to it now"),
        required=False,
        help_text=_(
            "Otherwise, change its targets first, then choose it on the organization page."
        ),
    )


class CustomPlanPage:
    """A view of OrganizationAdmin, reached from the page of a plan."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.custom_plan_view)
        return [
            path("custom-plan/", view, name="organizations_organization_custom_plan"),
            *super().get_urls(),
        ]

    def custom_plan_view(self, request):
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = CustomPlanForm(request.POST or None, initial={"plan": request.GET.get("plan")})
        if request.method == "POST" and form.is_valid():
            fields = form.cleaned_data
            try:
                copy = services.make_custom_plan(
                    fields["organization"],
                    source=fields["plan"],
                    moves_now=fields["moves_now"],
                    actor=request.user,
                    now=timezone.now(),
                    form_key=fields["form_key"],
                )
            except OrganizationError as refused:
                form.take_new_key()
                form.add_error(None, refused.sentence)
            else:
                self._tell(request, fields["organization"], copy, fields["moves_now"])
                return HttpResponseRedirect(reverse("admin:plans_plan_change", args=[copy.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Copy a plan for an organization"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/organizations/custom_plan.html", context)

    def _tell(self, request, organization, plan, moves_now):
        sentence = (
            _("%(plan)s has been created and now applies to %(organization)s.")
            if moves_now
            else _(
                "%(plan)s has been created. Change its targets, then choose it for "
                "%(organization)s."
            )
        )
        names = {"plan": plan.name, "organization": organization.name}
        messages.success(request, sentence % names)
