"""Every periodic task and its time, in words. All times are UTC; nothing else is ever scheduled.

Each is harmless when doubled, late, or killed: what it does is decided by the database. A run that
no worker came to before the next one is dropped (`expire_seconds`).
"""

from celery.schedules import crontab

MINUTE = 60.0
HOUR = 60 * MINUTE


def _every(seconds, task):
    return {"task": task, "schedule": seconds, "options": {"expire_seconds": int(seconds * 0.9)}}


def _daily(hour, minute, task):
    schedule = crontab(hour=str(hour), minute=str(minute))
    return {"task": task, "schedule": schedule, "options": {"expire_seconds": int(12 * HOUR)}}


SCHEDULE = {
    # Each minute: close what waited 48 hours for the customer.
    "auto_close": _every(MINUTE, "tickets.tasks.auto_close"),
    # Each minute: remind of what closes within 24 hours.
    "remind_of_close": _every(MINUTE, "tickets.tasks.remind_of_close"),
    # Each minute: find what fell due soon or overdue.
    "scan_clocks": _every(MINUTE, "tickets.tasks.scan_clocks"),
    # Each minute: bring agents back to duty, and give tickets of absent ones to their teams.
    "follow_availability": _every(MINUTE, "tickets.tasks.follow_availability"),
    # Each half minute: give tickets that nobody has to agents of the teams that ask for it.
    "assign_automatically": _every(30, "tickets.tasks.assign_automatically"),
    # Each minute: recalculate running clocks where an admin's edit or a closure asks for it.
    "run_recalculations": _every(MINUTE, "tickets.tasks.run_recalculations"),
    # Each minute: go on with an admin's change that many tickets follow.
    "run_jobs": _every(MINUTE, "tickets.tasks.run_jobs"),
    # Each minute: hand over what the broker lost and what failed and waited.
    "sweep_outbox": _every(MINUTE, "notifications.tasks.sweep_outbox"),
    # Each quarter minute: send webhooks that failed and waited, and what the broker lost.
    "send_webhooks": _every(15, "webhooks.tasks.send_webhooks"),
    # Each two minutes: recount the days of the reports on which something has changed.
    "refresh_totals": _every(2 * MINUTE, "tickets.tasks.refresh_totals"),
    # Each half minute: fetch answers by e-mail and make messages of them.
    "receive_mail": _every(30, "intake.tasks.receive_mail"),
    # Each ten seconds: make the small pictures of images that were uploaded.
    "make_thumbnails": _every(10, "tickets.tasks.make_thumbnails"),
    # Each five seconds: count what an admin's edit would do where it concerns many tickets.
    "run_previews": _every(5, "tickets.tasks.run_previews"),
    # Each five seconds: go on with what agents do to many tickets together.
    "run_bulk": _every(5, "tickets.tasks.run_bulk"),
    # Each ten minutes, where RETENTION_DAYS is set: remove the contents of long closed tickets.
    "apply_retention": _every(10 * MINUTE, "moving.tasks.apply_retention"),
    # Each hour: remove uploads of refused forms that nobody came back to for a day.
    "sweep_pending_uploads": _every(HOUR, "tickets.tasks.sweep_pending_uploads"),
    # Each day at 02:10: remove files without a row, which a process killed between both left.
    "sweep_orphans": _daily(2, 10, "tickets.tasks.sweep_orphans"),
    # Each day at 05:30 (09:00 in Tehran): mail admins, once a week, of calendars without holidays.
    "warn_of_bare_calendars": _daily(5, 30, "notifications.tasks.warn_of_bare_calendars"),
    # Each day at 05:40: near the end of a Persian year propose the next one's holidays.
    "propose_holidays": _daily(5, 40, "notifications.tasks.propose_holidays"),
    # Each day at 00:40: delete settled account mail and failures of addresses older than 30 days.
    "forget_account_mail": _daily(0, 40, "notifications.tasks.forget_account_mail"),
    # Each day at 01:00: delete the originals of old e-mails.
    "forget_mail_originals": _daily(1, 0, "intake.tasks.forget_mail_originals"),
    # Each day at 01:10: delete drafts that nobody changed for 30 days, old signs of open pages, and
    # bulk runs older than 90 days.
    "forget_drafts": _daily(1, 10, "tickets.tasks.forget_drafts"),
    # Each hour: delete what was answered to API requests more than a day ago.
    "forget_requests": _every(HOUR, "api.tasks.forget_requests"),
    # Each day at 00:55: delete the log of webhooks that is older than 30 days.
    "forget_webhooks": _daily(0, 55, "webhooks.tasks.forget_webhooks"),
    # Each day at 00:50: delete what the bell has shown for 90 days.
    "forget_bell": _daily(0, 50, "notifications.tasks.forget_bell"),
}
