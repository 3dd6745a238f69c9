"""Guards of the organization pages: access, and refusals shown as messages."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect

from .errors import OrganizationError


def customers_only(view):
    """Pages of people who are, or may become, members; staff find nothing here."""

    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_agent:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def back_with_sentence(view):
    """A refusal of the domain becomes a sentence on the organization's page; one of rights 403."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except OrganizationError as refused:
            if refused.code == "not_allowed":
                raise PermissionDenied from refused
            messages.error(request, refused.sentence)
            return redirect("organization")

    return guarded
