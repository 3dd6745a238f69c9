"""Drafts of messages in the forms of a page."""

from django import forms
from django.http import JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tickets import services
from tickets.choices import MessageKind
from tickets.errors import TicketError
from tickets.models import MessageDraft
from tickets.prepared import Prepared
from tickets.web.guards import posted_ticket_or_404, signed_in
from ui.forms import FormKeyField, TextField


class DraftForm(forms.Form):
    """A text that is still being written; nothing is asked of it but that it is not too long."""

    body = TextField(required=False, strip=False, max_length=services.LONGEST_BODY)
    form_key = FormKeyField()
    draft_kind = forms.ChoiceField(choices=MessageKind.choices)
    draft_version = forms.IntegerField(required=False)

    def text(self):
        """What the form says, for the service."""
        given = self.cleaned_data
        return services.DraftText(
            kind=given["draft_kind"],
            body=given["body"].replace("\r\n", "\n"),
            form_key=given["form_key"],
            seen_version=given["draft_version"],
        )


@Prepared
def _drafts(person, ticket):
    return MessageDraft.objects.of(person, ticket)


def restore_drafts(ticket, user, public, note=None):
    """Show in the forms of a page of the ticket what their reader was writing there, on any device.

    One statement. A form that comes back with what was sent keeps that.
    """
    drafts = {draft.kind: draft for draft in _drafts.rows(person=user.pk, ticket=ticket.pk)}
    public.take_draft(MessageKind.PUBLIC, drafts.get(MessageKind.PUBLIC))
    if note is not None:
        note.take_draft(MessageKind.NOTE, drafts.get(MessageKind.NOTE))


@require_POST
@signed_in
def draft(request, number):
    """Keep what a page says is being written; by the button *Discard*, remove it."""
    ticket = posted_ticket_or_404(request, number)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"outcome": "refused"}, status=422)
    if "discard" in request.POST:
        return _discard(request, ticket, form.text())
    try:
        saved = services.save_draft(ticket, form.text(), actor=request.user)
    except TicketError:
        return JsonResponse({"outcome": "refused"})
    return JsonResponse({"outcome": saved.outcome, **_facts(saved.draft)})


def _discard(request, ticket, text):
    seen = {"kind": text.kind, "seen_version": text.seen_version}
    services.discard_draft(ticket, actor=request.user, **seen)
    return redirect(ticket.get_queue_url() if request.user.is_agent else ticket)


def _facts(draft):
    if draft is None:
        return {}
    key = str(draft.form_key or "")
    # As text: a script's numbers do not hold all digits.
    return {"body": draft.body, "form_key": key, "version": str(draft.version)}
