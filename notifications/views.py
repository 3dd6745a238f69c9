"""The bell's page, and a person's notification settings, also as a link in a mail changes them."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import channels, services, unsubscribing
from .bell import bell_page
from .forms import ReadForm, TimingForm, always_rows_for, rows_for, sections_for
from .topics import topics_for


@require_safe
@login_required
def bell(request):
    """What is new on the person's tickets, the newest first."""
    groups, page = bell_page(request.user, request.GET)
    context = {
        "groups": groups,
        "page": page,
        "newest": max((group.newest for group in groups), default=0),
        "has_unread": any(group.is_unread for group in groups) or page.previous_query,
        "now": timezone.now(),
    }
    return render(request, "notifications/bell.html", context)


@require_POST
@login_required
def read(request):
    """Mark as read what the person's page has shown: of one ticket, or all up to the newest."""
    form = ReadForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no key")
    services.mark_read(request.user, now=timezone.now(), **form.cleaned_data)
    return redirect("bell")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request):
    """Which topics the person is notified of, and by which channels."""
    sent = request.POST if request.method == "POST" else None
    sections, timing = sections_for(request.user, sent), TimingForm(sent, person=request.user)
    is_valid = not timing.was_sent or timing.is_valid()
    if sent is not None and is_valid and all(each.is_valid() for each in sections):
        services.save_preferences(request.user, [section.choices() for section in sections])
        if timing.was_sent:
            services.save_timing(request.user, timing.cleaned_data, now=timezone.now())
        messages.success(request, _("Your preferences have been saved."))
        return redirect("notification_preferences")
    context = {
        "sections": sections,
        "rows": rows_for(request.user, sections),
        "always": always_rows_for(request.user, sections),
        "timing": timing,
    }
    return render(request, "notifications/preferences.html", context)


@csrf_exempt  # mail programs send the form themselves (RFC 8058); the signature is what allows it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """Stop messages of one topic, for whoever holds the signed address; looking changes nothing."""
    if request.method == "POST" and not ratelimit.consume(request, action="unsubscribe"):
        return render(request, "429.html", status=429)
    found = unsubscribing.read(token)
    channel = channels.channel_named(found.channel) if found else None
    if channel is None:
        return render(request, "notifications/unsubscribe_dead.html", status=404)
    is_done = request.method == "POST"
    if is_done:
        services.choose(found.person, found.channel, wanted=[], unwanted=[found.topic])
    with translation.override(found.person.language):
        context = {
            "channel": channel,
            "topic": found.topic.label,
            "occasion": topics_for(found.person).get(found.topic, found.topic.label),
            "is_done": is_done,
        }
        return render(request, "notifications/unsubscribe.html", context)
