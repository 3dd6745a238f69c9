"""What happens: tickets with their state machine, messages, files, clocks and history."""

from .clocks import Clock, ClockChange
from .events import Event, PeriodicRun
from .messages import Attachment, Message
from .ticket import OPEN, Ticket, Watcher

__all__ = [
    "OPEN",
    "Attachment",
    "Clock",
    "ClockChange",
    "Event",
    "Message",
    "PeriodicRun",
    "Ticket",
    "Watcher",
]
