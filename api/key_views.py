"""The pages on which people keep their own keys."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import services
from .errors import SecretError
from .key_forms import KeyForm
from .models import ApiKey
from .scopes import Scope


@require_safe
@login_required
def keys(request):
    """The person's keys, those that still open something first."""
    now = timezone.now()
    return render(
        request, "api/keys.html", {"keys": shown(ApiKey.objects.of_person(request.user), now)}
    )


def shown(keys, now):
    """The keys as a page lists them, those that still open something first."""
    found = [_shown(each, now) for each in keys.listed()]
    return sorted(found, key=lambda each: not each["is_alive"])


def state_of(key, now):
    """(whether the key opens something, in words; the moment that these words need, or None)."""
    if key.revoked_at:
        return _("revoked"), key.revoked_at
    if key.expires_at <= now:
        return _("expired"), key.expires_at
    if key.is_alive_at(now):
        return _("valid until"), key.expires_at
    if key.kind == ApiKey.Kind.ORGANIZATION:
        return _("stopped: the person who created it is no longer an owner"), None
    return _("ended with a change of your password"), None


def _shown(key, now):
    state, until = state_of(key, now)
    return {
        "key": key,
        "is_alive": key.is_alive_at(now),
        # A stopped one would open something again with the rights of its maker.
        "is_revocable": key.revoked_at is None and now < key.expires_at,
        "state": state,
        "until": until,
        "scopes": [Scope(each).label for each in key.scopes if each in Scope],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required
def new(request):
    """A new key, whose secret is shown in the answer and never again."""
    form = KeyForm(request.POST or None, user=request.user)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "api/key_new.html", {"form": form}, status=status)
    try:
        key, secret = services.create_key(request.user, form.draft(), actor=request.user)
    except SecretError as refused:
        form.refuse(refused)
        return render(request, "api/key_new.html", {"form": form}, status=422)
    if secret is None:
        warn_of_first(request, key)
        return redirect("api_keys")
    return render(request, "api/key_made.html", {"key": key, "secret": secret})


def warn_of_first(request, key):
    """Say that the form made a key before, whose secret is not shown again."""
    sentence = _(
        "The key “%(name)s” has already been created, and its secret was shown then. If you did "
        "not keep it, revoke the key and create another one."
    )
    messages.warning(request, sentence % {"name": key.name})


@require_POST
@login_required
def revoke(request, pk):
    """End one of the person's own keys."""
    key = get_object_or_404(ApiKey.objects.of_person(request.user), pk=pk)
    services.revoke_key(key, actor=request.user)
    messages.success(request, _("The key “%(name)s” has been revoked.") % {"name": key.name})
    return redirect("api_keys")
