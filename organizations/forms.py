"""What people fill in about themselves."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ui.crispy import PlainHelper

from .account_forms import NameField
from .models import Language, Organization, Theme, User
from .phones import normal_phone, shown_phone
from .zones import zone_named, zones_at


class PhoneField(forms.CharField):
    """A mobile number, typed in any way, in its one form."""

    def __init__(self, **kwargs):
        attrs = {"autocomplete": "tel", "dir": "ltr"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)
        self.widget.input_type = "tel"

    def to_python(self, value):
        try:
            return normal_phone(super().to_python(value))
        except ValueError as error:
            raise ValidationError(str(error), code="no_number") from error

    def prepare_value(self, value):
        return shown_phone(value) if value and value.startswith("+") else value


class ZoneInput(forms.TextInput):
    """A text that the browser completes from all zones, each with the time that it is there."""

    template_name = "organizations/widgets/zone.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        return context | {"zones": zones_at(timezone.now()), "list_id": f"{name}-zones"}


class ZoneField(forms.CharField):
    """The name of a time zone, or of its place alone, in any case."""

    widget = ZoneInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "ltr-input"})

    def to_python(self, value):
        typed = super().to_python(value)
        name = zone_named(typed)
        if typed and not name:
            raise ValidationError(
                _("There is no time zone with this name. Enter a city, such as Tehran."),
                code="unknown_zone",
            )
        return name


class ProfileForm(forms.ModelForm):
    """Name, number, language, time zone and look of the person who signed in.

    Two pages open at once do not undo each other: each sends the values that it showed, only
    fields changed on it are written, and a field that the other page changed is reported.
    """

    helper = PlainHelper()
    name = NameField(
        label=_("Name"),
        max_length=80,
        help_text=_("Shown next to what you write."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    phone = PhoneField(label=_("Mobile number"), required=False)
    time_zone = ZoneField(label=_("Time zone"), max_length=64)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)

    class Meta:
        model = User
        fields = ["name", "phone", "language", "time_zone", "theme"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True
        self.fields["phone"].help_text = _phone_help(self.instance.phone)
        self.fields["time_zone"].help_text = _("Dates and times are shown in this time zone.")

    def changes(self):
        """What the person changed on the page, by field."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def seen(self):
        """The values that the page showed for the changed fields, as far as it sent them."""
        shown = {name: self.data.get(self.add_initial_prefix(name)) for name in self.changed_data}
        return {
            name: self._as_stored(name, value) for name, value in shown.items() if value is not None
        }

    def _as_stored(self, name, value):
        """What a page showed, as it is stored; as it is where it is no value of the field, such as
        a time zone that is known no more."""
        try:
            return self.fields[name].to_python(value)
        except ValidationError:
            return value

    def refuse(self, stale):
        """Report fields that were changed meanwhile; sent again, the typed values are saved."""
        self.data = self.data.copy()
        for name, value in stale.present.items():
            self.data[self.add_initial_prefix(name)] = self.fields[name].prepare_value(value)
            shown = dict(getattr(self.fields[name], "choices", ())).get(value, value) or "–"
            self.add_error(
                name,
                gettext(
                    "Changed elsewhere in the meantime to “%(value)s”. Save again to keep yours."
                )
                % {"value": shown},
            )


def _phone_help(stored):
    """The help text of the mobile number: it is not confirmed, as no text messages are sent yet."""
    if stored:
        return _("Not confirmed yet: when text messages become available, a code will confirm it.")
    return _("For text messages, when they become available; a code will confirm it then.")


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=Language.choices)


class PresenceForm(forms.Form):
    presence = forms.ChoiceField(choices=[("present", _("On duty")), ("away", _("Away"))])


class ShortcutsForm(forms.Form):
    shortcuts = forms.ChoiceField(choices=[("on", _("On")), ("off", _("Off"))])


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices)


class WorkInForm(forms.Form):
    """One of the organizations that a person belongs to."""

    organization = forms.ModelChoiceField(Organization.objects.none())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(memberships__user=user)
