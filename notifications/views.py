"""A person's page about what they are told of."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from . import services
from .forms import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request):
    """Which topics the person gets mail of."""
    sent = request.POST if request.method == "POST" else None
    form = PreferencesForm(sent, person=request.user)
    if request.method == "POST" and form.is_valid():
        services.choose(request.user, form.channel, **form.changes())
        messages.success(request, _("Your preferences have been saved."))
        return redirect("notification_preferences")
    return render(request, "notifications/preferences.html", {"form": form})
