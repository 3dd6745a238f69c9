"""The pages on which teams are seen by agents and written by supervisors."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import services as people
from organizations.errors import OrganizationError
from organizations.models import User
from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import Team
from tickets.web.guards import staff_only

from .forms import AvailabilityForm, TeamForm


@require_safe
@staff_only
def team_list(request):
    """Who is on duty, and the teams by name with their agents. Four statements for any number."""
    agents = User.objects.agents().select_related("working_hours").order_by("name", "pk")
    teams = list(Team.objects.visible_to(request.user).with_people())
    context = {"teams": teams, "agents": agents, "may_edit": request.user.is_supervisor}
    return render(request, "teams/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def new(request):
    _supervisor_or_404(request)
    if request.method == "POST":
        form = TeamForm(request.POST)
        return _save(request, form, services.create_team, form_key=True)
    return _form_page(request, TeamForm())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def edit(request, pk):
    """Change one; saved after it was deleted, it says so and keeps what was typed."""
    _supervisor_or_404(request)
    team = get_object_or_404(Team.objects.all(), pk=pk)
    if request.method == "POST":
        return _save(request, TeamForm(request.POST, team=team), services.edit_team, team=team)
    if team.ended_at:
        raise Http404
    return _form_page(request, TeamForm(team=team), team=team)


@require_POST
@staff_only
def delete(request, pk):
    """Delete one; one that is deleted already, as after a second press, is deleted."""
    _supervisor_or_404(request)
    team = get_object_or_404(Team.objects.all(), pk=pk)
    try:
        if not team.ended_at:
            services.delete_team(team, actor=request.user)
    except TicketError as refused:
        if refused.code != "gone":
            messages.error(request, refused.sentence)
            return redirect("teams:list")
    messages.success(request, _("The team has been deleted."))
    return redirect("teams:list")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def availability(request, pk):
    """Whether an agent is on duty: one's own, or as a supervisor anybody's."""
    person = get_object_or_404(User.objects.agents(), pk=pk)
    if not (request.user.is_supervisor or person == request.user):
        raise Http404
    if request.method != "POST":
        return _availability_page(request, person, _availability_form(request, person))
    form = _availability_form(request, person, request.POST)
    if not form.is_valid():
        return _availability_page(request, person, form, status=422)
    try:
        seen = form.cleaned_data["seen"]
        people.change_availability(person, form.wanted(), actor=request.user, seen=seen or None)
    except OrganizationError as refused:
        form.add_error(refused.code if refused.code in form.fields else None, refused.sentence)
        form.rebase_on(User.objects.get(pk=pk))
        return _availability_page(request, person, form, status=409)
    messages.success(request, _("The availability has been saved."))
    return redirect("teams:list")


def _availability_form(request, person, *data):
    return AvailabilityForm(*data, person=person, reader=request.user)


def _availability_page(request, person, form, *, status=200):
    context = {"person_shown": person, "form": form, "is_own": person == request.user}
    return render(request, "teams/availability.html", context, status=status)


def _supervisor_or_404(request):
    if not request.user.is_supervisor:
        raise Http404


def _save(request, form, service, *, team=None, form_key=False):
    """Write what the form holds; refused, all of it is shown again."""
    if not form.is_valid():
        return _form_page(request, form, team=team, status=422)
    draft = form.draft()
    try:
        if form_key:
            service(draft, actor=request.user, form_key=form.cleaned_data["form_key"])
        else:
            seen = form.cleaned_data["version"]
            service(team, draft, actor=request.user, seen_version=seen)
    except TicketError as refused:
        form.refuse(refused)
        if isinstance(refused, StaleTicket):
            form.rebase_on(refused.row)
        status = 422 if refused.code in form.fields else 409
        return _form_page(request, form, team=team, status=status)
    messages.success(request, _("The team has been saved."))
    return redirect("teams:list")


def _form_page(request, form, *, team=None, status=200):
    return render(request, "teams/edit.html", {"form": form, "team": team}, status=status)
