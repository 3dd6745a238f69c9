"""Facts of this app that others may listen to; sent inside the transaction that makes them true."""

from django.dispatch import Signal

# plan, version, actor, now
plan_published = Signal()
# calendar, version, actor, now
calendar_published = Signal()
# calendar, version (in which the closure is), closure, actor, now
closure_declared = Signal()
# calendar, version (in which it ends at now), closure, actor, now
closure_ended = Signal()
