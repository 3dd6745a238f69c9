"""Django admin, for admins only: everybody else finds nothing there."""

from functools import update_wrapper

from django.contrib import admin
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

OURS = frozenset({"api", "notifications", "organizations", "plans", "tickets"})


class HelpdeskAdminSite(admin.AdminSite):
    site_header = site_title = _("Helpdesk administration")
    index_title = _("Administration")
    enable_nav_sidebar = True

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only our own models: those of packages hold secrets, or what the code decides."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label in OURS]
        super().register(ours, admin_class, **options)

    def admin_view(self, view, cacheable=False):
        """Whoever is signed in and no admin finds nothing, without a detour to any sign-in."""
        guarded = super().admin_view(view, cacheable)

        def hidden(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return guarded(request, *args, **kwargs)

        return update_wrapper(hidden, guarded)

    def password_change(self, request, extra_context=None):
        """Lead to the one page for this, which also ends other sessions and sends a mail."""
        return redirect("account_change_password")

    def login(self, request, extra_context=None):
        """Anonymous people sign in by the one door; who is signed in and no admin gets 404."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise Http404
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
