"""Every write of the intake: keep a mail, make of it what it is, decide about what was held."""

from .originals import forget_originals
from .processing import mail_of, process, process_waiting
from .receiving import receive
from .settling import accept, discard, release

__all__ = [
    "accept",
    "discard",
    "forget_originals",
    "mail_of",
    "process",
    "process_waiting",
    "receive",
    "release",
]
