"""All keys in Django admin: whose each is, what it opens, when it was used; and its end."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ui.admin_lookups import NamedLookups
from ui.admin_read_only import ReadOnly
from ui.wording import format_datetime, listed, number

from . import services
from .key_views import state_of
from .models import ApiKey
from .scopes import Scope


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, NamedLookups):
    """Read only, but that keys are revoked; they are made by whom they act as, and by owners."""

    list_display = ["name", "begins_with", "kind", "acts_as", "organization", "state", "used"]
    list_filter = ["kind"]
    list_select_related = ["acts_as", "organization", "created_by"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name", "prefix", "acts_as__name", "acts_as__email", "organization__name"]
    fields = [
        *("name", "begins_with", "kind", "acts_as", "organization", "created_by", "opens"),
        *("created", "state", "used", "used_from"),
    ]
    actions = ["revoke"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_standing()

    @admin.display(description=_("begins with"), ordering="prefix")
    def begins_with(self, key):
        return f"{key.prefix}…"

    @admin.display(description=_("What it may be used for"))
    def opens(self, key):
        return listed(Scope(each).label for each in key.scopes if each in Scope)

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, key):
        return format_datetime(key.created_at)

    @admin.display(description=_("state"), ordering="expires_at")
    def state(self, key):
        words, until = state_of(key, timezone.now())
        return f"{words} {format_datetime(until)}" if until else words

    @admin.display(description=_("last used"), ordering="last_used_at")
    def used(self, key):
        return format_datetime(key.last_used_at) if key.last_used_at else "–"

    @admin.display(description=_("last used from"))
    def used_from(self, key):
        return key.last_used_from or "–"

    @admin.action(description=_("Revoke the chosen keys"))
    def revoke(self, request, queryset):
        """End the keys for good; those that have ended stay as they are."""
        keys = list(queryset.filter(revoked_at=None))
        for key in keys:
            services.revoke_key(key, actor=request.user)
        sentence = ngettext(
            "%(count)s key has been revoked.", "%(count)s keys have been revoked.", len(keys)
        )
        messages.success(request, sentence % {"count": number(len(keys))})
