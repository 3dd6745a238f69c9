"""Django admin, for admins only: everybody else finds nothing there."""

from django.contrib import admin
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class HelpdeskAdminSite(admin.AdminSite):
    site_header = site_title = _("Helpdesk administration")
    index_title = _("Administration")
    enable_nav_sidebar = True

    def login(self, request, extra_context=None):
        """Anonymous people sign in by the one door; who is signed in and no admin gets 404."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise Http404
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
