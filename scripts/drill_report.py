"""The table of `make drill`, printed and written to docs/operations.md."""

import itertools
import os
import platform
import re
import time
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "operations.md"
BEGIN, END = "<!-- make drill: begin -->", "<!-- make drill: end -->"


def gap(acts, begun, ended, *, is_read):
    """The longest time without a successful write, or read, of anybody, until the fault was over:
    that is when each person has succeeded again."""
    ends = sorted(act["end"] for act in acts if act["ok"] and (act["kind"] == "read") == is_read)
    before = [each for each in ends if each <= begun][-1:] or [begun]
    within = [each for each in ends if begun < each < ended]
    marks = [*before, *within, ended]
    return max(two - one for one, two in itertools.pairwise(marks))


def of(acts, begun, ended):
    """What came to its end during the fault."""
    return [act for act in acts if begun < act["end"] <= ended]


def longest(acts, begun, ended):
    """The longest that one person waited for one act."""
    return max((act["end"] - act["at"] for act in of(acts, begun, ended)), default=0)


def failed_tries(acts, begun, ended):
    return sum(len(act["tries"]) - 1 for act in of(acts, begun, ended))


def cells(fault, acts):
    span = (fault.begun, fault.ended)
    writes, reads = (gap(acts, *span, is_read=is_read) for is_read in (False, True))
    return [
        fault.name,
        f"{writes:.1f}",
        f"{reads:.1f}",
        f"{longest(acts, *span):.1f}",
        str(failed_tries(acts, *span)),
    ]


def line_of(fault, acts):
    name, writes, reads, waited, again = cells(fault, acts)
    return (
        f"{name}: no write for {writes} s, no read for {reads} s, {waited} s for one, {again} again"
    )


class Report:
    def __init__(self, faults, acts, found, skipped, slow):
        self.faults, self.acts, self.found = faults, acts, found
        self.skipped, self.slow = skipped, slow
        self.took, self.postgresql = 0.0, ""

    def write(self, *, is_kept):
        """Print the report, and put it in its place. Gives the exit code."""
        text = "\n".join(self._lines())
        print(f"\n{text}\n", flush=True)
        document = DOCUMENT.read_text("utf-8")
        if is_kept and BEGIN in document:
            pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
            DOCUMENT.write_text(
                pattern.sub(lambda _m: f"{BEGIN}\n{text}\n{END}", document), "utf-8"
            )
        return 1 if self.found["wrong"] else 0

    def _lines(self):
        yield self._heading()
        yield ""
        yield "| fault | no write, s | no read, s | one act, s | sent again |"
        yield "|---|---|---|---|---|"
        for fault in self.faults:
            yield f"| {' | '.join(cells(fault, self.acts))} |"
        yield ""
        counts = self.found["counts"]
        yield (
            "Afterwards: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()) + "."
        )
        yield ""
        yield from (f"- Not done: {each}." for each in self.skipped)
        if not self.found["wrong"]:
            yield "Nothing was lost, doubled, early or wrong."
        yield from (f"- WRONG: {each}" for each in self.found["wrong"])

    def _heading(self):
        at = time.strftime("%d %B %Y, %H:%M UTC", time.gmtime())
        load = os.getloadavg()[1]
        return (
            f"Run on {at}; {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} with the "
            f"drill; Python {platform.python_version()}, {self.postgresql}; {self.took:.0f} s with "
            f"the start. Slow: {self.slow}."
        )
