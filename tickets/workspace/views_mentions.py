"""Whom an agent may mention in a note, for the composer's script."""

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tickets import services
from tickets.web.guards import staff_only


@require_safe
@staff_only
def mentions(request):
    """The other agents by name, each with what is written after the @."""
    people = services.agents_to_mention(request.user)
    found = [{"name": name, "handle": handle} for name, handle in people]
    hint = _("Write @ and the beginning of a colleague's address to notify them.")
    return JsonResponse({"people": found, "notified": _("Will be notified:"), "hint": hint})
