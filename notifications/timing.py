"""When what can wait is sent: outside of quiet hours, and in a digest where one was chosen."""

from datetime import datetime, time, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def held_until(timing, created_at, *, now, zone):
    """Until when something that can wait is held back; None where it may be sent at `now`.

    `timing` has the hours of a person whose time zone is `zone`. The digest is that which follows
    the creation, so that a late worker sends it at once.
    """
    at = _after_quiet_hours(timing, max(now, _next_digest(timing, created_at, zone)), zone)
    return at if at > now else None


def _next_digest(timing, created_at, zone):
    local = created_at.astimezone(zone)
    if timing.digest == timing.Digest.HOURLY:
        full = local.replace(minute=0, second=0, microsecond=0)
        return created_at + (full + HOUR - local)
    if timing.digest == timing.Digest.DAILY:
        return _next(local, time(timing.digest_hour), zone)
    return created_at


def _after_quiet_hours(timing, at, zone):
    start, end = timing.quiet_from, timing.quiet_until
    if start is None or end is None:
        return at
    local = at.astimezone(zone)
    shown = local.time()
    is_quiet = start <= shown < end if start < end else shown >= start or shown < end
    return _next(local, end, zone) if is_quiet else at


def _next(local, shown, zone):
    """The next moment after `local` at which clocks there show that time."""
    moment = datetime.combine(local.date(), shown, tzinfo=zone)
    if moment <= local:
        moment = datetime.combine(local.date() + DAY, shown, tzinfo=zone)
    return moment
