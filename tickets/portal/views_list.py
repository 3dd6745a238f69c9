"""The customer's home and list, how the list is remembered, and what was read."""

from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tickets import services
from tickets.clocks.promising import promise_now
from tickets.filing.promise_rows import promise_line
from tickets.freshness import list_mark
from tickets.portal.forms import SeenForm
from tickets.web.guards import customers_only, ticket_or_404
from tickets.web.live import layout_for

from .list import home_page, list_page
from .query import PortalQuery
from .reading import kept_query

LAYOUT = "layouts/base_portal.html"


@require_safe
@customers_only
def home(request):
    """What waits for the member, what moved last, and what the plan promises."""
    organization, now = _working_in(request.user), timezone.now()
    # Before the rows are read: what changes meanwhile is news.
    live_mark = list_mark(request.user, organization, now)
    context = home_page(request.user, organization, now=now)
    context |= {"live_mark": live_mark, "layout": layout_for(request, LAYOUT)}
    if organization:
        context["promise"] = promise_line(promise_now(organization.plan_id))
    return render(request, "home.html", context)


@require_safe
@customers_only
def ticket_list(request):
    """The list of the address; without one, as the person left it the last time."""
    usual = PortalQuery.from_address(kept_query(request.user))
    if not request.GET and usual.query:
        return redirect(f"{request.path}?{usual.query}")
    membership, now = request.user.current_membership, timezone.now()
    organization = _working_in(request.user)
    live_mark = list_mark(request.user, organization, now)
    context = list_page(
        PortalQuery.read(request.GET, usual), request.user, organization, request.GET, now=now
    )
    context |= {"live_mark": live_mark, "layout": layout_for(request, LAYOUT)}
    context["sees_all"] = membership is not None and membership.sees_all
    return render(request, "tickets/list.html", context)


@require_POST
@customers_only
def keep(request):
    """Remember the list as it is sent, columns and rows with it, and show it."""
    wanted = PortalQuery.sent(request.POST)
    services.keep_list(request.user, wanted.to_remember)
    return redirect(reverse("tickets:list") + wanted.href())


@require_POST
@customers_only
def seen(request, number):
    """The person has read the page of the ticket that was rendered at `until`."""
    ticket = ticket_or_404(request, number)
    form = SeenForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no moment")
    services.mark_seen(ticket, actor=request.user, until=form.cleaned_data["until"])
    return redirect(ticket)


def _working_in(user):
    membership = user.current_membership
    return membership.organization if membership else None
