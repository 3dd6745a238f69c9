"""The rows that migrations ship, kept aside, and the way back to them after a test that commits.

Emptying every table and loading these rows again took a second a test. Here only the tables that a
test changed are written to.
"""

# ruff: noqa: S608 - only names of tables, as Django lists them

from django.db import connection, transaction

KEPT = "shipped_"


def keep():
    """Copy every table that has rows now; a database of an earlier run has its copies already."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        if any(name.startswith(KEPT) for name in tables):
            restore()
            return
        for table in tables_with_rows(cursor):
            cursor.execute(f'CREATE TABLE "{KEPT}{table}" AS SELECT * FROM "{table}"')


def restore():
    """Bring every table back to the rows that it had when they were kept."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, copy in changed_tables(cursor):
            cursor.execute(f'DELETE FROM "{table}"')
            if copy:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{copy}"')


def tables_with_rows(cursor):
    """The tables of our models, and of those of packages, that are not empty."""
    return names(cursor, [has_rows(each, f'SELECT * FROM "{each}"') for each in tables_of_models()])


def changed_tables(cursor):
    """(table, its copy or None) of each table whose rows are not those that were kept."""
    existing = set(connection.introspection.table_names(cursor))
    copies = {each: f"{KEPT}{each}" for each in tables_of_models() if f"{KEPT}{each}" in existing}
    differences = [
        has_rows(table, difference(table, copies.get(table))) for table in tables_of_models()
    ]
    return [(table, copies.get(table)) for table in names(cursor, differences)]


def tables_of_models():
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def has_rows(table, query):
    return f"SELECT '{table}' WHERE EXISTS ({query})"


def difference(table, copy):
    """A query of the rows that only one of both has."""
    if not copy:
        return f'SELECT * FROM "{table}"'
    now, kept = f'SELECT * FROM "{table}"', f'SELECT * FROM "{copy}"'
    return f"SELECT * FROM ({now} EXCEPT {kept}) a UNION ALL SELECT * FROM ({kept} EXCEPT {now}) b"


def names(cursor, queries):
    cursor.execute(" UNION ALL ".join(queries))
    return [name for (name,) in cursor.fetchall()]
