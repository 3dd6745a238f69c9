"""What people fill in about themselves."""

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from .account_forms import NameField
from .layout import PlainHelper
from .models import Language, Organization, Theme, User


def time_zones():
    """The zones offered: those named after a place, and UTC."""
    places = sorted(name for name in zoneinfo.available_timezones() if _is_place(name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


def _is_place(name):
    area, slash, _place = name.partition("/")
    return bool(slash) and area not in {"Etc", "SystemV", "US", "posix", "right"}


class ProfileForm(forms.ModelForm):
    """Name, language, time zone and look of the person who signed in."""

    helper = PlainHelper()
    name = NameField(
        label=_("Name"),
        max_length=80,
        help_text=_("Shown beside what you write."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("Dates and times are shown in it."),
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme"]


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=Language.choices)


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices)


class WorkInForm(forms.Form):
    """One of the organizations that a person belongs to."""

    organization = forms.ModelChoiceField(Organization.objects.none())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(memberships__user=user)
