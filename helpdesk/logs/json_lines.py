"""Each record as one object of JSON. Imported only with LOG_FORMAT=json."""

from datetime import UTC, datetime

from structlog.processors import JSONRenderer
from structlog.stdlib import ProcessorFormatter

from .masks import failure_text

# What a record may carry in its `extra`; anything else is not written.
FIELDS = ("user_id", "task", "task_id", "outcome", "duration_ms", "method", "view", "status")


def formatter():
    """The formatter of the setting LOGGING."""
    return ProcessorFormatter(
        processors=[_fields, JSONRenderer()], pass_foreign_args=False, logger=None
    )


def _fields(logger, name, event):
    """The known fields of a record, in one order; ids and numbers alone beside the message."""
    record = event["_record"]
    shown = {
        "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": event["event"],
        "request_id": record.request_id,
    }
    shown |= {
        field: value
        for field in FIELDS
        if (value := getattr(record, field, None)) is not None and value != ""
    }
    if isinstance(found := event.get("exc_info") or record.exc_info, tuple) and found[1]:
        shown["failure"] = failure_text(found[1])
    return shown
