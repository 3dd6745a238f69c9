"""What answers hold. A field that is for staff alone is not there for members at all."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

STAFF = "For staff alone."


class Person(Schema):
    id: int
    name: str


class Plan(Schema):
    key: str
    name: str


class Cell(Schema):
    """What is promised for a priority; null is no commitment."""

    priority: str
    target_seconds: int | None
    aim_seconds: int | None
    resolution_seconds: int | None


class PlanMatrix(Plan):
    is_around_the_clock: bool
    is_present: bool = Field(description="Whether it is the plan of the organization asked for.")
    cells: list[Cell]


class Plans(Schema):
    items: list[PlanMatrix]


class Organization(Schema):
    key: str
    name: str
    plan: Plan
    is_suspended: bool
    role: str | None = Field(description="What the owner of the key is in it.")


class Organizations(Schema):
    items: list[Organization]
    next: str | None


class Member(Person):
    role: str
    email: str = Field("", description="For staff, owners and managers.")


class Members(Schema):
    items: list[Member]
    next: str | None


class Me(Schema):
    """Whom the key acts as, and what it may be used for."""

    id: int
    name: str
    staff_role: str
    key: str
    prefix: str
    scopes: list[str]
    expires_at: datetime


class OrganizationName(Schema):
    key: str
    name: str


class Tag(Schema):
    id: int
    name: str


class Ticket(Schema):
    number: str
    title: str
    status: str
    priority: str
    category: str
    organization: OrganizationName
    requester: Person
    created_at: datetime
    updated_at: datetime = Field(description="For members the last public change.")
    closed_at: datetime | None
    due_at: datetime | None
    auto_close_at: datetime | None
    merged_into: str | None
    last_message_id: int | None = Field(description="The last public message.")
    assignee: Person | None = Field(None, description=STAFF)
    team: Tag | None = Field(None, description=STAFF)
    tags: list[Tag] = Field([], description=STAFF)
    waiting_since: datetime | None = Field(None, description=STAFF)


class Tickets(Schema):
    items: list[Ticket]
    next: str | None = Field(description="The cursor of the next page.")
    is_partial: bool = Field(description="Whether a search found more than it gives.")


class File(Schema):
    id: UUID
    name: str
    size: int
    content_type: str
    url: str


class Message(Schema):
    id: int
    kind: str = Field(description="public or note")
    author: Person
    is_from_staff: bool
    channel: str
    body: str
    created_at: datetime
    attachments: list[File]


class Messages(Schema):
    items: list[Message]
    next: str | None


class Change(Schema):
    """A field before and after."""

    field: str
    before: str | None
    after: str | None


class Event(Schema):
    id: int
    kind: str
    at: datetime
    actor: Person | None = Field(
        description="Null is the system. Of staff, members learn the side alone."
    )
    is_by_staff: bool
    api_key: str | None = Field(description="The name of the key by which it was done.")
    text: str = Field(description="As the history of the page says it.")
    changes: list[Change]


class Events(Schema):
    items: list[Event]
    next: str | None


class Stretch(Schema):
    """Time in which the clock counted, in its calendar."""

    started_at: datetime
    ended_at: datetime | None


class LedgerLine(Schema):
    """Why the due is what it is."""

    reason: str
    at: datetime
    old_due_at: datetime | None
    new_due_at: datetime | None


class SumLine(Schema):
    """A line of the explanation, as its page shows it."""

    tone: str
    when: str
    why: str
    counted: str
    total: str


class Clock(Schema):
    id: int
    kind: str
    state: str
    priority: str
    plan: str
    target_seconds: int
    aim_seconds: int | None = Field(None, description=STAFF)
    started_at: datetime
    due_at: datetime | None
    due_soon_at: datetime | None
    breached_at: datetime | None
    paused_at: datetime | None
    stopped_at: datetime | None
    result: str
    stretches: list[Stretch]
    ledger: list[LedgerLine]
    explanation: list[SumLine]


class Clocks(Schema):
    items: list[Clock]
    next: str | None
    nothing: str = Field(description="Why nothing is promised now, if so.")


class Rating(Schema):
    is_solved: bool
    score: int
    words: str
    rated_by: Person
    rated_at: datetime


class Figure(Schema):
    value: str
    label: str
    counted: int
    kept: int
    late: int
    withdrawn: int
    open_late: int
    kept_share: float | None
    with_aim: int
    within_aim: int
    median_seconds: float | None
    p90_seconds: float | None


class Report(Schema):
    first_day: str
    last_day: str
    kind: str
    by: str
    total: Figure
    rows: list[Figure]


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict] = []
