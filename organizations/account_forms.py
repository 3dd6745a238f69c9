"""The forms of signing in and up, of passwords and second factors, with this product's texts."""

import unicodedata

from allauth.account import forms as account_forms
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ui.crispy import PlainHelper
from ui.forms import KeyedForm, TextField
from ui.names import clean_name

from . import services
from .emails import normal_email
from .models import Organization, User

PASSWORD_HELP = _("At least 10 characters; not a common password, and not only digits.")


class AddressField(forms.EmailField):
    """An e-mail address, compared and stored in its one normal form."""

    default_error_messages = {"required": _("Enter an e-mail address.")}

    def __init__(self, *, autocomplete="email", **kwargs):
        kwargs.setdefault("label", _("E-mail address"))
        kwargs.setdefault("max_length", 254)
        super().__init__(
            widget=forms.EmailInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
            **kwargs,
        )

    def to_python(self, value):
        return normal_email(super().to_python(value))


class CodeField(forms.CharField):
    """A code of an authenticator, or a recovery code; digits of any script, spaces anywhere."""

    default_error_messages = {"required": _("Enter the code.")}

    def __init__(self, **kwargs):
        attrs = {"autocomplete": "one-time-code", "autofocus": True, "class": "ltr-input"}
        super().__init__(max_length=64, widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        return "".join(
            str(unicodedata.decimal(char, char))
            for char in value
            if not char.isspace() and unicodedata.category(char) != "Cf"
        )


class NameField(TextField):
    """One line that people read: without control, bidi and loose zero-width characters."""

    default_error_messages = {"required": _("Enter a name.")}

    def to_python(self, value):
        return clean_name(super().to_python(value))


def _new_passwords(form, label):
    form.fields["password1"].label = label
    form.fields["password1"].help_text = PASSWORD_HELP
    form.fields["password2"].label = _("Repeat the password")
    _tidy_fields(form)


def _tidy_fields(form):
    """Remove placeholders, which repeat the label, and let an empty password say what to enter."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        if isinstance(field.widget, forms.PasswordInput):
            field.error_messages["required"] = _("Enter a password.")


class LoginForm(account_forms.LoginForm):
    helper = PlainHelper()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(autocomplete="username")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Stay signed in on this device")
        self.fields["remember"].initial = True
        _tidy_fields(self)


class NewOrganizationForm(forms.Form):
    """What an organization is called."""

    helper = PlainHelper()
    organization_name = NameField(
        label=_("Organization name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    organization_key = TextField(
        label=_("Organization key"),
        required=False,
        error_messages={
            "min_length": _("Enter at least two characters."),
        },
        min_length=2,
        max_length=40,
        help_text=_(
            "A short name in lowercase Latin letters, digits and hyphens, such as pars-cloud."
        ),
        widget=forms.TextInput(
            attrs={"class": "ltr-input", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.data.get("organization_key"):
            # Nobody is asked for it; a key that was sent is shown again with what is wrong.
            self.fields["organization_key"].widget = forms.HiddenInput()

    def clean_organization_key(self):
        key = self._typed_key()
        if not key:
            return services.free_key(self.cleaned_data.get("organization_name", ""))
        if Organization.objects.filter(key=key).exists():
            raise ValidationError(_("This key is taken. Choose another one."), code="key_taken")
        return key

    def _typed_key(self):
        key = self.cleaned_data["organization_key"].lower()
        if key:
            Organization._meta.get_field("key").run_validators(key)
        return key


class FoundForm(NewOrganizationForm, KeyedForm):
    """One more organization of a person; the service finds out whether its key is taken, as a form
    that is sent twice has taken it itself."""

    def clean_organization_key(self):
        return self._typed_key()

    def refuse(self, error):
        """Say what the domain or the database refused, beside its field."""
        if getattr(error, "code", "") == "already_sent":
            self.take_new_key()
            self.add_error("organization_name", error.sentence)
            return
        taken = _("This key is taken. Choose another one.")
        self.add_error("organization_key", getattr(error, "sentence", taken))


class SignupForm(NewOrganizationForm, account_forms.SignupForm):
    """A person signs up together with the organization that they will own."""

    helper = PlainHelper()
    name = NameField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    field_order = ["name", "email", "password1", "organization_name", "organization_key"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField()
        self.fields["password1"].label = _("Password")
        self.fields["password1"].help_text = PASSWORD_HELP
        _tidy_fields(self)

    def try_save(self, request):
        if self.account_already_exists:
            # An address that is known takes as long as one that is not.
            User().set_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def custom_signup(self, request, user):
        services.register(
            user,
            name=self.cleaned_data["organization_name"],
            key=self.cleaned_data["organization_key"],
            now=timezone.now(),
        )


class JoinForm(forms.Form):
    """Who was invited and has no account makes one: the address is known and proven."""

    helper = PlainHelper()
    name = NameField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    password1 = account_forms.PasswordField(
        label=_("Password"), autocomplete="new-password", help_text=PASSWORD_HELP
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email
        _tidy_fields(self)

    def clean(self):
        """The password is held against the name and the address, as at signing up."""
        cleaned = super().clean()
        if "password1" in cleaned:
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password1"], person)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned


class AddEmailForm(account_forms.AddEmailForm):
    """The address that is to become one's own, once a link that is sent there is opened."""

    helper = PlainHelper()
    email = AddressField(label=_("New e-mail address"))

    def clean_email(self):
        waiting = EmailAddress.objects.get_new(self.user)
        if waiting and waiting.email == self.cleaned_data["email"] != self.user.email:
            sentence = _(
                "A link has already been sent to this address. Open it to confirm the change."
            )
            raise ValidationError(sentence, code="waiting")
        return super().clean_email()


class ResetPasswordForm(account_forms.ResetPasswordForm):
    """The link goes to the address by which a person signs in, and to no other."""

    helper = PlainHelper()
    email = AddressField()

    def clean_email(self):
        email = self.cleaned_data["email"]
        self.users = list(User.objects.active().filter(email=email))
        return email


class ChangePasswordForm(account_forms.ChangePasswordForm):
    helper = PlainHelper()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""
        _new_passwords(self, _("New password"))


class SetPasswordForm(account_forms.SetPasswordForm):
    helper = PlainHelper()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _new_passwords(self, _("Password"))


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):
    helper = PlainHelper()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _new_passwords(self, _("New password"))


class ReauthenticateForm(account_forms.ReauthenticateForm):
    helper = PlainHelper()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Your password")
        self.fields["password"].help_text = ""
        _tidy_fields(self)


class AuthenticateForm(mfa_forms.AuthenticateForm):
    helper = PlainHelper()
    code = CodeField(
        label=_("Code from your authenticator app"),
        help_text=_("Or enter one of your recovery codes."),
    )


class ReauthenticateByCodeForm(mfa_forms.ReauthenticateForm):
    helper = PlainHelper()
    code = CodeField(
        label=_("Code from your authenticator app"),
        help_text=_("Or enter one of your recovery codes."),
    )


class ActivateAuthenticatorForm(totp_forms.ActivateTOTPForm):
    helper = PlainHelper()
    code = CodeField(
        label=_("The code that the app shows now"),
        help_text=_("Six digits; a new code every 30 seconds."),
    )
