"""What an incoming mail is once it has been read, and how much of one is read at all."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# A larger mail is stored, but only its header is read.
MOST_BYTES = 25 * 1024 * 1024
# Parts and nested containers that are read; real mails have a few dozen at most.
MOST_PARTS, MOST_CONTAINERS = 500, 60
# Lines of a mail, and of its header. The parser matches each line with the boundary of each open
# container, so that their product is limited, too.
MOST_LINES, MOST_HEADER_LINES, MOST_LINE_MATCHES = 1_000_000, 5_000, 12_000_000
# Of one header, of a header that describes a part, of the text and of the HTML: characters.
LONGEST_HEADER, LONGEST_PART_HEADER = 16_000, 4_000
LONGEST_TEXT, LONGEST_HTML = 500_000, 2_000_000
# The cleaner of HTML takes time by the square of the depth, and of what looks like entities: where
# there are more of them, tags are just removed.
MOST_TAGS, MOST_ENTITIES = 20_000, 100_000
LONGEST_SUBJECT = 300


class Kind(StrEnum):
    """Who wrote a mail. Only what a person wrote can become a message or be answered."""

    HUMAN = "human"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    LIST = "list"
    OWN = "own"


class Problem(StrEnum):
    """Why the text of a mail could not be read; the mail itself is kept."""

    NONE = ""
    TOO_LARGE = "too_large"
    TOO_COMPLEX = "too_complex"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    EMPTY = "empty"


@dataclass(frozen=True)
class Envelope:
    """What the mail server knew beside the mail. `sender` is "" for a bounce, None if unknown."""

    sender: str | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class MailFile:
    """A file that came with a mail; `content_id` is set where the text shows it."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    is_inline: bool = False
    content_id: str = ""


@dataclass(frozen=True)
class Failure:
    """What a delivery report says of one recipient."""

    recipient: str
    is_permanent: bool
    status: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Bounce:
    """A delivery report: which mail could not be delivered to whom, and why."""

    failures: tuple[Failure, ...] = ()
    # The Message-ID of the mail that was not delivered, without brackets.
    original_id: str = ""
    is_delay: bool = False


@dataclass(frozen=True)
class IncomingMail:
    """A mail as it was read. Nothing in it is to be trusted, least of all the sender."""

    kind: Kind
    problem: Problem = Problem.NONE
    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    # In the order of trust: envelope, Delivered-To, X-Original-To, To, Cc.
    recipients: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    # What the person wrote now, what they quoted, and how they signed.
    text: str = ""
    quoted: str = ""
    signature: str = ""
    files: tuple[MailFile, ...] = ()
    bounce: Bounce | None = None
    # A short word for why the mail counts as what it is, such as "auto-submitted".
    mark: str = ""

    @property
    def folded(self):
        """What is shown on demand only: the signature, then the quote."""
        return "\n\n".join(filter(None, (self.signature, self.quoted)))
