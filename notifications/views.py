"""A person's notification settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from . import services
from .forms import sections_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request):
    """Which topics the person is notified of, and by which channels."""
    sections = sections_for(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and all(each.is_valid() for each in sections):
        services.save_preferences(request.user, [section.choices() for section in sections])
        messages.success(request, _("Your preferences have been saved."))
        return redirect("notification_preferences")
    return render(request, "notifications/preferences.html", {"sections": sections})
