"""Which fields lists and pages show, are sorted by, or are made of: what is read, and no more."""

QUEUE_ORDER = ["queue_band", "queue_rank", "queue_at", "id"]
# The ticket's own fields that a row of the agents' lists shows, is sorted by, or finds its due by.
QUEUE_ROW = [
    *QUEUE_ORDER,
    *("title", "status", "priority", "category", "assignee", "last_public_message", "version"),
    *("due_at", "due_soon_at", "waiting_since", "auto_close_at"),
    *("public_updated_at", "closed_at"),
]
# The ticket's own fields that a row of the customer's list shows, or finds its due by.
PORTAL_ROW = [
    *("title", "status", "priority", "category", "organization", "requester"),
    *("last_public_message", "support_spoke_last", "public_updated_at"),
    *("due_at", "due_soon_at", "waiting_since", "auto_close_at"),
]
# Those of one that waits for its customer, above the list.
TURN = ["title", "support_spoke_last", "last_public_message_at", "auto_close_at"]
# The fields of a clock that a due badge is made of.
BADGE_CLOCK = [
    *("ticket", "kind", "state", "priority", "started_at", "due_at", "stopped_at", "aim"),
    *("calendar_version", "answer"),
]
# What a customer's page shows of the row itself, and may go out of date.
PUBLIC_FACTS = (
    "public_updated_at",
    "status",
    "priority",
    "category",
    "due_at",
    "auto_close_at",
)
