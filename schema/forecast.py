"""What the operations of a migration do to a PostgreSQL: whom they keep waiting, and how long."""

from dataclasses import dataclass

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import CreateExtension
from django.db import models
from django.db.migrations import operations as django_operations

from . import operations as own

# Seconds, measured at a million tickets with four million messages, on two busy cores: to make an
# index of a million rows, to read them, and to change one. Twice as long for an index beside
# writers, which reads the table twice.
INDEX, SCAN, CHANGE = 3.0, 1.0, 0.0015
GIN = 30 * INDEX
# Bytes that a row takes in an index, and in a table that is written again.
INDEX_BYTES, ROW_BYTES = 80, 400

NOBODY = "nobody waits"
INSTANT = "closed for an instant"
WRITERS = "writers wait"
CLOSED = "closed to readers and writers"


@dataclass(frozen=True)
class Step:
    """One operation in words. `seconds` is None where it is not known beforehand."""

    words: str
    table: str = ""
    waits: str = NOBODY
    seconds: float | None = 0.0
    # Free room that it needs on the disk of the database, in bytes.
    room: int = 0
    # Whether the previous release works with the tables that it leaves.
    serves: bool = True


class Forecast:
    """Tells steps; `rows` gives how many rows a table has, None where it is not there."""

    def __init__(self, connection, rows):
        self.connection, self.rows = connection, rows

    def steps(self, migration, state):
        """The steps of a migration, whose operations are applied to `state`."""
        created = set()
        for operation in migration.operations:
            real = state.clone()
            for each in _of_database([operation]):
                before = real.clone()
                each.state_forwards(migration.app_label, real)
                if isinstance(each, django_operations.CreateModel):
                    created.add(each.name_lower)
                    yield Step(f"new table of {each.name}")
                elif getattr(each, "model_name_lower", None) not in created:
                    yield self._step(migration.app_label, each, before, real)
            operation.state_forwards(migration.app_label, state)

    def _step(self, app_label, operation, before, after):
        words = _words(operation)
        model = getattr(operation, "model_name", None) or getattr(operation, "name", None)
        if model is None or (app_label, model.lower()) not in before.models:
            return self._other(words, operation)
        # The models themselves are never made, which takes long for each state.
        named = before.models[app_label, model.lower()].options.get("db_table")
        table = named or f"{app_label}_{model.lower()}"
        million = (self.rows(table) or 0) / 1e6
        tell = self._of_kind(operation)
        return tell(words, table, million, operation, before, after, app_label)

    def _of_kind(self, operation):
        for kinds, tell in (
            ((own.AddIndex, own.AddIndexConcurrently), self._index_beside),
            ((own.RemoveIndex, own.RemoveIndexConcurrently), self._instant_beside),
            ((own.AlterFieldWithoutIndex, own.AddStatistics), self._instant_beside),
            ((own.AddConstraintNotValid, own.OfPostgreSQL), self._instant),
            ((own.ValidateConstraint, own.operations.ValidateConstraint), self._reading_beside),
            ((django_operations.AddIndex,), self._index),
            ((django_operations.AddConstraint,), self._constraint),
            ((django_operations.AddField,), self._new_field),
            ((django_operations.AlterField,), self._change),
            ((django_operations.RemoveField, django_operations.DeleteModel), self._removal),
            ((django_operations.RenameField, django_operations.RenameModel), self._removal),
        ):
            if isinstance(operation, kinds):
                return tell
        return self._instant

    @staticmethod
    def _other(words, operation):
        if isinstance(operation, django_operations.RunPython):
            function = operation.code
            summary = " ".join((function.__doc__ or function.__name__).split()).partition(". ")[0]
            return Step(f"moves rows: {summary}", seconds=None)
        if isinstance(operation, CreateExtension):
            return Step(words)
        return Step(words, seconds=None)

    @staticmethod
    def _instant(words, table, *_more):
        return Step(words, table, INSTANT)

    @staticmethod
    def _instant_beside(words, table, *_more):
        return Step(words, table)

    @staticmethod
    def _reading_beside(words, table, million, *_more):
        return Step(words, table, NOBODY, SCAN * million)

    @staticmethod
    def _index_beside(words, table, million, operation, *_more):
        rate = GIN if isinstance(operation.index, GinIndex) else INDEX
        return Step(words, table, NOBODY, 2 * rate * million, room=_bytes(million, INDEX_BYTES))

    @staticmethod
    def _index(words, table, million, operation, *_more):
        rate = GIN if isinstance(operation.index, GinIndex) else INDEX
        return Step(words, table, WRITERS, rate * million, room=_bytes(million, INDEX_BYTES))

    @staticmethod
    def _constraint(words, table, million, operation, *_more):
        if isinstance(operation.constraint, models.CheckConstraint):
            return Step(words, table, CLOSED, SCAN * million)
        room = _bytes(million, INDEX_BYTES)
        return Step(words, table, CLOSED, INDEX * million, room=room)

    @staticmethod
    def _removal(words, table, *_more):
        return Step(words, table, INSTANT, serves=False)

    @staticmethod
    def _new_field(words, table, million, operation, *_more):
        field = operation.field
        if field.many_to_many:
            return Step(words, table)
        has_default = field.db_default is not models.NOT_PROVIDED
        serves = field.null or has_default
        if field.db_index or field.unique:
            room = _bytes(million, INDEX_BYTES)
            return Step(words, table, CLOSED, INDEX * million, room=room, serves=serves)
        return Step(words, table, INSTANT, serves=serves)

    def _change(self, words, table, million, operation, before, after, app_label):
        old, new = (
            state.models[app_label, operation.model_name_lower].fields[operation.name]
            for state in (before, after)
        )
        if _stored(old) == _stored(new):
            return Step(f"{words}: nothing of it is in the database")
        if new.is_relation or (old.null and not new.null):
            return Step(words, table, CLOSED, SCAN * million, serves=new.null or new.is_relation)
        kinds = [field.db_parameters(self.connection)["type"] for field in (old, new)]
        if _is_wider(*kinds):
            return Step(words, table, INSTANT)
        seconds = (SCAN + INDEX * 10) * million
        return Step(words, table, CLOSED, seconds, _bytes(million, ROW_BYTES), serves=False)


def _words(operation):
    index = getattr(operation, "index", None)
    if index is not None:
        return f"make the index {index.name}"
    if isinstance(operation, own.AlterFieldWithoutIndex):
        return f"drop the index of {operation.model_name}.{operation.name}"
    words = operation.describe()
    return words[0].lower() + words[1:]


def _stored(field):
    """What of a field the database knows."""
    _name, path, given, named = field.deconstruct()
    known = {name: value for name, value in named.items() if name not in field.non_db_attrs}
    return path, given, known


def _bytes(million, each):
    return int(million * 1e6 * each)


def _is_wider(old, new):
    """Whether PostgreSQL takes the new type of a column for the old one without reading a row."""
    if new in {old, "text"}:
        return True
    names = [kind.partition("(")[0] for kind in (old, new)]
    sizes = [kind.partition("(")[2].rstrip(")") for kind in (old, new)]
    return (
        names[0] == names[1]
        and all(size.isdigit() for size in sizes)
        and int(sizes[1]) >= int(sizes[0])
    )


def _of_database(operations):
    for operation in operations:
        if isinstance(operation, django_operations.SeparateDatabaseAndState):
            yield from _of_database(operation.database_operations)
        else:
            yield operation
