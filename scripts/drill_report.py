"""The tables of `make drill`, printed and written to docs/operations.md."""

import itertools
import os
import platform
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from drill_faults import MACHINES, WAYS

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "operations.md"
BEGIN, END = "<!-- make drill: begin -->", "<!-- make drill: end -->"


@dataclass
class Seen:
    """What went well while machines failed: acts of people, and when mails arrived and periodic
    tasks ended (seconds since 1970)."""

    acts: list
    mails: list = field(default_factory=list)
    runs: list = field(default_factory=list)

    def writes(self):
        return self._ends(is_read=False)

    def reads(self):
        return self._ends(is_read=True)

    def _ends(self, *, is_read):
        """When acts that were acknowledged came to their end."""
        return [act["end"] for act in self.acts if act["ok"] and (act["kind"] == "read") == is_read]

    def all_is_well_since(self, moment):
        """Whether after that moment each person did something, a mail came and a task ran."""
        names = {act["who"] for act in self.acts}
        after = {act["who"] for act in self.acts if act["at"] >= moment and act["ok"]}
        lasts = [max(times, default=0) for times in (self.mails, self.runs)]
        return after >= names and min(lasts) >= moment

    def gaps(self, fault):
        """The longest times, in seconds, without a write, a read, a mail and a periodic task."""
        span = (fault.begun, fault.ended)
        return [gap(times, *span) for times in (self.writes(), self.reads(), self.mails, self.runs)]

    def of(self, fault):
        """The acts that came to their end during the fault."""
        return [act for act in self.acts if fault.begun < act["end"] <= fault.ended]

    def longest(self, fault):
        """The longest that one person waited for one act."""
        return max((act["end"] - act["at"] for act in self.of(fault)), default=0)

    def failed_tries(self, fault):
        return sum(len(act["tries"]) - 1 for act in self.of(fault))


def gap(times, begun, ended):
    """The longest time without one of these, from the last before the fault until it was over."""
    times = sorted(times)
    before = [each for each in times if each <= begun][-1:] or [begun]
    within = [each for each in times if begun < each < ended]
    return max(two - one for one, two in itertools.pairwise([*before, *within, ended]))


def line_of(fault, seen):
    writes, reads, mails, runs = (f"{each:.1f} s" for each in seen.gaps(fault))
    return (
        f"{fault.name}: no write for {writes}, no read for {reads}, no mail for {mails}, no task "
        f"for {runs}; {seen.longest(fault):.1f} s for one act, {seen.failed_tries(fault)} again; "
        f"over after {fault.ended - fault.begun:.0f} s"
    )


class Report:
    def __init__(self, faults, seen, found, skipped, slow):
        self.faults, self.seen, self.found = faults, seen, found
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
        for title, start in (("No write / no read, s", 0), ("No mail / no periodic task, s", 2)):
            yield ""
            yield from self._by_machine(title, start)
        yield ""
        yield from self._special()
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

    def _by_machine(self, title, start):
        """A table with two of the gaps of each machine in each way."""
        faults = {fault.name: fault for fault in self.faults}
        yield f"| {title} | {' | '.join(WAYS)} |"
        yield "|---" * (len(WAYS) + 1) + "|"
        for machine in MACHINES.values():
            cells = [
                self._pair(faults[name], start) if (name := f"{machine} {way}") in faults else "–"
                for way in WAYS
            ]
            yield f"| {machine} | {' | '.join(cells)} |"

    def _pair(self, fault, start):
        return " / ".join(f"{each:.1f}" for each in self.seen.gaps(fault)[start : start + 2])

    def _special(self):
        yield "| what else, s | no write | no read | no mail | no task | one act |"
        yield "|---|---|---|---|---|---|"
        for fault in self.faults:
            if not fault.machine:
                gaps = [*self.seen.gaps(fault), self.seen.longest(fault)]
                yield f"| {fault.name} | {' | '.join(f'{each:.1f}' for each in gaps)} |"
        if self.faults:
            worst = max(self.faults, key=self.seen.longest)
            yield ""
            yield (
                f"One person waited for one act {self.seen.longest(worst):.1f} s at most "
                f"({worst.name})."
            )

    def _heading(self):
        at = time.strftime("%d %B %Y, %H:%M UTC", time.gmtime())
        load = os.getloadavg()[1]
        return (
            f"Run on {at}; {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} with the "
            f"drill; Python {platform.python_version()}, {self.postgresql}; {self.took:.0f} s with "
            f"the start. Slow: {self.slow}."
        )
