"""What is taken out of the log: tokens and passwords, addresses and numbers of people."""

import re
import traceback

# No line is longer, whatever address somebody asks for.
MOST_LETTERS = 4000
# What a failure says may hold what somebody wrote: its beginning tells what failed.
MOST_OF_A_FAILURE = 200
MOST_CAUSES = 5

MASKS = [
    # A part of a path that is long enough to be a token: of an invitation, a reset, a confirmation.
    (re.compile(r"/[\w:=~-]{24,}"), "/[token]"),
    (re.compile(r"\b(?:hdk_[0-9a-z]{10}_|whsec_)[\w+/=-]+"), "[token]"),
    (re.compile(r"\b(Bearer|Basic)\s+[^\s\"',]{6,}", re.IGNORECASE), r"\1 [token]"),
    (
        re.compile(r"([?&](?:token|key|code|signature|password|secret)=)[^&\s\"']+", re.IGNORECASE),
        r"\1[token]",
    ),
    (re.compile(r"(//[^/\s:@]{0,64}:)[^/\s@]{1,128}@"), r"\1[password]@"),
    (re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@\w[\w-]{0,62}(?:\.[\w-]{1,63})+"), "[address]"),
    # A mobile number, as it is stored and as it is written in Iran.
    (re.compile(r"(?<!\w)(?:\+\d{8,14}|(?:0098|0)9\d{9})(?!\w)"), "[number]"),
]
# The rows of the database quote values.
QUOTES = re.compile(r"^(DETAIL|CONTEXT|QUERY|LINE \d+):.*", re.MULTILINE | re.DOTALL)


def masked(text):
    """The text without what identifies people or opens something."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def failure_text(error):
    """Where the failure and its causes happened, and the masked beginning of what they say."""
    parts = []
    while error is not None and len(parts) < MOST_CAUSES:
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{frames}{type(error).__qualname__}: {_message(error)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\ncaused by\n".join(parts)


def _message(error):
    """The first line of what it says, which of the database's holds no values."""
    lines = QUOTES.sub("", str(error)[:MOST_LETTERS]).splitlines() or [""]
    shown = masked(lines[0])
    return shown[:MOST_OF_A_FAILURE] + "…" * (len(shown) > MOST_OF_A_FAILURE)
