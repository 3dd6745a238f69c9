"""What happens: tickets with their state machine, messages, files, clocks and history."""

from .clocks import Clock, ClockChange
from .events import Event, PeriodicRun
from .messages import Attachment, Message
from .ratings import BEST, WORST, Rating
from .recalculation import Recalculation
from .ticket import OPEN, Ticket, Watcher

__all__ = [
    "BEST",
    "OPEN",
    "WORST",
    "Attachment",
    "Clock",
    "ClockChange",
    "Event",
    "Message",
    "PeriodicRun",
    "Rating",
    "Recalculation",
    "Ticket",
    "Watcher",
]
