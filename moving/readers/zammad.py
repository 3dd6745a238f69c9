"""What Zammad's REST API answers, kept in files: see docs/moving.md for how to fetch them.

Each file holds objects of JSON, one or an array (a page) a line: `tickets.jsonl` with
`expand=true`, `articles.jsonl`, `users.jsonl`, `organizations.jsonl`, and perhaps `history.jsonl`.
Attachments are at `files/<ticket>/<article>/<attachment>`, by their ids.
"""

from moving.records import (
    LineRecord,
    MessageRecord,
    OrganizationRecord,
    PersonRecord,
    TicketRecord,
)

from .tables import json_rows, text

LABEL = "Zammad"
STAFF = {"agent", "admin"}
# Of the lines of a ticket's history those that tell of more than a message does.
TOLD = {"updated", "merged", "added", "removed"}


def read(folder, encoding):
    """The records of the files in `folder`. Raises ImportRefused."""
    for row in _rows(folder, "organizations.jsonl", encoding):
        yield OrganizationRecord(text(row.get("id")), text(row.get("name")))
    for row in _rows(folder, "users.jsonl", encoding):
        yield _person(row)
    for row in json_rows(folder / "tickets.jsonl", encoding):
        yield _ticket(row)
    for row in json_rows(folder / "articles.jsonl", encoding):
        yield _message(row)
    for row in _rows(folder, "history.jsonl", encoding):
        yield from _lines(row)


def _rows(folder, name, encoding):
    path = folder / name
    return json_rows(path, encoding) if path.exists() else ()


def _person(row):
    roles = {str(each).lower() for each in row.get("roles") or ()}
    name = f"{text(row.get('firstname'))} {text(row.get('lastname'))}".strip()
    return PersonRecord(
        id=text(row.get("id")),
        email=text(row.get("email")) or text(row.get("login")),
        name=name or text(row.get("login")),
        organization=text(row.get("organization_id")),
        role="agent" if roles & STAFF else "member",
    )


def _ticket(row):
    state = text(row.get("state")) or text(row.get("state_id"))
    # Zammad's user 1 is the system: who owns a ticket that nobody owns.
    owner = text(row.get("owner_id"))
    return TicketRecord(
        id=text(row.get("id")),
        number=text(row.get("number")),
        title=text(row.get("title")),
        status=state,
        priority=text(row.get("priority")) or text(row.get("priority_id")),
        category=text(row.get("group")),
        organization=text(row.get("organization_id")),
        requester=text(row.get("customer_id")),
        assignee="" if owner == "1" else owner,
        created_at=text(row.get("created_at")),
        closed_at=text(row.get("close_at")),
    )


def _message(row):
    ticket, article = text(row.get("ticket_id")), text(row.get("id"))
    sender = (text(row.get("sender")) or "Agent").lower()
    # What an agent writes down for a customer, as on the phone, counts as the customer's.
    author = text(row.get("origin_by_id")) or text(row.get("created_by_id"))
    return MessageRecord(
        ticket=ticket,
        author=author,
        body=text(row.get("body")),
        created_at=text(row.get("created_at")),
        side="customer" if sender == "customer" else "agent",
        is_note=bool(row.get("internal")),
        is_html="html" in text(row.get("content_type")),
        files=[
            [text(each.get("filename")), f"files/{ticket}/{article}/{text(each.get('id'))}"]
            for each in row.get("attachments") or ()
            if isinstance(each, dict)
        ],
    )


def _lines(row):
    """`GET /api/v1/ticket_history/ID`: an object with the list `history`, or its lines."""
    for line in row.get("history", [row]):
        if text(line.get("object")) in {"", "Ticket"} and text(line.get("type")) in TOLD:
            values = [text(line.get("value_from")), text(line.get("value_to"))]
            moved = " → ".join(each for each in values if each)
            yield LineRecord(
                ticket=text(line.get("o_id")),
                at=text(line.get("created_at")),
                who=text(line.get("created_by")) or text(line.get("created_by_id")),
                text=" ".join(
                    filter(None, [text(line.get("type")), text(line.get("attribute")), moved])
                ),
            )
