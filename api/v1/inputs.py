"""The bodies that requests send."""

from typing import Literal

from pydantic import Field, StrictStr

from . import kinds
from .kinds import Input


class Nothing(Input):
    """An empty object, or no body."""


class NewTicket(Input):
    """A ticket to open. Members file in their own name; staff name the member it is for."""

    title: kinds.Title
    description: kinds.Body
    category: kinds.Category
    priority: kinds.Priority = "normal"
    organization: kinds.OrganizationKey = Field(
        "", description="Needed by staff, and by members of several organizations."
    )
    requester: kinds.Key | None = Field(None, description="A member; needed by staff alone.")
    attachments: kinds.Files = Field([], description="What was uploaded before.")


class Also(Input):
    """What an answer of staff changes besides the status, in one act; empty changes nothing."""

    priority: kinds.Priority | Literal[""] = ""
    reason: kinds.Reason = Field("", description="Needed where the priority becomes lower.")
    category: kinds.Category | Literal[""] = ""
    assignee: kinds.Key | None = None
    tags: kinds.Keys = Field([], description="Tags to add.")


class Reply(Input):
    """A public message of either side."""

    body: kinds.Body
    attachments: kinds.Files = []
    then: kinds.Then = Field("wait", description="Of staff: what happens after it.")
    reopen: kinds.Flag = Field(False, description="Of staff: on a closed ticket, reopen and send.")
    intent: kinds.Intent | None = Field(
        None, description="Of members, on a closed ticket: what they mean."
    )
    also: Also | None = Field(None, description="Of staff: further changes of the ticket.")
    canned: kinds.Keys = Field([], description="Of staff: canned replies it was written with.")


class Note(Input):
    """An internal note."""

    body: kinds.Body
    attachments: kinds.Files = []


class Accept(Input):
    """Whom the ticket is taken from, if somebody has it."""

    take_over_from: kinds.Key | None = None


class Assign(Input):
    """Whose the ticket becomes; null is nobody."""

    assignee: kinds.Key | None


class Transfer(Input):
    """The team or the agent that gets the ticket, and an internal note for them."""

    team: kinds.Key | None = None
    assignee: kinds.Key | None = None
    note: kinds.Note = Field("", description="Needs the scope `notes` too.")


class Snooze(Input):
    """Until when the ticket is put away; null is until the next message."""

    until: kinds.Moment | None


class Split(Input):
    """The message that becomes the description of a new ticket, and the title of that."""

    message: kinds.Key
    title: kinds.Title


class PriorityChange(Input):
    """Another priority; lowering it, and raising it by members, needs a reason."""

    priority: kinds.Priority
    reason: kinds.Reason = ""


class CategoryChange(Input):
    """Another category."""

    category: kinds.Category


class TagChange(Input):
    """Tags, by their ids, to put on the ticket and to take away."""

    add: kinds.Keys = []
    remove: kinds.Keys = []


class Merge(Input):
    """The ticket that this one is merged into. Where members see only their own tickets,
    `shown_to` are the ids of those who may see what they would come to see by the merge."""

    into: kinds.Number
    shown_to: kinds.Keys = []


class Link(Input):
    """Another ticket, and what it is to this one."""

    number: kinds.Number
    relation: kinds.Relation


class Unlink(Input):
    """The ticket whose link ends."""

    number: kinds.Number


class Hold(Input):
    """Why the ticket does not close automatically."""

    reason: kinds.Reason


class NewRating(Input):
    """How it went, 1 to 5."""

    is_solved: kinds.Flag
    score: kinds.Score
    words: StrictStr = Field("", max_length=1000)


class WatcherChange(Input):
    """Colleagues of the requester, by their ids."""

    add: kinds.Keys = []
    remove: kinds.Keys = []


class Bulk(Input):
    """One action on many tickets, and what it needs: `assignee` (null is nobody), `priority` with
    `reason`, `category`, `add` and `remove` of tags, or `macro`."""

    numbers: kinds.Numbers
    action: kinds.BulkAction
    assignee: kinds.Key | None = None
    priority: kinds.Priority | Literal[""] = ""
    reason: kinds.Reason = ""
    category: kinds.Category | Literal[""] = ""
    add: kinds.Keys = []
    remove: kinds.Keys = []
    macro: kinds.Key | None = None


class ReportFile(Input):
    """The table of the report, or a line for each promise behind it."""

    content: kinds.ReportContent = "table"
    format: kinds.FileFormat = "csv"
