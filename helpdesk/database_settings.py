"""How the product connects to its database."""


def configure_connections(database, *, max_age, keeps_plans):
    """Complete the settings of a database; what its URL says stays.

    `max_age` is for how many seconds a connection is used again. With `keeps_plans` PostgreSQL
    keeps the plans of what pages ask (tickets/kept_plans.py) with each connection.
    """
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"].endswith("sqlite3"):
        # Django's defaults let a reader that turns writer fail at once; these let it wait.
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        return
    database["CONN_MAX_AGE"] = max_age
    database["CONN_HEALTH_CHECKS"] = True
    options.setdefault("connect_timeout", 5)
    # The number of times a statement is executed before its plan is worth keeping.
    options["prepare_threshold"] = 2 if keeps_plans else None
    # No request and no task waits on a lock or a query without a limit; a service tries thrice.
    options.setdefault("options", "-c lock_timeout=4s -c statement_timeout=60s")
