"""What a person brings to a request: language, time zone, and the second factor of staff."""

from django.conf import settings
from django.shortcuts import redirect
from django.utils import timezone, translation

from ui.time_zones import known_zone

from .credentials import lacks_second_factor


class PersonMiddleware:
    """Activates the signed-in person's language and zone; strangers have a cookie, else Persian."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated:
            language, zone = user.language, known_zone(user.time_zone)
        else:
            cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
            known = dict(settings.LANGUAGES)
            language, zone = (
                cookie if cookie in known else settings.LANGUAGE_CODE,
                settings.TIME_ZONE,
            )
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SecondFactorMiddleware:
    """Leads staff without a second factor to set one up, where the deployment requires it.

    Until they have, they reach nothing but what that needs.
    """

    reachable = frozenset(
        {
            "account_confirm_email",
            "account_logout",
            "account_reauthenticate",
            "health",
            "language",
            "mfa_activate_totp",
            "theme",
            "unsubscribe",
        }
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.resolver_match.view_name in self.reachable:
            return None
        return redirect("mfa_activate_totp") if lacks_second_factor(request.user) else None
