"""Whether the database takes writes."""


def takes_writes(connection):
    """False on a standby, or on a server that somebody made read-only: pages are shown there, and
    nothing is saved. Asks the server."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return cursor.fetchone() == ("off",)
