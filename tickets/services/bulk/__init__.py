"""One action on many tickets: started here, done to each ticket by the service of that act."""

from .running import do_now, forget_runs, run_bulk
from .starting import (
    AT_ONCE,
    MOST_IN_RUN,
    MOST_UNFINISHED,
    BulkChange,
    Selection,
    selected,
    start_bulk,
    stop_bulk,
)

__all__ = [
    "AT_ONCE",
    "MOST_IN_RUN",
    "MOST_UNFINISHED",
    "BulkChange",
    "Selection",
    "do_now",
    "forget_runs",
    "run_bulk",
    "selected",
    "start_bulk",
    "stop_bulk",
]
