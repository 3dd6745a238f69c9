"""Whether the database is of a release that is supported."""


def is_too_old(connection):
    """Whether the product does not work with this release of the server. Asks it once a connection;
    raises what the database does where it is away."""
    least = connection.features.minimum_database_version
    return least is not None and connection.get_database_version() < least
