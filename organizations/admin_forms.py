"""Forms of the admin pages of people and organizations: they explain, services write."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from plans.models import Plan

from .account_forms import AddressField, NameField
from .models import CustomPlan, Membership, Organization, Role, StaffRole, User
from .zones import zone_choices


class PersonForm(forms.ModelForm):
    """A person; nobody types a password for somebody else."""

    email = AddressField(help_text=_("The person must confirm a new address."))
    name = NameField(label=_("Name"), max_length=80)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, initial="Asia/Tehran", required=False
    )

    class Meta:
        model = User
        fields = ["email", "name", "staff_role", "language", "time_zone", "is_active"]
        help_texts = {
            "is_active": _(
                "When off, the person is signed out at once and cannot sign in; an "
                "agent's open tickets return to the queue."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        role = self.fields.get("staff_role")
        if role and self.instance.staff_role:
            role.choices = StaffRole.choices

    def clean_email(self):
        email = self.cleaned_data["email"]
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(
                _("There is already a person with this e-mail address."), code="email_taken"
            )
        return email


class NewPersonForm(PersonForm):
    """Somebody new gets a link by mail to choose a password."""

    class Meta(PersonForm.Meta):
        fields = ["email", "name", "staff_role", "language"]
        help_texts = {
            "staff_role": _(
                "Leave empty for a customer, who is added as a member on the organization page."
            ),
        }

    email = AddressField(help_text=_("A link for choosing a password is sent to this address."))
    time_zone = None


class OrganizationForm(forms.ModelForm):
    """An organization with its plan; custom plans of others are not offered."""

    name = NameField(label=_("Name"), max_length=80)
    is_suspended = forms.BooleanField(
        label=_("Suspended"),
        required=False,
        help_text=_("The organization can read but not write; its SLA clocks are withdrawn."),
    )

    class Meta:
        model = Organization
        fields = ["name", "key", "plan", "is_restricted"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_suspended"].initial = self.instance.is_suspended
        if "plan" in self.fields:
            self.fields["plan"].queryset = Plan.objects.exclude(
                pk__in=CustomPlan.objects.exclude(organization=self.instance.pk or 0).values("plan")
            )
            self.fields["plan"].error_messages["invalid_choice"] = _(
                "This plan no longer exists, or was made for another organization."
            )
            self.fields["plan"].empty_label = None
            for may in ("add", "change", "delete", "view"):
                setattr(self.fields["plan"].widget, f"can_{may}_related", False)


class MembershipForm(forms.ModelForm):
    """A member by the address of an existing person, and the role."""

    email = AddressField(
        label=_("E-mail address"),
        help_text=_("The address of somebody who is already listed under People."),
    )

    class Meta:
        model = Membership
        fields = ["role"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The heads of the columns are no labels to a screen reader.
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        if self.instance.pk:
            self.fields["email"].disabled = True
            self.fields["email"].initial = self.instance.user.email

    def clean_email(self):
        """The person behind the address becomes the member, unless they are staff."""
        email = self.cleaned_data["email"]
        if self.instance.pk:
            return email
        user = User.objects.filter(email=email).first()
        if user is None:
            raise ValidationError(
                _("Nobody has this address yet. Create the person first."), code="unknown_person"
            )
        if user.staff_role:
            raise ValidationError(_("Staff do not belong to organizations."), code="staff")
        self.instance.user = user
        return email


class MembershipFormSet(BaseInlineFormSet):
    """The members of an organization, among whom there is always an owner."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Remove from the organization")

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        staying = [form for form in self.forms if self._stays(form)]
        emails = [form.cleaned_data["email"] for form in staying]
        if len(set(emails)) < len(emails):
            raise ValidationError(
                _("This person already belongs to the organization."), code="already_member"
            )
        if not any(self._owns(form) for form in staying):
            raise ValidationError(
                _("The organization must keep an owner who can sign in."), code="last_owner"
            )

    def _stays(self, form):
        return bool(form.cleaned_data.get("email")) and not form.cleaned_data.get("DELETE")

    def _owns(self, form):
        return form.cleaned_data["role"] == Role.OWNER and form.instance.user.is_active
