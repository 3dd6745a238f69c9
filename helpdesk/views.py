"""Home and what people see when something went wrong."""

import secrets

from django.http import HttpResponse
from django.shortcuts import redirect, render


def home(request):
    """Strangers sign in, staff go to the queue, members see what waits for them."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    if request.user.is_agent:
        return redirect("queue:list")
    return HttpResponse("home")


def unavailable(request, exception=None):
    """503: the database is away or busy; the person is asked to try again."""
    reference = secrets.token_hex(4)
    return render(request, "503.html", {"reference": reference}, status=503)


def expired_form(request, reason=""):
    """403: the form is too old to be trusted; what was typed is shown for copying."""
    return HttpResponse("expired", status=403)
