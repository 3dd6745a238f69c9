"""What a message to one person consists of, before a channel lays it out: texts, no HTML.

Whoever has something to tell builds `News` of one `Section` (one ticket, or one matter of an
account) or of several (a digest: give each a `heading`), and hands it to a channel. The e-mail
channel puts it into the frame that all mails share (`channels.email.rendering.letter`); nobody
else writes HTML of mails. Names, times and numbers are in it as text, in the reader's language,
what people typed between isolate marks (`isolated`), except `message`, which is as typed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """An address of this site and what to call it."""

    label: str
    url: str


@dataclass(frozen=True)
class Section:
    """One matter, in the order in which it is read."""

    # Shown above a matter of several.
    heading: str = ""
    # Paragraphs before and after the message. A line that is an address of this site is a link,
    # also after a label: "Choose a password: https://…".
    before: tuple[str, ...] = ()
    # A public message as it was typed; it is shown as on the page. Cut where `is_cut`.
    message: str = ""
    is_cut: bool = False
    # Names and sizes of the files of the message.
    files: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    # Where to read on or to answer: the button of a mail with one section.
    link: Link | None = None
    # Of one of several: where an answer to it becomes the person's message; "" where none is read.
    reply_to: str = ""
    # (label, value) of the one line of facts; a label may be "".
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class News:
    """A message to one person. `message_id` is the same at every attempt."""

    subject: str
    language: str
    message_id: str
    sections: tuple[Section, ...]
    # What it belongs to: messages with the same thread are shown together.
    thread: str = ""
    # Where an answer by e-mail becomes the person's message, and where on a closed ticket it is
    # just thanks; "" where answers are not read.
    reply_to: str = ""
    thanks_to: str = ""
    # Where a server reports that it could not deliver it; "" where reports are not read.
    return_path: str = ""
    # Where to choose what one is sent, and where to stop messages of this topic with one click;
    # "" for what is sent whatever was chosen.
    choices_url: str = ""
    unsubscribe_url: str = ""

    @property
    def body(self):
        """The paragraphs, without the message and the facts."""
        return "\n\n".join(
            text for each in self.sections for text in (*each.before, *each.after) if text
        )

    @property
    def url(self):
        """Where the first section leads to; "" when nowhere."""
        return next((each.link.url for each in self.sections if each.link), "")


def isolated(text):
    """The text between marks that keep its direction to itself; "" stays ""."""
    return f"\u2068{text}\u2069" if text else ""
