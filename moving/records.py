"""The one form between the readers of other systems and the writer: what a row there says.

All values are text, as it was read; ids are those of the source. Nothing here knows the database.
"""

from dataclasses import dataclass, field


class ImportRefused(Exception):
    """The import cannot begin or go on; the message is a sentence for the operator."""


@dataclass
class OrganizationRecord:
    id: str
    name: str


@dataclass
class PersonRecord:
    """Somebody there. `role` is `agent`, `owner`, `manager` or `member`."""

    id: str
    email: str
    name: str
    organization: str = ""
    role: str = "member"


@dataclass
class TicketRecord:
    """A ticket there; `organization` is an id or a name, the people are ids or addresses."""

    id: str
    number: str
    title: str
    status: str
    priority: str
    category: str
    requester: str
    created_at: str
    organization: str = ""
    assignee: str = ""
    closed_at: str = ""


@dataclass
class MessageRecord:
    """A message there. `side` is `agent`, `customer` or empty: then its author tells. `files` are
    pairs of a shown name and a path inside the folder of the import."""

    ticket: str
    author: str
    body: str
    created_at: str
    side: str = ""
    is_note: bool = False
    is_html: bool = False
    files: list = field(default_factory=list)


@dataclass
class LineRecord:
    """A line of a ticket's history there."""

    ticket: str
    at: str
    who: str
    text: str


KINDS = (OrganizationRecord, PersonRecord, TicketRecord, MessageRecord, LineRecord)
