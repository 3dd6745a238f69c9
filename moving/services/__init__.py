"""Every write of the moving app."""

from .erasing import erase_person
from .importing import BATCH, Importer, known_tickets
from .parties import make_parties
from .sources import source_named

__all__ = ["BATCH", "Importer", "erase_person", "known_tickets", "make_parties", "source_named"]
