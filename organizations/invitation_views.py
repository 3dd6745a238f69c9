"""The page that the link of an invitation leads to: for strangers, for members, for others."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from . import services
from .account_forms import JoinForm
from .errors import OrganizationError
from .models import Role, User


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, token):
    """Ask before joining; a link that is used, revoked, expired or unknown says one thing."""
    found = services.invitation_of(token, at=timezone.now())
    if found is None:
        dead = "organizations/invitation_dead.html"
        return _joined_before(request, token) or render(request, dead, status=404)
    if request.user.is_authenticated:
        return _for_person(request, token, found)
    if User.objects.with_address(found.email).exists():
        return _joined_before(request, token) or _page(request, found, "sign_in")
    return _for_stranger(request, token, found)


def _joined_before(request, token):
    """The answer to a second press, or to one whose answer was lost: it has joined already. None
    where it has not. A stranger who has an account by now is sent to sign in with it."""
    if request.method != "POST":
        return None
    person = request.user if request.user.is_authenticated else None
    joined = services.has_accepted(token, person)
    if joined is None or person:
        return joined and _welcome(request, joined)
    sentence = _("You are now a member of %s. Sign in with the password that you chose.")
    messages.success(request, sentence % joined)
    return redirect("account_login")


def _for_person(request, token, found):
    if request.user.email != found.email:
        return _page(request, found, "wrong_account", status=403)
    if request.method == "POST":
        try:
            services.accept(found, request.user, now=timezone.now())
        except OrganizationError as refused:
            page = {"status": 409, "refusal": refused.sentence}
            return _joined_before(request, token) or _page(request, found, "accept", **page)
        return _welcome(request, found.organization)
    return _page(request, found, "accept")


def _welcome(request, organization):
    messages.success(request, _("You are now a member of %s.") % organization)
    return redirect("home")


def _for_stranger(request, token, found):
    form = JoinForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.accept_as_new(
                found,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password1"],
                language=get_language(),
                now=timezone.now(),
            )
        except OrganizationError as refused:
            if joined := _joined_before(request, token):
                return joined
            if refused.code == "email_taken":
                return HttpResponseRedirect(request.path)
            return _page(request, found, "join", status=409, refusal=refused.sentence, form=form)
        messages.success(request, _("You are now a member of %s.") % found.organization)
        return perform_login(request, user)
    return _page(request, found, "join", status=422 if form.is_bound else 200, form=form)


def _page(request, found, state, *, status=200, **more):
    context = {
        "invitation": found,
        "state": state,
        "role": Role(found.role).label,
        "path": request.path,
        **more,
    }
    return render(request, "organizations/invitation.html", context, status=status)
