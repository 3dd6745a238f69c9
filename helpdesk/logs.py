"""What log lines look like: one line each, whatever people typed, and no secret of a link."""

import logging
import re

# A part of a path that is long enough to be a token: of an invitation, a reset, a confirmation.
TOKEN = re.compile(r"/[\w:=~-]{24,}")

FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


class OneLine(logging.Filter):
    """Escapes control characters in the message, so that user text cannot forge a line."""

    def filter(self, record):
        message = record.getMessage()
        if not message.isprintable():
            record.msg = "".join(
                char if char.isprintable() else char.encode("unicode_escape").decode()
                for char in message
            )
            record.args = ()
        return True


class WithoutTokens(logging.Filter):
    """Masks what may be the token in a path: who reads the log must not be able to use it."""

    def filter(self, record):
        message = record.getMessage()
        if TOKEN.search(message):
            record.msg, record.args = TOKEN.sub("/[token]", message), ()
        return True


def logging_to_console(level):
    """Give the setting LOGGING: everything in plain lines, from this level on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "one_line": {"()": OneLine},
            "without_tokens": {"()": WithoutTokens},
            "with_id": {"()": "helpdesk.request_ids.WithRequestId"},
        },
        "formatters": {"plain": {"format": FORMAT}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "plain",
                "filters": ["one_line", "without_tokens", "with_id"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # It warns of each request that waits for a thread.
            "waitress.queue": {"level": "ERROR"},
        },
    }
