"""What open pages cost: PAGES (200) of them poll one web process, first quietly, then beside work.

Half are queues, a quarter agents' pages of a ticket, a quarter members' lists, as their scripts
would ask: each every LIVE_SECONDS with their spread, and what is new when a mark has changed. In
the second part customers and agents write WRITES (2) times a second and an agent opens two pages a
second. Each part takes SECONDS (60). Counted is the processor time of the web process and of all
processes of the database, so that other work of the machine does not count. TICKETS (2,000) are
generated on a PostgreSQL of its own.
"""

import contextlib
import heapq
import http.client
import itertools
import json
import os
import random
import re
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

from bench import HOST, Web, environment, fill, manage
from environment import ROOT
from servers import throwaway_folder, throwaway_postgresql

PAGES = int(os.environ.get("PAGES", "200"))
SECONDS = int(os.environ.get("SECONDS", "60"))
WRITES = float(os.environ.get("WRITES", "2"))
TICKETS = int(os.environ.get("TICKETS", "2000"))
EVERY = 12
TICK = os.sysconf("SC_CLK_TCK")
ROWS = {"/live/queue/": "/queue/", "/live/tickets/": "/tickets/"}
MARK = re.compile(r'data-(live-mark|rows-mark|seen)="([^"]*)"')
connections = threading.local()


def fields_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_ms(pid):
    """The processor time that a process has used."""
    fields = fields_of(pid)
    return 1000 * (int(fields[11]) + int(fields[12])) / TICK


def cpu_ms_with_children(parent):
    """As `cpu_ms`, with the processes that it started, also those that have ended."""
    fields = fields_of(parent)
    used = cpu_ms(parent) + 1000 * (int(fields[13]) + int(fields[14])) / TICK
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if fields_of(path.name)[1] == str(parent):
                used += cpu_ms(path.name)
    return used


class Load:
    """Everything that is asked of one web process, and how long each kind of request took."""

    def __init__(self, web, database_pid):
        self.web, self.database_pid = web, database_pid
        self.times, self.pool = {}, ThreadPoolExecutor(16)

    def ask(self, kind, path, cookie, **headers):
        if not hasattr(connections, "web"):
            connections.web = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=60)
        headers |= {"Host": HOST, "Cookie": cookie, "X-Forwarded-Proto": "https"}
        started = time.perf_counter()
        connections.web.request("GET", path, headers=headers)
        answer = connections.web.getresponse()
        body = answer.read()
        took = 1000 * (time.perf_counter() - started)
        self.times.setdefault(f"{kind} {answer.status}", []).append(took)
        return answer, body

    def poll(self, page):
        """One poll of a page, and what its script fetches upon news."""
        path, cookie = page["path"], page["cookie"]
        named = {"If-None-Match": page["tag"]} if page.get("tag") else {}
        answer, body = self.ask("poll", f"{path}?bell=0", cookie, **named)
        if answer.status != 200:
            return
        page["tag"], mark = answer.headers["ETag"], json.loads(body)["page"]
        if page.get("mark", mark) != mark:
            self.fetch_news(page)
        page["mark"] = mark

    def fetch_news(self, page):
        """What static/js/news.js asks for."""
        path, cookie = page["path"], page["cookie"]
        if path in ROWS:
            named = {"X-Rows-Only": page.get("rows", "1")}
            answer, body = self.ask("rows", ROWS[path], cookie, **named)
        else:
            number, seen = path.split("/")[2], page["mark"]
            answer, body = self.ask("news", f"/queue/{number}/news/?seen={seen}", cookie)
        if answer.status == 200:
            page["rows"] = dict(MARK.findall(body.decode())).get("rows-mark") or "1"

    def run(self, pages, seconds, works=()):
        """Polls of all pages, and works (every so many seconds, what).

        Returns milliseconds of the web process and of the database, and seconds."""
        self.times.clear()
        end, turn = time.monotonic() + seconds, itertools.count()
        begun, before = time.monotonic(), self.used()
        due = [
            (
                begun + place * EVERY / len(pages),
                next(turn),
                EVERY,
                partial(self.poll, page),
            )
            for place, page in enumerate(pages)
        ]
        due += [(begun, next(turn), every, act) for every, act in works]
        asked = []
        heapq.heapify(due)
        while due[0][0] < end:
            at, _turn, every, act = heapq.heappop(due)
            time.sleep(max(0, at - time.monotonic()))
            asked.append(self.pool.submit(act))
            pause = every * random.uniform(0.9, 1.1)  # noqa: S311 - as live.js spreads polls
            heapq.heappush(due, (at + pause, next(turn), every, act))
        wait(asked)
        web, database = (now - then for now, then in zip(self.used(), before, strict=True))
        return web, database, time.monotonic() - begun

    def used(self):
        return cpu_ms(self.web.process.pid), cpu_ms_with_children(self.database_pid)


