"""Facts of this app, besides its events, that others may listen to; sent inside the transaction
that makes them true."""

from django.dispatch import Signal

# recalculation, now
recalculation_finished = Signal()
