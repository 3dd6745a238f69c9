"""What was read, kept in a file of its own until it is written: any number of rows in any order.

A reader is gone through once, wholly, before anything is written here: a file that is cut off or of
another encoding stops the import before it has begun.
"""

import json
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from .records import (
    KINDS,
    ImportRefused,
    LineRecord,
    MessageRecord,
    OrganizationRecord,
    PersonRecord,
    TicketRecord,
)

_NAMES = {kind: kind.__name__.removesuffix("Record").lower() for kind in KINDS}
_KEYED = {OrganizationRecord, PersonRecord, TicketRecord}


@dataclass(frozen=True)
class Staged:
    """A ticket with all that belongs to it."""

    ticket: TicketRecord
    messages: list
    lines: list


class Stage:
    """The records of one import. Of two with the same id the first counts."""

    def __init__(self, database):
        self.database = database
        self.database.execute("PRAGMA journal_mode = OFF")
        self.database.execute("PRAGMA synchronous = OFF")
        for kind, name in _NAMES.items():
            key = "id TEXT UNIQUE" if kind in _KEYED else "id TEXT"
            self.database.execute(f"CREATE TABLE {name} (n INTEGER PRIMARY KEY, {key}, data BLOB)")
        self.repeated = dict.fromkeys(_NAMES.values(), 0)
        self.database.execute("BEGIN")

    def fill(self, records):
        """Keep all records. Raises ImportRefused where the source does."""
        try:
            for record in records:
                self._add(record)
        except KeyError as missing:
            raise ImportRefused(f"A table has no column {missing}.") from missing
        for name in ("message", "line"):
            self.database.execute(f"CREATE INDEX {name}_of ON {name} (id)")
        self.database.execute("COMMIT")

    def _add(self, record):
        name = _NAMES[type(record)]
        key = record.id if type(record) in _KEYED else record.ticket
        # Halves of surrogate pairs, which JSON can say, are no text for the database; bytes are.
        data = json.dumps(asdict(record), ensure_ascii=False).encode("utf-8", "surrogatepass")
        key = key.encode("utf-8", "replace").decode()[:200]
        found = self.database.execute(
            f"INSERT OR IGNORE INTO {name} (id, data) VALUES (?, ?)",  # noqa: S608
            (key, data),
        )
        if not found.rowcount:
            self.repeated[name] += 1

    def all(self, kind):
        """The records of a kind, in the order in which they were read."""
        query = f"SELECT data FROM {_NAMES[kind]} ORDER BY n"  # noqa: S608
        return (kind(**json.loads(data)) for (data,) in self.database.execute(query))

    def count(self, kind):
        return self._number(f"SELECT COUNT(*) FROM {_NAMES[kind]}")  # noqa: S608

    def orphans(self, kind):
        """How many messages or lines are of no ticket that was read."""
        return self._number(
            f"SELECT COUNT(*) FROM {_NAMES[kind]} WHERE id NOT IN (SELECT id FROM ticket)"  # noqa: S608
        )

    def _number(self, query):
        return self.database.execute(query).fetchone()[0]

    def batches(self, size):
        """Lists of at most `size` Staged tickets, in the order in which they were read."""
        last = 0
        while True:
            found = self.database.execute(
                "SELECT n, data FROM ticket WHERE n > ? ORDER BY n LIMIT ?", (last, size)
            ).fetchall()
            if not found:
                return
            tickets = [TicketRecord(**json.loads(data)) for _n, data in found]
            messages, lines = (self._of(tickets, kind) for kind in (MessageRecord, LineRecord))
            yield [
                Staged(each, messages.get(each.id, []), lines.get(each.id, [])) for each in tickets
            ]
            last = found[-1][0]

    def _of(self, tickets, kind):
        of = {}
        marks = ",".join("?" * len(tickets))
        query = f"SELECT data FROM {_NAMES[kind]} WHERE id IN ({marks}) ORDER BY n"  # noqa: S608
        for (data,) in self.database.execute(query, [each.id for each in tickets]):
            record = kind(**json.loads(data))
            of.setdefault(record.ticket, []).append(record)
        return of


@contextmanager
def staged(records):
    """A Stage that holds the records, for as long as the block runs.

    Raises ImportRefused where the source does, or where there is no room for them.
    """
    with closing(_file_without_name()) as database:
        try:
            stage = Stage(database)
            stage.fill(records)
        except sqlite3.OperationalError as problem:
            raise ImportRefused(
                f"What was read cannot be kept in {tempfile.gettempdir()}: {problem}. "
                "TMPDIR names another folder."
            ) from problem
        yield stage


def _file_without_name():
    """An open database in a file whose name is gone: its room is free again when this process ends,
    however that happens. Without a journal the library never opens it a second time."""
    with tempfile.TemporaryDirectory() as folder:
        return sqlite3.connect(Path(folder) / "stage.sqlite3", isolation_level=None)
