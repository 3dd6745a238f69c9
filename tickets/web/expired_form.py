"""What a person typed into a form that could not be taken, shown again for copying."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _


def expired_page(request, *, status=403):
    """The page for a form that was open too long: nothing was saved, nothing typed is lost."""
    context = {"typed": typed_texts(request), "back": page_behind(request)}
    return render(request, "expired.html", context, status=status)


def typed_texts(request):
    """Label and text of what people write; never passwords, codes or hidden fields."""
    labels = {
        "title": _("Title"),
        "description": _("Description"),
        "body": _("Message"),
        "body_fa": _("Persian text"),
        "body_en": _("English text"),
        "reason": _("Reason"),
    }
    found = ((label, request.POST.get(name, "").strip()) for name, label in labels.items())
    return [(label, text) for label, text in found if text]


def page_behind(request):
    """The page of the form that an address is for; for a stranger by way of signing in."""
    page = _page_of(request)
    if request.user.is_authenticated:
        return page
    return f"{resolve_url('account_login')}?{urlencode({REDIRECT_FIELD_NAME: page})}"


def _page_of(request):
    """Actions of a ticket have no page of their own: theirs is the ticket's."""
    match = request.resolver_match
    if match.namespace in {"tickets", "queue"}:
        name = "detail" if "number" in match.kwargs else match.url_name
        return reverse(f"{match.namespace}:{name}", kwargs=match.kwargs)
    if match.namespace == "canned":
        return reverse("canned:list")
    page = request.POST.get("next", "")
    is_own = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_own and page.startswith("/") else reverse("home")
