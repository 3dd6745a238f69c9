"""Plain lines: one for each record, whatever people typed; the lines of a failure are indented."""

import logging

from .masks import MOST_LETTERS, failure_text, masked

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


class Masked(logging.Filter):
    """Takes out of the message what identifies people or opens something, and cuts it."""

    def filter(self, record):
        message = record.getMessage()
        shown = masked(message[:MOST_LETTERS])
        if shown != message:
            record.msg, record.args = shown, ()
        return True


class PlainFormatter(logging.Formatter):
    """A failure's lines begin with a blank: none can be taken for a line of the log."""

    def __init__(self):
        super().__init__(FORMAT)

    def formatException(self, exc_info):  # noqa: N802 is the name of the library
        return "\n".join(f"    {line}" for line in failure_text(exc_info[1]).splitlines())
