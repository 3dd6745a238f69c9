"""Facts of this app, besides its events, that others may listen to; sent inside the transaction
that makes them true."""

from django.dispatch import Signal

# now: a run of the periodic work has recorded all that it found; sent outside of any transaction.
run_finished = Signal()
# recalculation, now
recalculation_finished = Signal()
