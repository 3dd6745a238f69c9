"""What `make bench` looks at inside the product: statements, plans, scans; and its report."""

import re
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import django

MOST_TIMES_FLOOR = 2.5
MOST_GROWTH = 1.25


@dataclass(frozen=True)
class Found:
    """What was found at one size; `asked` are (name, path, cookie) of floor and pages."""

    database: str
    asked: list
    statements: dict
    plans: dict
    scans: dict


def set_up():
    django.setup()


def database_of(size, server):
    """The URL of the database of a size, which this process uses from now on."""
    from django.db import connection

    name = f"bench_{size}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = name
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def missing(size):
    from tickets.models import Ticket

    return max(0, size - Ticket.objects.count())


def look(database):
    run("VACUUM ANALYZE")
    pages = Pages()
    return Found(database, pages.asked(), pages.statements(), pages.plans(), scans())


def run(sql):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)


class Pages:
    """The four pages, asked as an agent and as the owner of an organization."""

    def __init__(self):
        from allauth.mfa.models import Authenticator
        from django.test import Client

        ticket = self._ticket()
        agent = ticket.assignee
        Authenticator.objects.get_or_create(user=agent, type=Authenticator.Type.TOTP, data={})
        self.agent, self.member = Client(), Client()
        self.agent.force_login(agent)
        self.member.force_login(ticket.requester)
        self.pages = [
            ("floor, agent", "/floor/", self.agent),
            ("queue", "/queue/", self.agent),
            ("ticket, agent", f"/queue/{ticket.number}/", self.agent),
            ("floor, customer", "/floor/", self.member),
            ("customer's list", "/tickets/", self.member),
            ("ticket, customer", f"/tickets/{ticket.number}/", self.member),
        ]

    @staticmethod
    def _ticket():
        """One that awaits the customer and has four messages: of the same life at every size."""
        from django.db.models import Count

        from tickets.models import Ticket

        awaiting = Ticket.objects.filter(
            status="awaiting_customer", organization__plan__key="developer"
        )
        return awaiting.annotate(count=Count("messages")).filter(count=4).order_by("pk")[0]

    def asked(self):
        return [
            (name, path, f"sessionid={client.cookies['sessionid'].value}")
            for name, path, client in self.pages
        ]

    def statements(self):
        """How many each page makes, once caches of the process are warm."""
        return {name: len(self._queries(path, client)) for name, path, client in self.pages}

    def plans(self):
        """The scans of each statement of each page, and how long it took."""
        from django.db import connection

        plans = {}
        for name, path, client in self.pages:
            if name.startswith("floor"):
                continue
            plans[name] = []
            for query in self._queries(path, client):
                with connection.cursor() as cursor:
                    cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {query.replace('%', '%%')}")
                    plans[name].append(_plan([row[0] for row in cursor.fetchall()]))
        return plans

    @staticmethod
    def _queries(path, client):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        options = {"secure": True, "headers": {"host": "localhost"}}
        client.get(path, **options)
        with CaptureQueriesContext(connection) as captured:
            client.get(path, **options)
        return [each["sql"] for each in captured if each["sql"].startswith("SELECT")]


SCAN = re.compile(r"(Index Only Scan|Index Scan|Bitmap Index Scan|Seq Scan)[^(]*")
SPENT = re.compile(r"Execution Time: ([\d.]+) ms")


def _plan(lines):
    """How it finds its rows, without repeats, and the milliseconds it took."""
    text = "\n".join(lines)
    return list(dict.fromkeys(found[0].strip() for found in SCAN.finditer(text))), float(
        SPENT.search(text)[1]
    )


def scans():
    """Median milliseconds of each periodic run that finds nothing to do."""
    from tickets import services

    times = {}
    for run_once in (services.close_due, services.remind_of_close, services.scan_clocks):
        run_once()
        spent = []
        for _again in range(20):
            started = time.perf_counter()
            run_once()
            spent.append(1000 * (time.perf_counter() - started))
        times[run_once.__name__] = statistics.median(spent)
    return times


def report(found, times):
    """Print tables in Markdown, then what is missed. Gives whether the aim is met."""
    sizes = list(found)
    ratios = {size: of_floor(times[size]) for size in sizes}
    growth = {
        name: paired(times[sizes[-1]][name], times[sizes[0]][name]) for name in times[sizes[0]]
    }
    heads = [f"{size:,}: ms, × floor, statements" for size in sizes]
    print("\n| page | " + " | ".join(heads) + " | last ÷ first size |")
    print("|---" * (len(sizes) + 2) + "|")
    for name, grown in growth.items():
        cells = [
            f"{statistics.median(times[size][name]):.1f}, {ratios[size][name]:.2f}, "
            f"{found[size].statements[name]}"
            for size in sizes
        ]
        print(f"| {name} | " + " | ".join(cells) + f" | {grown:.2f} |")
    report_inside(found)
    problems = list(missed(found, ratios, growth))
    print("\n" + ("\n".join(problems) if problems else "The aim is met."))
    return not problems


def report_inside(found):
    """The periodic runs, and how each statement of a page finds its rows at the last size."""
    sizes = list(found)
    for name in found[sizes[0]].scans:
        cells = [f"{found[size].scans[name]:.2f} ms at {size:,}" for size in sizes]
        print(f"{name}, nothing due: " + ", ".join(cells))
    for name, plans in found[sizes[-1]].plans.items():
        print(f"\n{name} at {sizes[-1]:,}:")
        for number, (how, milliseconds) in enumerate(plans, 1):
            print(f"  {number:2}  {milliseconds:8.2f} ms  " + "; ".join(how))


def missed(found, ratios, growth):
    """A line for each part of the aim that is missed."""
    sizes = list(found)
    for size in sizes:
        for name, ratio in ratios[size].items():
            if ratio > MOST_TIMES_FLOOR:
                yield f"Missed: {name} takes {ratio:.2f} × the floor at {size:,}."
    for name, grown in growth.items():
        if not 1 / MOST_GROWTH <= grown <= MOST_GROWTH:
            yield f"Missed: {name} takes {grown:.2f} × as long at {sizes[-1]:,} as at {sizes[0]:,}."
        counts = {found[size].statements[name] for size in sizes}
        if len(counts) > 1:
            yield f"Missed: {name} makes {sorted(counts)} statements."


def of_floor(times):
    """How many times the floor each page takes."""
    return {name: paired(each, times[_floor_of(name)]) for name, each in times.items()}


def paired(times, others):
    """The median of the ratios within each round: what slows one round slows both of them."""
    return statistics.median(one / other for one, other in zip(times, others, strict=True))


def _floor_of(name):
    return "floor, agent" if "agent" in name or name == "queue" else "floor, customer"
