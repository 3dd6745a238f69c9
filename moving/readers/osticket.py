"""Tables of osTicket (1.10 to 1.18), each exported as CSV with a heading or as JSON rows.

`ost_ticket`, `ost_ticket__cdata`, `ost_thread`, `ost_thread_entry`, `ost_user`, `ost_user_email`,
`ost_staff`, `ost_ticket_status`, `ost_ticket_priority`, and as far as they are there
`ost_organization`, `ost_help_topic`, `ost_attachment`, `ost_file`, `ost_thread_event` and
`ost_event`. The bytes of files are at `files/<id of ost_file>`.
"""

from collections import defaultdict

from moving.records import (
    ImportRefused,
    LineRecord,
    MessageRecord,
    OrganizationRecord,
    PersonRecord,
    TicketRecord,
)

from .tables import NOTHING, csv_rows, json_rows, text

LABEL = "osTicket"
NONE = {"", "0"}
# Of a thread's entries: a message of the customer, a response, a note. Of objects: a ticket.
SIDES = {"M": "customer", "R": "agent", "N": "agent"}
ENTRY, TICKET = "H", "T"


def read(folder, encoding):
    """The records of the tables in `folder`. Raises ImportRefused."""
    tables = _Tables(folder, encoding)
    for row in tables.rows("organization"):
        yield OrganizationRecord(row["id"], row["name"])
    yield from _people(tables)
    yield from _tickets(tables)
    threads = {
        row["id"]: row["object_id"]
        for row in tables.needed("thread")
        if row["object_type"] == TICKET
    }
    yield from _messages(tables, threads)
    yield from _lines(tables, threads)


class _Tables:
    """The tables by their names without a prefix."""

    def __init__(self, folder, encoding):
        self.folder, self.encoding = folder, encoding

    def rows(self, name):
        """The rows of a table that may be missing, all values as text."""
        for path in (self.folder / f"ost_{name}{end}" for end in (".csv", ".json", ".jsonl")):
            if path.exists():
                if path.suffix == ".csv":
                    return csv_rows(path, self.encoding, nulls=NOTHING)
                return self._from_json(path)
        return ()

    def _from_json(self, path):
        for row in json_rows(path, self.encoding):
            # phpMyAdmin wraps the rows of a table, and puts other objects around that.
            for each in row.get("data", [row]) if row.get("type") == "table" else [row]:
                if "version" not in each and "database" not in each:
                    yield {key.lower(): text(value) for key, value in each.items()}

    def needed(self, name):
        found = list(self.rows(name))
        if not found:
            raise ImportRefused(f"There is no table ost_{name} (.csv or .json), or it is empty.")
        return found

    def names(self, table, key, value):
        return {row[key]: row[value] for row in self.rows(table)}


def _people(tables):
    addresses = tables.names("user_email", "id", "address")
    for row in tables.needed("user"):
        yield PersonRecord(
            id=f"user {row['id']}",
            email=addresses.get(row["default_email_id"], ""),
            name=row["name"],
            organization="" if row["org_id"] in NONE else row["org_id"],
        )
    for row in tables.rows("staff"):
        yield PersonRecord(
            id=f"staff {row['staff_id']}",
            email=row["email"],
            name=f"{row['firstname']} {row['lastname']}".strip(),
            role="agent",
        )


def _tickets(tables):
    more = {row["ticket_id"]: row for row in tables.rows("ticket__cdata")}
    states = tables.names("ticket_status", "id", "name")
    priorities = tables.names("ticket_priority", "priority_id", "priority")
    topics = tables.names("help_topic", "topic_id", "topic")
    for row in tables.needed("ticket"):
        facts = more.get(row["ticket_id"], {})
        priority = facts.get("priority", "")
        yield TicketRecord(
            id=row["ticket_id"],
            number=row["number"],
            title=facts.get("subject", ""),
            status=states.get(row["status_id"], row["status_id"]),
            priority=priorities.get(priority, priority),
            category=topics.get(row["topic_id"], ""),
            requester=f"user {row['user_id']}",
            assignee="" if row["staff_id"] in NONE else f"staff {row['staff_id']}",
            created_at=row["created"],
            closed_at=row.get("closed", ""),
        )


def _messages(tables, threads):
    names = tables.names("file", "id", "name")
    files = defaultdict(list)
    for row in tables.rows("attachment"):
        if row["type"] == ENTRY:
            key = row["file_id"]
            files[row["object_id"]].append([row.get("name") or names.get(key, key), f"files/{key}"])
    for row in tables.rows("thread_entry"):
        ticket = threads.get(row["thread_id"])
        if ticket is not None:
            by_staff = row["staff_id"] not in NONE
            author = f"staff {row['staff_id']}" if by_staff else f"user {row['user_id']}"
            yield MessageRecord(
                ticket=ticket,
                author="" if author == "user 0" else author,
                body=row["body"],
                created_at=row["created"],
                side=SIDES.get(row["type"], ""),
                is_note=row["type"] == "N",
                is_html=row.get("format", "html") == "html",
                files=files.get(row["id"], []),
            )


def _lines(tables, threads):
    names = tables.names("event", "id", "name")
    for row in tables.rows("thread_event"):
        ticket = threads.get(row["thread_id"])
        if ticket is not None:
            kind = row.get("state") or names.get(row.get("event_id"), "")
            yield LineRecord(ticket, row["timestamp"], row.get("username", ""), kind)
