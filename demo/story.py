"""What a demo ticket is made of: its first message, what was done to it, and when."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

_SPAN = re.compile(r"(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)?")
_ITEM = re.compile(r"(- |[0-9۰-۹]+[.)] )")


def span(text):
    """The duration written as `3d 4h 20m`. Raises ValueError for anything else."""
    match = _SPAN.fullmatch(text)
    if not match or not text:
        raise ValueError(f"Not a span of time: {text!r}")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def prose(text):
    """`text` as a person would have typed it: the lines of a paragraph joined.

    Paragraphs are parted by an empty line. An item of a list begins a line; an indented paragraph
    is code, which people fence with backticks.
    """
    lines = text.strip("\n").rstrip().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    paragraphs = "\n".join(line[margin:].rstrip() for line in lines).split("\n\n")
    return "\n\n".join(_paragraph(each) for each in paragraphs).strip()


def _paragraph(text):
    if text.startswith("    "):
        code = "\n".join(line.removeprefix("    ") for line in text.split("\n"))
        return f"```\n{code}\n```"
    joined = ""
    for line in text.split("\n"):
        joined += line if not joined else ("\n" if _ITEM.match(line) else " ") + line
    return joined


# --- When a ticket happened, counted from the moment at which the demo is loaded ------------------


@dataclass(frozen=True)
class Opened:
    """Opened this long ago; with `at`, at that time of day in Tehran, on a day of work."""

    ago: str
    at: str = ""


@dataclass(frozen=True)
class Answered:
    """The latest answer of support came this long ago."""

    ago: str


@dataclass(frozen=True)
class Waits:
    """What waits for an answer has used this share of its promised time; above 1 is overdue."""

    share: float


# --- What was done to it -----------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """`who` did something, `after` the act before it."""

    who: str
    after: str
    text: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Says(Act):
    """A customer writes."""


@dataclass(frozen=True)
class Thanks(Act):
    """A customer writes just thanks on a closed ticket."""


@dataclass(frozen=True)
class Answers(Act):
    """An agent replies and waits for the customer."""

    then = "wait"


@dataclass(frozen=True)
class Works(Answers):
    """An agent replies and keeps working."""

    then = "work"


@dataclass(frozen=True)
class Resolves(Answers):
    """An agent replies and closes."""

    then = "close"


@dataclass(frozen=True)
class Notes(Act):
    """An agent writes what no customer sees."""


@dataclass(frozen=True)
class Accepts(Act):
    """An agent accepts the ticket."""


@dataclass(frozen=True)
class TakesOver(Act):
    """An agent takes the ticket over from the assignee."""


@dataclass(frozen=True)
class Releases(Act):
    """The assignee gives the ticket back to the queue."""


@dataclass(frozen=True)
class Resumes(Act):
    """An agent goes on working without a message."""


@dataclass(frozen=True)
class Closes(Act):
    """The customer closes."""


@dataclass(frozen=True)
class Reopens(Act):
    """Either side reopens by a click."""


@dataclass(frozen=True)
class Holds(Act):
    """An agent holds the automatic close; the text is the reason."""


@dataclass(frozen=True)
class Assigns(Act):
    """The assignee or a supervisor hands the ticket to `to`."""

    to: str = ""


@dataclass(frozen=True)
class Prioritizes(Act):
    """Somebody changes the priority to `to`; the text is the reason."""

    to: str = ""


@dataclass(frozen=True)
class Aside(Act):
    """What leaves the course of the ticket as it is."""


@dataclass(frozen=True)
class Watches(Aside):
    """Somebody adds the colleagues `people` as watchers."""

    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rates(Aside):
    """A customer says of the closed ticket how it went; the text may be empty."""

    score: int = 5
    is_solved: bool = True


@dataclass(frozen=True)
class Categorizes(Act):
    """An agent moves the ticket to the category `to`."""

    to: str = ""


@dataclass(frozen=True)
class Story:
    """One ticket: who asked for what, when, and what became of it."""

    title: str
    who: str
    category: str
    priority: str
    when: Opened | Answered | Waits
    text: str
    acts: list[Act] = field(default_factory=list)
    files: tuple[str, ...] = ()
    # The agent who filed it for the customer, after a telephone call.
    filed_by: str = ""
