"""The documented CSV form (docs/moving.md): tickets.csv and messages.csv, with three that may be
missing (people.csv, organizations.csv, history.csv) and a folder `files`."""

from moving.records import (
    LineRecord,
    MessageRecord,
    OrganizationRecord,
    PersonRecord,
    TicketRecord,
)

from .tables import csv_rows, text

LABEL = "CSV"
STAFF = {"agent", "supervisor", "admin", "staff"}
YES = {"1", "yes", "true", "note"}


def read(folder, encoding):
    """The records of the files in `folder`. Raises ImportRefused."""
    for row in _rows(folder, "organizations.csv", encoding, "id", "name"):
        yield OrganizationRecord(text(row["id"]), text(row["name"]))
    for row in _rows(folder, "people.csv", encoding, "email"):
        yield PersonRecord(
            id=text(row.get("id")) or text(row["email"]),
            email=text(row["email"]),
            name=text(row.get("name")),
            organization=text(row.get("organization")),
            role=_role(text(row.get("role")).lower()),
        )
    yield from _tickets(folder, encoding)
    yield from _messages(folder, encoding)
    for row in _rows(folder, "history.csv", encoding, "ticket", "at", "text"):
        yield LineRecord(
            text(row["ticket"]), text(row["at"]), text(row.get("who")), text(row["text"])
        )


def _tickets(folder, encoding):
    required = ("id", "title", "status", "requester", "created_at")
    for row in csv_rows(folder / "tickets.csv", encoding, required=required):
        yield TicketRecord(
            id=text(row["id"]),
            number=text(row.get("number")) or text(row["id"]),
            title=row["title"],
            status=text(row["status"]),
            priority=text(row.get("priority")),
            category=text(row.get("category")),
            organization=text(row.get("organization")),
            requester=text(row["requester"]),
            assignee=text(row.get("assignee")),
            created_at=text(row["created_at"]),
            closed_at=text(row.get("closed_at")),
        )


def _messages(folder, encoding):
    required = ("ticket", "author", "body", "created_at")
    for row in csv_rows(folder / "messages.csv", encoding, required=required):
        yield MessageRecord(
            ticket=text(row["ticket"]),
            author=text(row["author"]),
            body=row["body"],
            created_at=text(row["created_at"]),
            side=text(row.get("side")).lower(),
            is_note=text(row.get("note")).lower() in YES,
            is_html=text(row.get("format")).lower() == "html",
            files=[_file(path) for path in text(row.get("files")).split(";") if path.strip()],
        )


def _rows(folder, name, encoding, *required):
    """The rows of a file that may be missing."""
    path = folder / name
    return csv_rows(path, encoding, required=required) if path.exists() else ()


def _role(role):
    return "agent" if role in STAFF else role or "member"


def _file(path):
    path = path.strip()
    return [path.replace("\\", "/").rpartition("/")[2], f"files/{path}"]
