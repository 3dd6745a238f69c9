"""Which fields lists and pages show, are sorted by, or are made of: what is read, and no more."""

QUEUE_ORDER = ["queue_band", "queue_rank", "queue_at", "id"]
# The ticket's own fields that a row of the agents' lists shows, is sorted by, or finds its due by.
QUEUE_ROW = [
    *QUEUE_ORDER,
    *("title", "status", "priority", "category", "assignee", "last_public_message"),
    *("due_at", "due_soon_at", "waiting_since", "auto_close_at"),
    *("public_updated_at", "closed_at"),
]
# Of a person: how they sign in and read.
_PRIVATE = ("password", "last_login", "time_zone", "theme", "working_in", "joined_at")
# What the page of a ticket says nothing of: how people sign in and read, what their plan is like.
NOT_OF_A_PAGE = [
    "title_folded",
    *(f"organization__{name}" for name in ("is_restricted", "created_at")),
    *(
        f"organization__plan__{name}"
        for name in ("position", "architecture_guidance_fa", "architecture_guidance_en")
    ),
    *(f"{person}__{name}" for person in ("requester", "assignee") for name in _PRIVATE),
]
# What a row of the customer's list says nothing of: the texts, and most of who spoke last.
NOT_OF_LAST_AUTHOR = [
    "title_folded",
    *(
        f"last_public_message__{name}"
        for name in ("body", "body_folded", "channel", "form_key", "is_waiting", "is_just_thanks")
    ),
    *(f"last_public_message__author__{name}" for name in _PRIVATE),
]
# The fields of a clock that a due badge is made of.
BADGE_CLOCK = [
    *("ticket", "kind", "state", "priority", "started_at", "due_at", "stopped_at", "aim"),
    *("calendar_version", "answer"),
]
