"""Every write of the moving app."""

from .importing import BATCH, Importer, known_tickets
from .parties import make_parties
from .sources import source_named

__all__ = ["BATCH", "Importer", "known_tickets", "make_parties", "source_named"]
