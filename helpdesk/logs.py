"""What log lines look like: one line each, whatever people typed."""

import logging


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