def report(name, times, web, database, took):
    """Print what a part cost."""
    polls = sum(len(each) for kind, each in times.items() if kind.startswith("poll"))
    print(f"\n{name}: {polls} polls in {took:.0f} s")
    print(f"  web process {web / took / 10:.1f} %, database {database / took / 10:.1f} % of a core")
    if polls:
        print(f"  {web / polls:.2f} + {database / polls:.2f} ms of CPU a poll, with all else")
    for kind, each in sorted(times.items()):
        each.sort()
        middle, late = statistics.median(each), each[int(0.95 * (len(each) - 1))]
        print(f"  {kind:<12}{len(each):>6} times, median {middle:6.1f}, 95 % {late:6.1f} ms")


def work(tickets, agents, cookie, load):
    """What people do meanwhile: customers and agents write in turn, and an agent opens pages."""
    from tickets import services
    from tickets.services.base import NewMessage

    turns = itertools.cycle([(ticket, side) for ticket in tickets for side in ("them", "us")])

    def write():
        ticket, side = next(turns)
        started = time.perf_counter()
        if side == "us":
            content = NewMessage("بررسی شد.")
            agent = agents[ticket.pk % len(agents)]
            services.reply_as_agent(ticket, actor=agent, content=content)
        else:
            content = NewMessage("سلام")
            services.reply_as_customer(ticket, actor=ticket.requester, content=content)
        took = 1000 * (time.perf_counter() - started)
        load.times.setdefault("write", []).append(took)

    paths = itertools.cycle(["/queue/", f"/queue/{tickets[0].number}/"])
    return [(1 / WRITES, write), (0.5, lambda: load.ask("page", next(paths), cookie))]


def main():
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        server = stack.enter_context(throwaway_postgresql(folder / "postgresql"))
        pid = int((folder / "postgresql/data/postmaster.pid").read_text().split()[0])
        production = environment(server, folder)
        os.environ.clear()
        os.environ.update(production)
        (folder / "static").mkdir()
        manage(server, "collectstatic", "-v0", "--no-input")
        sys.path.insert(0, str(ROOT))
        import bench_pages
        import django

        django.setup()
        database = fill(TICKETS, server)
        pages = bench_pages.Pages()
        agent, member = (f"sessionid={pages.cookies(who)['sessionid']}" for who in pages.clients)
        ticket = pages.ticket
        kinds = [("/live/queue/", agent), ("/live/queue/", agent)]
        kinds += [(f"/live/{ticket.number}/", agent), ("/live/tickets/", member)]
        web = stack.enter_context(Web(folder / "web", database, threads=8))
        load = Load(web, pid)
        opened = [dict(zip(("path", "cookie"), kinds[n % 4], strict=True)) for n in range(PAGES)]
        for page in opened:
            load.poll(page)
        report(f"{PAGES} open pages, nothing happens", load.times, *load.run(opened, SECONDS))
        works = work(*writers(ticket), agent, load)
        report(
            f"{PAGES} open pages, {WRITES:g} writes and 2 pages a second",
            load.times,
            *load.run(opened, SECONDS, works),
        )
        report("the same work without open pages", load.times, *load.run([], SECONDS, works))


def writers(ticket):
    """Tickets that are written to, and the agents who do."""
    from organizations.models import User
    from tickets.models import Ticket

    open_tickets = Ticket.objects.exclude(status="closed").exclude(requester=None)
    others = open_tickets.exclude(pk=ticket.pk).select_related("requester").order_by("-pk")[:60]
    return [ticket, *others], list(User.objects.filter(staff_role="agent", is_active=True))


if __name__ == "__main__":
    main()
