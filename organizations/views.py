"""A person's own pages: the profile, and the small choices of language, theme and organization."""

from contextlib import suppress

from allauth.account.utils import url_str_to_user_pk
from allauth.account.views import (
    ConfirmEmailView,
    LogoutView,
    PasswordResetFromKeyView,
    SignupView,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import services
from .errors import OrganizationError, StaleProfile
from .forms import LanguageForm, PresenceForm, ProfileForm, ShortcutsForm, ThemeForm, WorkInForm
from .models import User
from .plan_matrix import plan_page

YEAR = 365 * 24 * 60 * 60


class SignUp(SignupView):
    """Signing up is whole or not at all: the person, the organization and the mail."""

    def form_valid(self, form):
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except (IntegrityError, OrganizationError):
            # The key or the address was taken meanwhile: the form, asked again, says so.
            form = self.get_form_class()(**self.get_form_kwargs())
            if not form.is_valid():
                return self.form_invalid(form)
            with transaction.atomic():
                return super().form_valid(form)


class ChoosePassword(PasswordResetFromKeyView):
    """Choosing a password by a mailed link, which works once even when posted twice at a time."""

    def dispatch(self, request, uidb36, key, **kwargs):
        if request.method != "POST":
            return super().dispatch(request, uidb36, key, **kwargs)
        with transaction.atomic():
            # A second request waits here, and then finds the link used.
            with suppress(ValueError):
                User.objects.locked(url_str_to_user_pk(uidb36))
            return super().dispatch(request, uidb36, key, **kwargs)


class ConfirmAddress(ConfirmEmailView):
    """Proving an address by a mailed link; of one that is used already, the page says so."""

    def post(self, *args, **kwargs):
        try:
            return super().post(*args, **kwargs)
        except Http404:
            page = self.get(*args, **kwargs)
            page.status_code = 404
            return page


class _OncePosted:
    """A page of the second factor whose form does its work once, even when posted twice at a time:
    whoever comes second waits, and is led on like the first."""

    done_url, wants_factor = "", True

    def dispatch(self, request, *args, **kwargs):
        if request.method != "POST" or not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            User.objects.locked(request.user.pk)
            if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]) == self.wants_factor:
                return redirect(self.done_url)
            return super().dispatch(request, *args, **kwargs)


class SetUpSecondFactor(_OncePosted, ActivateTOTPView):
    """Setting up an authenticator app, after which the recovery codes are shown."""

    done_url = "mfa_view_recovery_codes"


class EndSecondFactor(_OncePosted, DeactivateTOTPView):
    """Removing the authenticator app."""

    done_url, wants_factor = "mfa_index", False


class SignOut(LogoutView):
    """Signing out takes what the browser keeps for the site along: drafts, on a shared machine."""

    def post(self, *args, **kwargs):
        response = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = '"storage"'
        return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.change_own_profile(
                request.user, now=timezone.now(), seen=form.seen(), **form.changes()
            )
        except StaleProfile as stale:
            form.refuse(stale)
        else:
            with translation.override(saved.language):
                messages.success(request, _("Your profile has been saved."))
            return _with_cookies(redirect("profile"), language=saved.language, theme=saved.theme)
    memberships = request.user.membership_by_organization.values()
    return render(request, "organizations/profile.html", {"form": form, "memberships": memberships})


@require_safe
@login_required
def support_plans(request):
    """What each support plan promises, with the one that the person's organization is on."""
    return render(request, "plans/plans.html", plan_page(request.user.current_membership))


@require_POST
def language(request):
    """Change the language of the pages: of the person, or of this browser for a stranger."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        raise BadRequest("unknown language")
    chosen = form.cleaned_data["language"]
    if request.user.is_authenticated:
        services.change_language(request.user, chosen, now=timezone.now())
    return _with_cookies(_back(request), language=chosen)


@require_POST
def theme(request):
    """Change light or dark: of the person, or of this browser for a stranger."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        raise BadRequest("unknown theme")
    chosen = form.cleaned_data["theme"]
    if request.user.is_authenticated:
        services.change_theme(request.user, chosen)
    return _with_cookies(_back(request), theme=chosen)


@require_POST
@login_required
def presence(request):
    """Go on duty or leave it: whether new tickets alert this agent."""
    if not request.user.is_agent:
        raise Http404
    form = PresenceForm(request.POST)
    if not form.is_valid():
        raise BadRequest("neither present nor away")
    try:
        services.change_presence(request.user, form.cleaned_data["presence"] == "present")
    except OrganizationError as refused:
        # No agent any more since this very moment.
        raise Http404 from refused
    return _back(request)


@require_POST
@login_required
def shortcuts(request):
    """Let keys press buttons on an agent's pages, or not any more."""
    if not request.user.is_agent:
        raise Http404
    form = ShortcutsForm(request.POST)
    if not form.is_valid():
        raise BadRequest("neither on nor off")
    services.change_shortcuts(request.user, form.cleaned_data["shortcuts"] == "on")
    return _back(request)


@require_POST
@login_required
def work_in(request):
    """Choose which of one's organizations the pages are about."""
    form = WorkInForm(request.POST, user=request.user)
    if not form.is_valid():
        raise BadRequest("not a member")
    try:
        services.work_in(request.user, form.cleaned_data["organization"])
    except OrganizationError as refused:
        # Removed at this very moment.
        raise BadRequest("not a member") from refused
    return _back(request)


@require_POST
@login_required
def address_works(request):
    """Let e-mails go again to the reader's address, which e-mails came back from."""
    services.clear_undeliverable(request.user, actor=request.user, now=timezone.now())
    sentence = _("E-mails are sent to %(address)s again.") % {"address": request.user.email}
    messages.success(request, sentence)
    return redirect("profile")


def _back(request):
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if safe else reverse("home"))


def _with_cookies(response, **choices):
    """The choice kept in this browser too, for the pages before signing in."""
    names = {"language": settings.LANGUAGE_COOKIE_NAME, "theme": "theme"}
    for kind, value in choices.items():
        response.set_cookie(
            names[kind],
            value,
            max_age=YEAR,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response
