"""How the product connects to its database."""

from .clock import follow_database
from .release import VERSION

# No request and no task waits on a lock or a query without a limit; a service tries thrice.
_LIMITS = {"lock_timeout": "4s", "statement_timeout": "60s"}
# A machine that is gone without a word is known to be after a quarter of a minute: by the
# product, which would wait for its answer as long as TCP tries, and by the database, which would
# keep the locks of its transaction. (idle, interval, count; in milliseconds for what is unanswered)
_IDLE, _INTERVAL, _COUNT, _UNANSWERED = 6, 3, 3, 15_000


def configure_connections(database, *, max_age, keeps_plans, gives_time=False):
    """Complete the settings of a database; what its URL says stays.

    `max_age` is for how many seconds a connection is used again. With `keeps_plans` PostgreSQL
    keeps the plans of what pages ask (tickets/kept_plans.py) with each connection; without, nothing
    is expected of a connection after a transaction, as a pooler wants that shares them by these.
    With `gives_time` its time is what the process takes for now.
    """
    if gives_time:
        follow_database()
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"].endswith("sqlite3"):
        # Django's defaults let a reader that turns writer fail at once; these let it wait.
        # Each thread keeps 500 kB of the file, not 2 MB: the system keeps it as well.
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            " PRAGMA cache_size=-500;",
        }
        return
    database["CONN_MAX_AGE"] = max_age
    database["CONN_HEALTH_CHECKS"] = True
    # The number of times a statement is executed before its plan is worth keeping.
    options["prepare_threshold"] = 2 if keeps_plans else None
    database["DISABLE_SERVER_SIDE_CURSORS"] = not keeps_plans
    for name, value in {
        "connect_timeout": 5,
        # Who looks at the sessions of the server sees which release each belongs to.
        "application_name": f"helpdesk {VERSION}",
        "keepalives_idle": _IDLE,
        "keepalives_interval": _INTERVAL,
        "keepalives_count": _COUNT,
        "tcp_user_timeout": _UNANSWERED,
        "options": " ".join(f"-c {name}={value}" for name, value in _of_session().items()),
    }.items():
        options.setdefault(name, value)


def _of_session():
    """{setting: value} of the database's side of each connection."""
    return _LIMITS | {
        "tcp_keepalives_idle": _IDLE,
        "tcp_keepalives_interval": _INTERVAL,
        "tcp_keepalives_count": _COUNT,
        "tcp_user_timeout": _UNANSWERED,
    }
