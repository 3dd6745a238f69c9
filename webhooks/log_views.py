"""The page of an endpoint with what was sent to it, and sending on demand."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ui.forms import KeyedForm
from ui.keys import key_in
from ui.wording import number

from . import services
from .keepers import back_with_sentence, keepers_only
from .kinds import TYPES

PAGE_SIZE = 30
MOST_ATTEMPTS = 50


@require_safe
@keepers_only
def endpoint(request, keeper, pk):
    """What an endpoint is, and its log, the newest first."""
    found, before = keeper.endpoint_or_404(pk), key_in(request.GET.get("before", ""))
    rows = list(found.deliveries.newest_first().before(before).with_events()[: PAGE_SIZE + 1])
    context = {
        "endpoint": found,
        "events": [TYPES[each] for each in found.events if each in TYPES],
        "deliveries": rows[:PAGE_SIZE],
        "following": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
        "is_first": before is None,
        "has_failed": found.deliveries.not_delivered().exists(),
        "has_old_secret": len(found.secrets_at(timezone.now())) > 1,
        "test_form": KeyedForm(),
    }
    return keeper.page(request, "endpoint", context)


@require_safe
@keepers_only
def delivery(request, keeper, pk, key):
    """One delivery: what was sent, and each attempt with its answer."""
    found = keeper.endpoint_or_404(pk)
    row = get_object_or_404(found.deliveries.with_events(), pk=key)
    context = {"endpoint": found, "row": row, "attempts": row.tries.all()[:MOST_ATTEMPTS]}
    return keeper.page(request, "delivery", context)


@require_POST
@keepers_only
@back_with_sentence
def test(request, keeper, pk):
    """Send a test."""
    found, form = keeper.endpoint_or_404(pk), KeyedForm(request.POST)
    form.is_valid()
    services.send_test(found, actor=request.user, form_key=form.cleaned_data["form_key"])
    messages.success(request, _("The test is being sent. Its answer will be in the log."))
    return keeper.to("endpoint", pk)


@require_POST
@keepers_only
@back_with_sentence
def again(request, keeper, pk, key):
    """Send one delivery again."""
    found = keeper.endpoint_or_404(pk)
    row = get_object_or_404(found.deliveries, pk=key)
    services.send_again(found, row.pk, actor=request.user, now=timezone.now())
    messages.success(request, _("It is being sent again."))
    return keeper.to("delivery", pk, key)


@require_POST
@keepers_only
@back_with_sentence
def failed_again(request, keeper, pk):
    """Send all again that was not delivered."""
    found = keeper.endpoint_or_404(pk)
    count = services.send_failed_again(found, actor=request.user, now=timezone.now())
    sentence = ngettext("%(count)s is sent again.", "%(count)s are sent again.", count)
    messages.success(request, sentence % {"count": number(count)})
    return keeper.to("endpoint", pk)
