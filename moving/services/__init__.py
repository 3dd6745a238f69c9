"""Every write of the moving app."""

from .erasing import check_erasure, erase_person
from .importing import BATCH, Importer, known_tickets
from .parties import make_parties
from .retaining import apply_retention, preview_retention
from .sources import source_named

__all__ = [
    "BATCH",
    "Importer",
    "apply_retention",
    "check_erasure",
    "erase_person",
    "known_tickets",
    "make_parties",
    "preview_retention",
    "source_named",
]
