"""Forms of the organization page: invitations, roles and visibility."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms import KeyedForm

from .account_forms import AddressField
from .member_list import roles_to_invite
from .models import Membership, Role

MEANINGS = {
    Role.MEMBER: _("Opens tickets and replies to them."),
    Role.MANAGER: _("Sees every ticket; invites and removes plain members."),
    Role.OWNER: _("Decides on roles, who sees whose tickets, and the support plan."),
}


class OwnOrganizationForm(forms.Form):
    """A form that says in whose name it is sent, whatever the reader works in meanwhile."""

    organization = forms.ModelChoiceField(
        Membership.objects.none(), to_field_name="organization", widget=forms.HiddenInput
    )

    def __init__(self, *args, reader, **kwargs):
        super().__init__(*args, **kwargs)
        own = reader.user.memberships.select_related("organization__plan", "user")
        self.fields["organization"].queryset = own
        self.initial["organization"] = reader.organization_id


class InviteForm(OwnOrganizationForm, KeyedForm):
    """An address, and the role that its holder is invited to."""

    email = AddressField(autocomplete="off")
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args, reader, **kwargs):
        super().__init__(*args, reader=reader, **kwargs)
        roles = roles_to_invite(reader)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        self.initial["role"] = Role.MEMBER


class RoleForm(forms.Form):
    """The role of a member, and the one that the reader was shown."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    seen = forms.ChoiceField(choices=Role.choices, required=False)


class VisibilityForm(OwnOrganizationForm):
    """Whether plain members see every ticket or only their own."""

    sees = forms.ChoiceField(choices=[("all", _("Every ticket")), ("own", _("Only their own"))])
