"""What `make bench` asks for and looks at inside the product: pages, statements, plans, scans."""

import re
import statistics
import time

import django
from bench import medians


def set_up():
    django.setup()


def measure(size, fill, web):
    """Fill up to `size` tickets and give what was found there."""
    from tickets.models import Ticket

    print(f"\n{size:,} tickets", flush=True)
    missing = size - Ticket.objects.count()
    if missing > 0:
        fill(missing)
    run("VACUUM ANALYZE")
    pages = Pages()
    found = {"statements": pages.statements(), "plans": pages.plans(), "scans": scans()}
    with web() as server:
        found["times"] = medians(server, pages.asked())
    for name, milliseconds in found["times"].items():
        print(f"  {name:24} {milliseconds:7.2f} ms", flush=True)
    return found


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


def report(found):
    """Print tables in Markdown."""
    sizes = list(found)
    print("\n| page | " + " | ".join(f"{size:,}: ms, × floor, statements" for size in sizes) + " |")
    print("|---" * (len(sizes) + 1) + "|")
    for name in found[sizes[0]]["times"]:
        cells = []
        for size in sizes:
            times = found[size]["times"]
            floor = times["floor, agent" if _is_agents(name) else "floor, customer"]
            ratio, statements = times[name] / floor, found[size]["statements"][name]
            cells.append(f"{times[name]:.2f}, {ratio:.2f}, {statements}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    for name in found[sizes[0]]["scans"]:
        cells = [f"{found[size]['scans'][name]:.2f} ms" for size in sizes]
        print(f"| {name}, nothing due | " + " | ".join(cells) + " |")
    for name, plans in found[sizes[-1]]["plans"].items():
        print(f"\n{name} at {sizes[-1]:,}:")
        for number, (how, milliseconds) in enumerate(plans, 1):
            print(f"  {number:2}  {milliseconds:8.2f} ms  " + "; ".join(how))


def _is_agents(name):
    return "agent" in name or name == "queue"
