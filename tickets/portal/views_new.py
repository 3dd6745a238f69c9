"""The customer's form of a new ticket."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tickets import services
from tickets.clocks.promising import promise_now
from tickets.conversation.composer import files_hint
from tickets.errors import TicketError
from tickets.filing.forms import MemberTicketForm
from tickets.filing.plan_request import plan_request
from tickets.filing.promise_rows import priority_rows
from tickets.web.guards import customers_only


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
def new(request):
    """The form of a new ticket, with what the plan promises for each priority."""
    organizations = _writable_organizations(request.user)
    if not organizations:
        return _cannot_write(request)
    form = _ticket_form(request, organizations)
    if request.method != "POST":
        return _new_page(request, form)
    valid = form.is_valid()
    if "look" in request.POST:
        typed = form.only_typed()
        typed.prefilled = form.prefilled
        return _new_page(request, typed)
    if not valid:
        return _new_page(request, form, status=422)
    try:
        ticket = _open(form, request.user)
    except TicketError as refused:
        form.refuse(refused)
        return _new_page(request, form, status=422)
    form.drop_unsent()
    sentence = _("Ticket %(number)s has been created.") % {"number": ticket.number}
    messages.success(request, sentence, extra_tags=form.sent_tag)
    return redirect(ticket)


def _open(form, member):
    return services.open_ticket(
        requester=member,
        opened_by=member,
        organization=form.chosen_organization,
        draft=form.draft(),
        form_key=form.cleaned_data["form_key"],
    )


def _ticket_form(request, organizations):
    working_in = request.user.current_membership.organization_id
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    asked = plan_request(request.user.current_membership, request.GET.get("plan"))
    form = MemberTicketForm(
        *sent,
        user=request.user,
        organizations=organizations,
        working_in=working_in,
        initial=dict(asked),
    )
    form.prefilled = bool(asked)
    return form


def _new_page(request, form, *, status=200):
    now = timezone.now()
    organization = form.chosen_organization
    asked = request.GET.get("plan") if form.prefilled else None
    rows = priority_rows(
        promise_now(organization.plan_id), chosen=form["priority"].value(), now=now
    )
    context = {
        "form": form,
        "organization": organization,
        "rows": rows,
        "chosen": next((row for row in rows if row.checked), None),
        "files_hint": files_hint(),
        # A prefilled form has a draft of its own: it takes nothing of the ordinary one's.
        "draft": reverse("tickets:new") + (f"?{urlencode({'plan': asked})}" if asked else ""),
    }
    return render(request, "tickets/new.html", context, status=status)


def _cannot_write(request):
    """Every organization of the person is suspended, or there is none; typed text is kept."""
    typed = {name: request.POST.get(name) for name in ("title", "description")}
    status = 422 if request.method == "POST" else 200
    return render(request, "tickets/cannot_write.html", {"typed": typed}, status=status)


def _writable_organizations(user):
    memberships = user.membership_by_organization.values()
    return [each.organization for each in memberships if not each.organization.is_suspended]
