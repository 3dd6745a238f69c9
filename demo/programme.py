"""Loads the whole demo: gathers the cast, plays every story, leaves nothing to be sent."""

from datetime import timedelta

from django.db import transaction

from notifications.models import Notification
from notifications.publishing import withheld
from tickets import services
from tickets.models import Ticket

from . import bulk_runs, canned, cast, customer_notes, programs, saved_views, snoozes, tags, teams
from .stage import Stage
from .stories import (
    arya,
    arya_earlier,
    fjordline,
    mahoor,
    mahoor_earlier,
    negin,
    pars,
    pars_earlier,
    rahvar,
)

# What is on the bell for longer was read.
READ_AFTER = timedelta(hours=6)
STORIES = {
    "pars": [*pars_earlier.STORIES, *pars.STORIES],
    "mahoor": [*mahoor_earlier.STORIES, *mahoor.STORIES],
    "rahvar": rahvar.STORIES,
    "arya": [*arya_earlier.STORIES, *arya.STORIES],
    "negin": negin.STORIES,
    "fjordline": fjordline.STORIES,
}


@transaction.atomic
def load(*, now):
    """Fill an empty database with the demo, as it looks at `now`. Returns how many tickets."""
    people, organizations = cast.gather(now=now)
    programme = [(key, tale) for key, tales in STORIES.items() for tale in tales]
    teams.write(people, now=now)
    canned.write(people, now=now)
    saved_views.write(people, now=now)
    vocabulary = tags.write(people, now=now)
    with withheld():
        programs.write(people, organizations, now=now)
        Stage(people, organizations, vocabulary).play(programme, now=now)
        snoozes.write(people, now=now)
        bulk_runs.write(people, now=now)
        programs.go_on(now=now)
    customer_notes.write(people, organizations, now=now)
    # Nobody is notified now of what happened in the past.
    Notification.objects.filter(state=Notification.State.PENDING).update(
        state=Notification.State.SKIPPED
    )
    Notification.objects.unread().bell_older_than(now - READ_AFTER).update(read_at=now)
    services.refresh_totals(now=now)
    return Ticket.objects.count()
