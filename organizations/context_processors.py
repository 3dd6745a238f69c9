"""What every page knows of its reader."""

from django.conf import settings
from django.utils.translation import get_language


def person(request):
    """`person` (the user or None), `theme` (auto, light or dark) and the name of the site."""
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    theme = known.theme if known else request.COOKIES.get("theme", "auto")
    return {
        "person": known,
        "theme": theme if theme in {"auto", "light", "dark"} else "auto",
        "site_name": settings.SITE_NAME_FA if get_language() == "fa" else settings.SITE_NAME_EN,
        "ticket_prefix": settings.TICKET_PREFIX,
        "live_seconds": settings.LIVE_SECONDS,
    }
