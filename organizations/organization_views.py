"""The pages of an organization: its members and their roles, invitations, history."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ui.forms import KeyedForm

from . import permissions, services
from .account_forms import FoundForm
from .errors import OrganizationError
from .guards import back_with_sentence, customers_only
from .member_forms import MEANINGS, InviteForm, RoleForm, VisibilityForm
from .member_list import Rights, invitations_of, member_page, row_of
from .models import Invitation, Membership, Role
from .organization_history import history_page


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
def organization(request):
    """The organization one works in; by POST an invitation to it."""
    reader = request.user.current_membership
    if request.method == "POST":
        return _invite(request, reader)
    if reader is None:
        return render(request, "organizations/none.html")
    return _organization_page(request, reader, InviteForm(reader=reader))


def _invite(request, reader):
    if reader is None or not permissions.may_manage_members(reader):
        raise Http404
    form = InviteForm(request.POST, reader=reader)
    if not form.is_valid():
        return _organization_page(request, reader, form, status=422)
    reader, email = form.cleaned_data["organization"], form.cleaned_data["email"]
    try:
        services.invite(
            reader.organization,
            email=email,
            role=form.cleaned_data["role"],
            actor=request.user,
            now=timezone.now(),
            form_key=form.cleaned_data["form_key"],
        )
    except OrganizationError as refused:
        if refused.code == "already_sent":
            form.take_new_key()
        form.add_error("email", refused.sentence)
        return _organization_page(request, reader, form, status=422)
    messages.success(request, _("An invitation will be sent to %s.") % email)
    return redirect("organization")


def _organization_page(request, reader, form, *, status=200):
    now, rights = timezone.now(), Rights.of(reader)
    context = {
        "now": now,
        "reader": reader,
        "organization": reader.organization,
        "rights": rights,
        "page": member_page(reader, request.GET),
        "q": request.GET.get("q", "").strip(),
        "member_count": Membership.objects.of(reader.organization).of_people().count(),
        "invitations": invitations_of(reader, now) if rights.manages else [],
        "form": form,
        "meanings": [(Role(role).label, text) for role, text in MEANINGS.items()],
    }
    return render(request, "organizations/organization.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
@back_with_sentence
def member(request, pk):
    """What an owner decides about one member: the role; the way to their removal."""
    reader, found = _reader_and_member(request, pk)
    if not Rights.of(reader).decides:
        raise Http404
    if request.method == "POST":
        return _change_role(request, found)
    context = {
        "member": found,
        "organization": found.organization,
        "is_reader": found.pk == reader.pk,
        "roles": [(role, role.label, MEANINGS[role]) for role in MEANINGS],
    }
    return render(request, "organizations/member.html", context)


def _change_role(request, found):
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise BadRequest("unknown role")
    role = form.cleaned_data["role"]
    services.change_role(
        found.organization,
        found.user,
        role,
        actor=request.user,
        now=timezone.now(),
        seen=form.cleaned_data["seen"] or None,
    )
    sentence = _("%(person)s is now %(role)s.") % {"person": found.user, "role": Role(role).label}
    messages.success(request, sentence)
    return redirect("organization")


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
@back_with_sentence
def member_remove(request, pk):
    """Ask, then end a membership: of somebody whom the reader may remove, or the reader's own."""
    try:
        reader, found = _reader_and_member(request, pk)
    except Http404:
        # Asked last: what the other press ends between the two looks is gone in the first one.
        if request.method == "POST" and services.has_removed(request.user, pk):
            messages.success(request, _("The membership has ended."))
            return redirect("organization")
        raise
    is_reader = found.pk == reader.pk
    if not (is_reader or row_of(reader, found).way):
        raise Http404
    if request.method == "POST":
        _end(request, found)
        sentence = _("You have left %s.") % found.organization
        if not is_reader:
            sentence = _("%s has been removed.") % found.user
        messages.success(request, sentence)
        return redirect("home" if is_reader else "organization")
    sent = Invitation.objects.of(found.organization).unsettled().sent_by(found.user)
    context = {
        "member": found,
        "organization": found.organization,
        "is_reader": is_reader,
        "invitation_count": sent.count(),
    }
    return render(request, "organizations/member_remove.html", context)


def _end(request, membership):
    """End it; of two presses at once the second finds it ended by this very person."""
    try:
        services.remove_member(
            membership.organization, membership.user, actor=request.user, now=timezone.now()
        )
    except OrganizationError:
        if not services.has_removed(request.user, membership.pk):
            raise


def _reader_and_member(request, pk):
    """The person's membership of that key, and the reader's own of the same organization."""
    members = Membership.objects.visible_to(request.user).of_people()
    members = members.select_related("user", "organization")
    found = get_object_or_404(members, pk=pk)
    return request.user.membership_by_organization[found.organization_id], found


@require_POST
@customers_only
@back_with_sentence
def invitation_resend(request, pk):
    invitation = _invitation(request, pk)
    form = KeyedForm(request.POST)
    form.is_valid()
    key = form.cleaned_data["form_key"]
    services.resend(invitation, actor=request.user, now=timezone.now(), form_key=key)
    messages.success(request, _("A new link will be sent to %s.") % invitation.email)
    return redirect("organization")


@require_POST
@customers_only
@back_with_sentence
def invitation_revoke(request, pk):
    invitation = _invitation(request, pk)
    services.revoke(invitation, actor=request.user, now=timezone.now())
    messages.success(request, _("The invitation for %s has been revoked.") % invitation.email)
    return redirect("organization")


def _invitation(request, pk):
    """An invitation that the reader may know of: plain members see none."""
    invitations = Invitation.objects.visible_to(request.user).select_related("organization")
    invitation = get_object_or_404(invitations, pk=pk)
    reader = request.user.membership_by_organization[invitation.organization_id]
    if not permissions.may_manage_members(reader):
        raise Http404
    return invitation


@require_POST
@customers_only
@back_with_sentence
def visibility(request):
    """Let plain members see every ticket, or only their own."""
    reader = request.user.current_membership
    if reader is None or not permissions.may_manage_organization(reader):
        raise Http404
    form = VisibilityForm(request.POST, reader=reader)
    if not form.is_valid():
        raise BadRequest("unknown choice")
    is_restricted = form.cleaned_data["sees"] == "own"
    chosen = form.cleaned_data["organization"].organization
    services.restrict(chosen, is_restricted, actor=request.user, now=timezone.now())
    if is_restricted:
        sentence = _("From now on, members see only the tickets that they requested or watch.")
    else:
        sentence = _("From now on, members see every ticket of the organization.")
    messages.success(request, sentence)
    return redirect("organization")


@require_safe
@customers_only
def history(request):
    """The organization's history, for owners."""
    reader = request.user.current_membership
    if reader is None or not permissions.may_manage_organization(reader):
        raise Http404
    lines, following = history_page(reader.organization, request.GET)
    context = {
        "lines": lines,
        "organization": reader.organization,
        "next_query": f"before={following}" if following else None,
    }
    return render(request, "organizations/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
def found(request):
    """Found an organization, as signing up does, and work in it."""
    form = FoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.found(
                request.user,
                name=form.cleaned_data["organization_name"],
                key=form.cleaned_data["organization_key"],
                now=timezone.now(),
                form_key=form.cleaned_data["form_key"],
            )
        except (IntegrityError, OrganizationError) as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%s has been created. Invite your colleagues.") % made)
            return redirect("organization")
    status = 422 if form.is_bound else 200
    return render(request, "organizations/found.html", {"form": form}, status=status)
