"""People and organizations in Django admin; every change goes through a service."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plans.admin_history import LONGEST, HistoryAdmin
from ui.admin_lookups import HappenedFilter, NamedLookups
from ui.deletions import is_protected
from ui.wording import digits, format_datetime

from . import credentials, services
from .admin_custom_plan import CustomPlanPage
from .admin_forms import (
    MembershipForm,
    MembershipFormSet,
    NewPersonForm,
    OrganizationForm,
    PersonForm,
)
from .errors import OrganizationError
from .models import Membership, Organization, Role, User

# An action does each row in the request: the rows of one page, and some more.
MOST_AT_ONCE = 100


class ServiceAdmin(HistoryAdmin, NamedLookups):
    """A page that saves through services; a refusal is shown as a message and nothing is saved."""

    actions_on_top = True

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except OrganizationError as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(request.get_full_path())

    def is_too_many(self, request, queryset):
        """Whether more rows are chosen for an action than a request can do; says so then."""
        if queryset.count() <= MOST_AT_ONCE:
            return False
        sentence = _("Nothing has been done. Choose at most %s at a time.")
        messages.error(request, sentence % digits(MOST_AT_ONCE))
        return True

    def get_actions(self, request):
        """Nothing is deleted in bulk: that would pass by the sentence that says why not."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(User)
class PersonAdmin(ServiceAdmin):
    form = PersonForm
    list_display = ["name", "address", "staff_role", "belongs_to", "is_active", "joined"]
    list_display_links = ["name", "address"]
    list_filter = ["staff_role", "is_active", "language"]
    list_per_page = 50
    search_fields = ["name", "email"]
    actions = ["mail_password_link", "clear_undeliverable"]

    def get_queryset(self, request):
        people = super().get_queryset(request).people()
        return people.prefetch_related("memberships__organization")

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewPersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        if obj is None:
            return NewPersonForm.Meta.fields
        return [*PersonForm.Meta.fields, "memberships_links", "joined", "last_seen", "deliverable"]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        shown = ["memberships_links", "joined", "last_seen", "deliverable"]
        return shown if obj.staff_role else ["staff_role", *shown]

    def has_delete_permission(self, request, obj=None):
        """What people wrote stays theirs: they are deactivated, never deleted."""
        return False

    def save_model(self, request, obj, form, change):
        now, data = timezone.now(), form.cleaned_data
        if change:
            self._change(request, obj, form, now)
            return
        create = services.create_staff if data["staff_role"] else services.create_customer
        fields = {"staff_role": data["staff_role"]} if data["staff_role"] else {}
        person = create(
            email=data["email"],
            name=data["name"],
            language=data["language"],
            actor=request.user,
            now=now,
            **fields,
        )
        obj.pk, obj._state.adding = person.pk, False
        messages.info(
            request, _("A link for choosing a password will be sent to %s.") % person.email
        )

    def _change(self, request, obj, form, now):
        wanted = {
            name: form.cleaned_data[name]
            for name in ("email", "name", "staff_role", "language", "time_zone")
            if name in form.changed_data
        }
        if wanted:
            services.change_person(obj, actor=request.user, now=now, **wanted)
        if "is_active" in form.changed_data:
            move = services.reactivate if form.cleaned_data["is_active"] else services.deactivate
            move(obj, actor=request.user, now=now)

    @admin.action(description=_("Send a link for choosing a new password"))
    def mail_password_link(self, request, queryset):
        if self.is_too_many(request, queryset):
            return
        people = list(queryset.active())
        for person in people:
            credentials.send_password_link(person)
        messages.success(
            request,
            ngettext("%s link will be sent.", "%s links will be sent.", len(people))
            % digits(len(people)),
        )

    @admin.action(description=_("Send e-mails again to addresses that they came back from"))
    def clear_undeliverable(self, request, queryset):
        if self.is_too_many(request, queryset):
            return
        now = timezone.now()
        cleared = [
            services.clear_undeliverable(person, actor=request.user, now=now) for person in queryset
        ]
        messages.success(
            request,
            ngettext("%s address is used again.", "%s addresses are used again.", sum(cleared))
            % digits(sum(cleared)),
        )

    @admin.display(description=_("e-mail address"), ordering="email")
    def address(self, person):
        mark = format_html(" ({})", _("e-mails come back")) if person.is_undeliverable else ""
        return format_html('<bdi dir="ltr">{}</bdi>{}', person.email, mark)

    @admin.display(description=_("e-mails"))
    def deliverable(self, person):
        """Whether e-mails reach the person; in the list an action has them sent again."""
        if not person.is_undeliverable:
            return _("They are sent.")
        since = format_datetime(person.undeliverable_at)
        return _("They have come back since %s; none are sent.") % since

    @admin.display(description=_("organizations"))
    def belongs_to(self, person):
        names = (each.organization.name for each in person.memberships.all())
        return format_html_join(_(", "), "<bdi>{}</bdi>", ((name,) for name in names)) or "–"

    @admin.display(description=_("belongs to"))
    def memberships_links(self, person):
        """Where the person belongs; changed on the organization's page, beside its owners."""
        links = (
            (
                reverse("admin:organizations_organization_change", args=[each.organization_id]),
                each.organization.name,
                each.get_role_display(),
            )
            for each in person.memberships.all()
        )
        return format_html_join(_(", "), '<a href="{}"><bdi>{}</bdi></a> ({})', links) or "–"

    @admin.display(description=_("joined"), ordering="joined_at")
    def joined(self, person):
        return format_datetime(person.joined_at)

    @admin.display(description=_("last signed in"))
    def last_seen(self, person):
        return format_datetime(person.last_login) if person.last_login else "–"


