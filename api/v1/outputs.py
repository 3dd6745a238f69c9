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
    contents_removed_at: datetime | None = Field(
        description="Since when its texts and files are gone, by the retention rule."
    )
    due_at: datetime | None
    auto_close_at: datetime | None
    merged_into: str | None
    last_message_id: int | None = Field(description="The last public message.")
    assignee: Person | None = Field(None, description=STAFF)
    team: Tag | None = Field(None, description=STAFF)
    tags: list[Tag] = Field([], description=STAFF)
    waiting_since: datetime | None = Field(None, description=STAFF)
    snoozed_until: datetime | None = Field(None, description=STAFF)


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


class Watchers(Schema):
    items: list[Person]


class LinkedTicket(Schema):
    """What another ticket is to this one."""

    number: str
    title: str
    status: str
    relation: str


class Links(Schema):
    items: list[LinkedTicket]


class KnownTag(Tag):
    colour: str
    is_retired: bool = Field(description="A retired one is put on nothing any more.")


class Tags(Schema):
    items: list[KnownTag]


class Team(Tag):
    categories: list[str] = Field(description="Whose new tickets go to it.")
    members: list[Person]


class Teams(Schema):
    items: list[Team]


class Agent(Person):
    is_present: bool = Field(description="Whether new tickets are given to them.")


class Agents(Schema):
    items: list[Agent]


class CannedReply(Schema):
    """A text of agents; a macro also changes the ticket that it is sent on."""

    id: int
    title: str
    scope: str = Field(description="own, team or shared")
    team: Tag | None
    category: str = Field(description="For tickets of this category; empty for all.")
    body_fa: str
    body_en: str
    is_macro: bool
    then: str
    priority: str
    reason: str
    new_category: str
    assignee: Person | None
    tags: list[int]


class CannedReplies(Schema):
    items: list[CannedReply]
    next: str | None


class Offer(Schema):
    """A canned reply with the values of one ticket, in the language of its requester."""

    id: int
    title: str
    text: str
    summary: str = Field(description="What else it does, in words.")
    warnings: list[str]


class Offers(Schema):
    items: list[Offer]


class BulkRun(Schema):
    """How far an action on many tickets is."""

    id: int
    action: str
    total: int
    missing: int = Field(description="Numbers that belong to no ticket.")
    waiting: int
    done: int
    unchanged: int
    skipped: int
    started_by: Person
    created_at: datetime
    stopped_at: datetime | None
    finished_at: datetime | None


class BulkRuns(Schema):
    items: list[BulkRun]
    next: str | None


class BulkLine(Schema):
    """What became of one ticket; `code` and `reason` say why nothing was done."""

    number: str
    outcome: str
    code: str
    reason: str


class BulkLines(Schema):
    items: list[BulkLine]
    next: str | None


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
