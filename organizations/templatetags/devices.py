"""What a person recognises in a list of sessions."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first that occurs is it: browsers name their ancestors too.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@register.filter
def device(user_agent):
    """ "Firefox, Windows" for what a browser says of itself; a word for what is not known."""
    named = [
        next((name for sign, name in known.items() if sign in user_agent), None)
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, named)) or _("Unknown browser")
