"""The periodic tasks that beat schedules. Each calls a service and records that it finished."""

from celery import shared_task

from organizations import services as people

from . import services


@shared_task
def auto_close():
    closed = services.close_due()
    return _done("auto_close", f"closed {closed}")


@shared_task
def remind_of_close():
    reminded = services.remind_of_close()
    return _done("remind_of_close", f"reminded {reminded}")


@shared_task
def scan_clocks():
    found = services.scan_clocks()
    soon, late, waiting = found.due_soon, found.breached, found.unaccepted
    # After the alerts: what they find comes back by them.
    woken = services.return_snoozed()
    outcome = f"due soon {soon}, overdue {late}, not accepted {waiting}, woken {woken}"
    return _done("scan_clocks", outcome)


@shared_task
def follow_availability():
    changed, returned = people.follow_the_time(), services.return_tickets()
    return _done("follow_availability", f"came or left {changed}, returned {returned}")


@shared_task
def assign_automatically():
    return _done("assign_automatically", f"assigned {services.assign_automatically()}")


@shared_task
def run_recalculations():
    moved = services.run_recalculations()
    return _done("run_recalculations", f"moved {moved}")


@shared_task
def run_previews():
    return f"looked at {services.run_previews()}"


@shared_task
def run_jobs():
    looked_at, filled = services.run_jobs(), services.fill_stretches()
    tagged = services.follow_tag_merges()
    return _done("run_jobs", f"looked at {looked_at}, filled {filled}, tagged {tagged}")


@shared_task
def run_bulk():
    return f"looked at {services.run_bulk()}"


@shared_task
def refresh_totals():
    return f"recounted {services.refresh_totals()}"


@shared_task
def make_thumbnails():
    return f"made {services.make_thumbnails()}"


@shared_task
def sweep_pending_uploads():
    removed = services.sweep_pending()
    return _done("sweep_pending_uploads", f"removed {removed}")


@shared_task
def sweep_orphans():
    return _done("sweep_orphans", f"removed {services.sweep_orphans()}")


@shared_task
def forget_drafts():
    drafts, signs = services.forget_drafts(), services.sweep_viewings()
    runs = services.forget_runs()
    return _done("forget_drafts", f"deleted {drafts}, signs of pages {signs}, bulk runs {runs}")


def _done(name, outcome):
    services.record_run(name, outcome=outcome)
    return outcome
