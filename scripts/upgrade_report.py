"""The result of `make upgrade-drill`: printed, and written to docs/operations.md."""

import os
import platform
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "operations.md"
BEGIN, END = "<!-- make upgrade-drill: begin -->", "<!-- make upgrade-drill: end -->"
# Of these any at all is a fault.
FAULTS = (
    *("lost", "twice", "without an event", "without a clock though promised"),
    *("columns to correct", "invalid indexes", "constraints not validated"),
    "notifications failed",
)


def placed(text, document):
    """The document with the text between its marks."""
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not pattern.search(document):
        raise ValueError(f"{DOCUMENT.name} has no {BEGIN}")
    return pattern.sub(lambda _match: f"{BEGIN}\n{text}\n{END}", document)


def longest_gap(answers):
    """The longest time in which no good answer came to anybody, in seconds."""
    ends = sorted(each.began + each.seconds for each in answers if each.is_good)
    return max((later - sooner for sooner, later in pairwise(ends)), default=0.0)


def print_failures(book):
    counted = Counter((each.phase, each.what, each.outcome) for each in book.failures())
    for (phase, what, outcome), count in counted.most_common(20):
        print(f"  {phase}: {what} failed {count} times: {outcome[:200]}", flush=True)


class Report:
    """What one drill found."""

    def __init__(self, name, commit, tickets, drill, book, rows, when):
        self.release, self.tickets, self.drill, self.book = (name, commit[:7]), tickets, drill, book
        self.rows, self.when = rows, when

    @property
    def faults(self):
        return {name: self.rows[name] for name in FAULTS if self.rows[name]}

    def write(self):
        """Print it, put it into the document; whether nothing was lost."""
        text = "\n".join(self._lines())
        print(text)
        print_failures(self.book)
        for name, printed in self.drill.printed.items():
            print(f"\n--- {name}\n{printed}")
        is_well = not (self.faults or self.book.failures())
        if self.faults:
            print(f"WRONG: {self.faults}")
        if not os.environ.get("FROM"):
            DOCUMENT.write_text(placed(text, DOCUMENT.read_text("utf-8")), "utf-8")
        return is_well

    def _lines(self):
        name, commit = self.release
        shown = commit if name.startswith(commit) else f"{name} ({commit})"
        answers, rows = self.book.answers, self.rows
        writes = sum(bool(each.marker) for each in answers)
        yield (
            f"{self.when:%-d %B %Y}, from {shown}, {self.tickets:,} tickets; "
            f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}. "
            f"{len(answers):,} requests, {writes:,} of them writes: "
            f"**{len(self.book.failures())} failed**, {len(rows['lost'])} acknowledged writes "
            f"lost, {len(rows['twice'])} done twice; {rows['columns to correct']} rows with wrong "
            "columns. "
            f"The longest time without any answer was {longest_gap(answers):.1f} s."
        )
        yield ""
        yield "| step | took | requests | failed | slowest |"
        yield "|---|---|---|---|---|"
        for phase, seconds in self.drill.seconds.items():
            of_phase = [each for each in answers if each.phase == phase]
            slowest = max((each.seconds for each in of_phase), default=0)
            failed = sum(not each.is_good for each in of_phase)
            yield f"| {phase} | {seconds:.1f} s | {len(of_phase)} | {failed} | {slowest:.1f} s |"
