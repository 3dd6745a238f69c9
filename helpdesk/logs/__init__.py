"""What the log says, in plain lines or JSON: one line each, and no secret or text of people."""

from django.core.exceptions import ImproperlyConfigured

FORMATTERS = {
    "plain": "helpdesk.logs.plain.PlainFormatter",
    # Loaded only where it is asked for: structlog takes 7 MB in each process.
    "json": "helpdesk.logs.json_lines.formatter",
}


def logging_to_console(level, form):
    """Give the setting LOGGING. Raises ImproperlyConfigured for a form that there is not."""
    if form not in FORMATTERS:
        raise ImproperlyConfigured("LOG_FORMAT must be plain or json")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "with_context": {"()": "helpdesk.logs.context.WithContext"},
            "masked": {"()": "helpdesk.logs.plain.Masked"},
            "one_line": {"()": "helpdesk.logs.plain.OneLine"},
        },
        "formatters": {"chosen": {"()": FORMATTERS[form]}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "chosen",
                "filters": ["with_context", "masked", "one_line"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # It warns of each request that waits for a thread.
            "waitress.queue": {"level": "ERROR"},
            # Each run is a line of ours, which does not tell what a task returned.
            "celery.app.trace": {"level": "WARNING"},
        },
    }
