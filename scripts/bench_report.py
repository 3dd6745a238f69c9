"""The tables of `make bench`: each row with its target, and which are missed."""

import os
import platform
import re
import statistics
from datetime import UTC, datetime
from pathlib import Path

from bench_pages import API, FILTER, LIST, MOST_STATEMENTS, TICKET

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
MOST_GROWTH = 1.15
# Growth is compared between pages that list as many tickets, or nearly.
LEAST_SHARE = 0.9
LEAST_PER_SECOND, MOST_MEGABYTES = 2000, 200
MOST_SECONDS, MOST_WAIT = 20, 1
MOST_IDLE, MOST_USED = 300, 350
FLAT = {LIST, TICKET, FILTER, API}
BATCH_NAMES = {
    "close": "automatic close of 10,000",
    "scan": "scan of 10,000 breaches",
    "plan-change": "plan change of 10,000 open tickets",
    "plan-edit": "plan edit of 10,000 running clocks",
}


class Report:
    """What was measured; `write` makes the tables of it."""

    def __init__(self, sizes, *, is_kept=True):
        self.sizes, self.is_kept = sizes, is_kept
        self.asked, self.times, self.statements, self.shown = [], {}, {}, {}
        self.scans, self.batches, self.memory = [], {}, {}
        self.missed = []

    def write(self):
        """Print the tables, put them into the document. Gives whether every target is met."""
        parts = [self._heading(), *self._pages(), *self._batches(), *self._memory()]
        parts += self._misses()
        text = "\n".join(parts)
        print(text)
        document = DOCUMENT.read_text("utf-8")
        if BEGIN in document and self.is_kept:
            pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
            DOCUMENT.write_text(pattern.sub(lambda _m: f"{BEGIN}\n{text}\n{END}", document))
        return not self.missed

    def _heading(self):
        sizes = ", ".join(f"{size:,}" for size in self.sizes)
        return (
            f"Measured on {datetime.now(UTC):%-d %B %Y, %H:%M} UTC at {sizes} tickets; "
            f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
            f"Python {platform.python_version()}, {database_version()}.\n"
        )

    def _pages(self):
        if not self.times:
            return
        heads = [f"{size:,}: ms, × floor" for size in self.sizes]
        yield "| page | target | " + " | ".join(heads) + " | growth | statements | met |"
        yield "|---" * (len(self.sizes) + 5) + "|"
        for asked in self.asked:
            yield self._page(asked)
        yield ""

    def _page(self, asked):
        ratios = [self._ratio(size, asked) for size in self.sizes]
        cells = [
            f"{statistics.median(self.times[size][asked.name]):.1f}, {ratio:.2f}"
            for size, ratio in zip(self.sizes, ratios, strict=True)
        ]
        start = self._first_as_full(asked)
        growth = ratios[-1] / ratios[start] if start is not None else None
        counts = sorted({len(each[asked.name]) for each in self.statements.values()})
        problems = list(self._problems(asked, ratios, growth, counts))
        self.missed += [f"{asked.name}: {problem}" for problem in problems]
        target = "–" if asked.most is None else f"≤ {asked.most} ×"
        verdict = "–" if asked.most is None else "no" if problems else "yes"
        shown = " or ".join(map(str, counts))
        row = [asked.name, target, *cells, self._growth_shown(asked, start, growth), shown, verdict]
        return f"| {' | '.join(row)} |"

    def _first_as_full(self, asked):
        """The place of the smallest size at which the page lists about as many tickets as at the
        largest; None where none but the largest does."""
        shown = [self.shown[size][asked.name] for size in self.sizes]
        full = [place for place, rows in enumerate(shown) if rows >= LEAST_SHARE * shown[-1]]
        return None if full[0] == len(self.sizes) - 1 > 0 else full[0]

    def _growth_shown(self, asked, start, growth):
        if start == 0:
            return f"{growth:.2f}"
        rows = ", ".join(str(self.shown[size][asked.name]) for size in self.sizes)
        since = "–" if start is None else f"{growth:.2f} from {self.sizes[start]:,}"
        return f"{since} ({rows} rows)"

    def _ratio(self, size, asked):
        """The median of the ratios within each round: what slows one round slows both sides."""
        times = self.times[size]
        pairs = zip(times[asked.name], times[asked.floor], strict=True)
        return statistics.median(one / floor for one, floor in pairs)

    def _problems(self, asked, ratios, growth, counts):
        if asked.most is None:
            return
        if (worst := max(ratios)) > asked.most:
            yield f"{worst:.2f} × the floor, at most {asked.most}"
        if asked.most in FLAT and growth is not None and growth > MOST_GROWTH:
            yield f"grows by {growth:.2f}, at most {MOST_GROWTH}"
        if len(counts) > 1:
            yield f"makes {' or '.join(map(str, counts))} statements, by the data"
        if asked.form is not None and counts[-1] > MOST_STATEMENTS:
            yield f"{counts[-1]} statements, at most {MOST_STATEMENTS}"

    def _batches(self):
        if not self.batches:
            return
        yield "| batch | target | measured | memory, MB | longest wait of another write, s | met |"
        yield "|---|---|---|---|---|---|"
        for key, found in self.batches.items():
            is_job = "longest_wait" in found
            rate, wait = found["done"] / found["seconds"], found.get("longest_wait", 0)
            problems = []
            if is_job and found["seconds"] > MOST_SECONDS:
                problems.append(f"{found['seconds']:.1f} s, at most {MOST_SECONDS}")
            if is_job and wait > MOST_WAIT:
                problems.append(f"another write waited {wait:.1f} s, at most {MOST_WAIT}")
            if not is_job and rate < LEAST_PER_SECOND:
                problems.append(f"{rate:.0f} a second, at least {LEAST_PER_SECOND}")
            if not is_job and found["memory"] > MOST_MEGABYTES:
                problems.append(f"{found['memory']:.0f} MB, at most {MOST_MEGABYTES}")
            self.missed += [f"{BATCH_NAMES[key]}: {problem}" for problem in problems]
            target = f"≤ {MOST_SECONDS} s" if is_job else f"≥ {LEAST_PER_SECOND}/s"
            measured = f"{found['seconds']:.1f} s, {rate:.0f}/s, {found['python']:.1f} s of Python"
            waited = f"{wait:.2f} in {found['writes']} writes" if is_job else "–"
            verdict = "no" if problems else "yes"
            name, memory = BATCH_NAMES[key], f"{found['memory']:.0f}"
            yield f"| {name} | {target} | {measured} | {memory} | {waited} | {verdict} |"
        yield ""

    def _memory(self):
        if not self.memory:
            return
        yield "| memory of web, worker with beat, and Redis (PSS) | target | MB | met |"
        yield "|---|---|---|---|"
        for name, most in [("idle", MOST_IDLE), ("after 10,000 requests", MOST_USED)]:
            used = sum(self.memory[name].values())
            if used > most:
                self.missed.append(f"memory {name}: {used:.0f} MB, at most {most}")
            shares = ", ".join(f"{key} {value:.0f}" for key, value in self.memory[name].items())
            met = "no" if used > most else "yes"
            yield f"| {name} ({shares}) | ≤ {most} | {used:.0f} | {met} |"
        yield ""

    def _misses(self):
        self.missed += [f"sequential scan, {each}" for each in self.scans]
        if self.times:
            verdict = "none" if not self.scans else f"{len(self.scans)}"
            yield f"Sequential scans of tickets, messages, events, clocks or people: {verdict}."
        yield ""
        if not self.missed:
            yield "Every target is met."
            return
        yield f"Missed ({len(self.missed)}):\n"
        yield from (f"- {each.replace('|', ' ')}" for each in self.missed)


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def database_version():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
