"""Time zones by stored names, some of which a later release of the zone database may not know."""

import logging
from zoneinfo import ZoneInfo

from django.utils import timezone

logger = logging.getLogger(__name__)


def known_zone(name):
    """The zone of that name, else the site's own, with a line in the log: a page that shows times
    in another zone helps more than one that fails."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        logger.warning("Unknown time zone %r; %s is used", name, timezone.get_default_timezone())
        return timezone.get_default_timezone()