class MembershipInline(admin.TabularInline):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    fields = ["email", "person", "role", "joined"]
    readonly_fields = ["person", "joined"]
    extra = 1

    def get_queryset(self, request):
        people = super().get_queryset(request).of_people()
        return people.select_related("user", "organization")

    @admin.display(description=_("person"))
    def person(self, membership):
        if not membership.user_id:
            return "–"
        url = reverse("admin:organizations_user_change", args=[membership.user_id])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, membership.user)

    @admin.display(description=_("joined"))
    def joined(self, membership):
        return format_datetime(membership.joined_at) if membership.pk else "–"


@admin.register(Organization)
class OrganizationAdmin(CustomPlanPage, ServiceAdmin):
    form = OrganizationForm
    list_display = ["name", "key", "plan", "people", "suspended", "created"]
    list_filter = ["plan", ("suspended_at", HappenedFilter)]
    list_select_related = ["plan"]
    list_per_page = 50
    search_fields = ["name", "key", "memberships__user__email"]
    ordering = ["name", "pk"]
    inlines = [MembershipInline]
    actions = ["make_custom_plan"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_member_count()

    def get_fields(self, request, obj=None):
        fields = ["name", "key", "plan", "is_restricted"]
        return [*fields, "is_suspended", "custom_plans", "created"] if obj else fields

    def get_readonly_fields(self, request, obj=None):
        return ["custom_plans", "created"] if obj else []

    def save_model(self, request, obj, form, change):
        now, data = timezone.now(), form.cleaned_data
        names = {name: data[name] for name in ("name", "key", "is_restricted")}
        if not change:
            made = services.create_organization(**names, actor=request.user, now=now)
            obj.pk, obj._state.adding = made.pk, False
        elif names.keys() & set(form.changed_data):
            services.change_organization(obj, **names, actor=request.user, now=now)
        services.change_plan(obj, data["plan"], actor=request.user, now=now)
        if "is_suspended" in form.changed_data:
            move = services.suspend if data["is_suspended"] else services.lift_suspension
            move(obj, actor=request.user, now=now)

    def save_formset(self, request, form, formset, change):
        """Owners first: at no moment is the organization without one."""
        written = {"actor": request.user, "now": timezone.now()}
        changed = [each for each in formset.forms if each.has_changed()]
        leaving = [each for each in changed if each.cleaned_data.get("DELETE")]
        staying = [each for each in changed if each not in leaving]
        staying.sort(key=lambda each: each.cleaned_data["role"] != Role.OWNER)
        formset.new_objects, formset.changed_objects = [], []
        formset.deleted_objects = [each.instance for each in leaving if each.instance.pk]
        for each in staying:
            self._save_membership(form.instance, each, formset, written)
        for membership in formset.deleted_objects:
            services.remove_member(form.instance, membership.user, **written)

    def _save_membership(self, organization, form, formset, written):
        role, user = form.cleaned_data["role"], form.instance.user
        if form.instance.pk:
            services.change_role(organization, user, role, **written)
            formset.changed_objects.append((form.instance, form.changed_data))
        else:
            membership = services.add_member(organization, user, role=role, **written)
            formset.new_objects.append(membership)

    def history_rows(self, thing):
        memberships = Membership.history.filter(organization=thing)
        return super().history_rows(thing) + list(
            memberships.select_related("history_user", "user", "organization")[:LONGEST]
        )

    def history_name(self, row):
        """A membership is named after people who were read with its row."""
        if row.instance_type is not Membership:
            return super().history_name(row)
        return str(Membership(user=row.user, organization=row.organization))

    def delete_view(self, request, object_id, extra_context=None):
        organization = self.get_object(request, object_id)
        if organization and is_protected(Organization.objects.filter(pk=organization.pk)):
            messages.error(
                request,
                _("%s has tickets and cannot be deleted. Suspend it instead.") % organization.name,
            )
            return HttpResponseRedirect("../change/")
        return super().delete_view(request, object_id, extra_context)

    @admin.action(description=_("Create a custom plan from the current one"))
    def make_custom_plan(self, request, queryset):
        if self.is_too_many(request, queryset):
            return
        now = timezone.now()
        for organization in queryset.select_related("plan"):
            plan = services.make_custom_plan(organization, actor=request.user, now=now)
            url = reverse("admin:plans_plan_change", args=[plan.pk])
            messages.success(
                request,
                format_html(
                    _(
                        '<a href="{}">{}</a> has been created. Change its targets, then '
                        "choose it here."
                    ),
                    url,
                    plan.name,
                ),
            )

    @admin.display(description=_("people"), ordering="member_count")
    def people(self, organization):
        return digits(organization.member_count)

    @admin.display(description=_("suspended"), ordering="suspended_at")
    def suspended(self, organization):
        return format_datetime(organization.suspended_at) if organization.is_suspended else "–"

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, organization):
        return format_datetime(organization.created_at)

    @admin.display(description=_("custom plans"))
    def custom_plans(self, organization):
        links = (
            (reverse("admin:plans_plan_change", args=[custom.plan_id]), custom.plan.name)
            for custom in organization.custom_plans.select_related("plan")
        )
        return format_html_join(_(", "), '<a href="{}">{}</a>', links) or "–"
