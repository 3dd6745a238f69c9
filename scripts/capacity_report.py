"""What `make capacity` found, as the measured part of docs/capacity.md."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from bench_report import database_version, processor
from mixed_load import SHARES

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "capacity.md"
BEGIN, END = "<!-- make capacity: begin -->", "<!-- make capacity: end -->"
MOST_TABLES = 7
# Seconds of a processor: a cost that is too small to be measured counts as this.
LEAST_COST = 0.0001
# What is left free of a processor, for the minutes in which more comes than on average.
USED = 0.6
# What one person asks for in a minute: an agent at work, and a customer during a visit.
AGENT = {"page": 2, "poll": 5, "write": 0.5}
VISITOR = {"page": 1.5, "poll": 2, "write": 0.1}
# A visit takes so many minutes, and each customer comes so often in a busy hour.
MINUTES, VISITS = 6, 0.05
# (machines, those of them for the database, or none where it shares the one).
FLEETS = [(1, 0), (3, 1), (10, 1)]


class Report:
    """Tables of sizes, of costs, of the steps, and what follows from them."""

    def __init__(self, size, webs):
        self.size, self.webs = size, webs
        self.sizes, self.kinds, self.steps, self.idle = [], {}, [], {}

    def measure_sizes(self):
        """The bytes of each large table and its indexes, of all, and how many tickets there are."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tickets_ticket")
            [self.tickets] = cursor.fetchone()
            cursor.execute("SELECT pg_database_size(current_database())")
            [self.bytes] = cursor.fetchone()
            cursor.execute(
                "SELECT relname, pg_table_size(oid), pg_indexes_size(oid), reltuples FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                " ORDER BY pg_total_relation_size(oid) DESC LIMIT %s",
                [MOST_TABLES],
            )
            self.sizes = cursor.fetchall()

    def add_kind(self, kind, found, used):
        """What one request of a kind costs, without what the processes use when nobody asks."""
        costs = {
            name: max(each - self.idle.get(name, 0) * found.seconds, 0) / max(found.count, 1)
            for name, each in used.items()
        }
        self.kinds[kind] = (costs, found.middle(kind), found.late(kind))
        print(f"{kind}: {costs}, {found.count} in {found.seconds:.0f} s, {dict(found.wrong)}")

    def add_step(self, rate, found, used):
        self.steps.append((rate, found, used))
        late = {kind: round(found.late(kind)) for kind in self.kinds}
        print(f"{rate:.1f} a second: {late} ms, {used}, {dict(found.wrong)}", flush=True)

    def write(self, *, is_kept):
        text = "\n".join(
            [self._heading(), *self._sizes(), *self._kinds(), *self._steps(), *self._fleets()]
        )
        print(text)
        if is_kept:
            document = DOCUMENT.read_text("utf-8")
            pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
            DOCUMENT.write_text(pattern.sub(lambda _m: f"{BEGIN}\n{text}\n{END}", document))

    def _heading(self):
        return (
            f"Measured on {datetime.now(UTC):%-d %B %Y, %H:%M} UTC at {self.tickets:,} tickets; "
            f"{processor()}, {os.cpu_count()} cores, for the load too, which was "
            f"{os.getloadavg()[0]:.1f} at the end; {self.webs} web processes; "
            f"Python {platform.python_version()}, {database_version()}.\n"
        )

    def _sizes(self):
        yield "| table | MB | of it indexes | rows a ticket | bytes a ticket |"
        yield "|---|---|---|---|---|"
        for name, table, indexes, rows in self.sizes:
            each = f"{rows / self.tickets:.1f} | {(table + indexes) / self.tickets:,.0f}"
            yield f"| `{name}` | {(table + indexes) / 1e6:,.0f} | {indexes / 1e6:,.0f} | {each} |"
        a_ticket = self.bytes / self.tickets
        yield f"| all | {self.bytes / 1e6:,.0f} | | | {a_ticket:,.0f} |\n"

    def _kinds(self):
        yield "| one alone | web, ms | database, ms | worker, ms | median, ms | 95 %, ms |"
        yield "|---|---|---|---|---|---|"
        for kind, (costs, middle, late) in self.kinds.items():
            cells = " | ".join(f"{costs[name]:.1f}" for name in ("web", "database", "worker"))
            yield f"| {kind} | {cells} | {middle:.0f} | {late:.0f} |"
        rest = ", ".join(f"{name} {each / 10:.1f} %" for name, each in self.idle.items())
        yield f"\nWithout requests: {rest} of a core.\n"

    def _steps(self):
        yield (
            "| asked a second | answered | 95 % of pages, polls, writes, ms | failed "
            "| web | database | worker |"
        )
        yield "|---|---|---|---|---|---|---|"
        for rate, found, used in self.steps:
            late = ", ".join(f"{found.late(kind):.0f}" for kind in ("page", "poll", "write"))
            parts = (used[name] / found.seconds / 10 for name in ("web", "database", "worker"))
            shares = " | ".join(f"{part:.0f} %" for part in parts)
            wrong = sum(found.wrong.values())
            answered = found.count / found.seconds
            yield f"| {rate:.1f} | {answered:.1f} | {late} | {wrong} | {shares} |"
        yield "\n(of one core; web is the sum of its processes)\n"

    def _fleets(self):
        cores = os.cpu_count()
        mix = {kind: _share(kind) / 100 for kind in AGENT}
        yield (
            "| machines like this one | requests a second | agents alone | or customers alone "
            "| or half of each | what is full first |"
        )
        yield "|---|---|---|---|---|---|"
        for machines, of_database in FLEETS:
            fleet = (machines, of_database, cores)
            rate, first = self._carried(mix, fleet)
            agents = self._carried(AGENT, fleet)[0] * 60
            visitors = self._carried(VISITOR, fleet)[0] * 60
            # In a busy hour so large a part of the customers is there at once.
            customers = visitors / (VISITS * MINUTES / 60)
            half = f"{agents / 2:,.0f} and {customers / 2:,.0f}"
            cells = f"{rate:,.0f} | {agents:,.0f} | {customers:,.0f} | {half}"
            yield f"| {machines} | {cells} | {first} |"
        yield ""

    def _carried(self, asked, fleet):
        """How many times what is asked for a fleet carries each second, and what ends first."""
        machines, of_database, cores = fleet
        costs = {
            name: sum(part * self.kinds[kind][0][name] for kind, part in asked.items()) / 1000
            for name in ("web", "database", "worker")
        }
        if not of_database:
            return USED * machines * cores / sum(costs.values()), "the machine; of it " + max(
                costs, key=costs.get
            )
        of_web = USED * (machines - of_database) * cores / (costs["web"] + costs["worker"])
        of_data = USED * of_database * cores / max(costs["database"], LEAST_COST)
        return min((of_web, "web processes"), (of_data, "the database"))


def _share(kind):
    return sum(share for (each, _name), share in SHARES.items() if each == kind)
