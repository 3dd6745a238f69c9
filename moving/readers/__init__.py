"""Readers of what other systems export, each a generator of records. None knows the database."""

from . import csv_files, osticket, zammad

READERS = {"csv": csv_files, "osticket": osticket, "zammad": zammad}
