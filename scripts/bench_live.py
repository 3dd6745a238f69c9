"""What open pages cost: PAGES (200) of them poll one web process, first quietly, then beside work.

Half are queues, a quarter agents' pages of a ticket, a quarter members' lists, as their scripts
would ask: each every LIVE_SECONDS, and the rows too when a mark has changed. In the second part
a customer replies every three seconds and an agent opens two pages a second. Each part takes
SECONDS (24). TICKETS (2,000) are generated on BENCH_DATABASE_URL, or a PostgreSQL of its own.
"""

import contextlib
import heapq
import http.client
import itertools
import json
import os
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench import HOST, Web, environment, fill, manage
from environment import ROOT
from servers import throwaway_folder, throwaway_postgresql

PAGES = int(os.environ.get("PAGES", "200"))
SECONDS = int(os.environ.get("SECONDS", "24"))
TICKETS = int(os.environ.get("TICKETS", "2000"))
EVERY = 12
TICK = os.sysconf("SC_CLK_TCK")
ROWS = {"/live/queue/": "/queue/", "/live/tickets/": "/tickets/"}
connections = threading.local()


def cpu_ms(pid):
    """The processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / TICK


class Load:
    """Everything that is asked of one web process, and how long each kind of request took."""

    def __init__(self, web):
        self.web, self.times, self.pool = web, {}, ThreadPoolExecutor(16)

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
        if page.get("mark", mark) != mark and path in ROWS:
            self.ask("rows", ROWS[path], cookie, **{"X-Rows-Only": "1"})
        page["mark"] = mark

    def run(self, pages, seconds, works=()):
        """Polls of all pages, and works (every so many seconds, what); CPU ms and seconds."""
        self.times.clear()
        end, turn = time.monotonic() + seconds, itertools.count()
        begun, cpu = time.monotonic(), cpu_ms(self.web.process.pid)
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
        heapq.heapify(due)
        while due[0][0] < end:
            at, _turn, every, act = heapq.heappop(due)
            time.sleep(max(0, at - time.monotonic()))
            self.pool.submit(act)
            heapq.heappush(due, (at + every, next(turn), every, act))
        self.pool.submit(int).result()
        return cpu_ms(self.web.process.pid) - cpu, time.monotonic() - begun


def report(name, times, cpu, took):
    polls = sum(len(each) for kind, each in times.items() if kind.startswith("poll"))
    share = cpu / took / 10
    print(f"\n{name}: {polls} polls, {share:.0f} % of a core in {took:.0f} s")
    for kind, each in sorted(times.items()):
        each.sort()
        middle, late = statistics.median(each), each[int(0.95 * (len(each) - 1))]
        print(f"  {kind:<12}{len(each):>6} times, median {middle:6.1f}, 95 % {late:6.1f} ms")
    return polls


def work(ticket, agent, load):
    """What people do meanwhile."""
    from tickets import services
    from tickets.services.base import NewMessage

    def reply():
        services.reply_as_customer(ticket, actor=ticket.requester, content=NewMessage("سلام"))

    paths = itertools.cycle(["/queue/", f"/queue/{ticket.number}/"])
    return [(3, reply), (0.5, lambda: load.ask("page", next(paths), agent))]


def main():
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        server = os.environ.get("BENCH_DATABASE_URL") or stack.enter_context(
            throwaway_postgresql(folder / "postgresql")
        )
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
        load = Load(web)
        opened = [dict(zip(("path", "cookie"), kinds[n % 4], strict=True)) for n in range(PAGES)]
        for page in opened:
            load.poll(page)
        cpu, took = load.run(opened, SECONDS)
        polls = report(f"{PAGES} open pages, nothing happens", load.times, cpu, took)
        print(f"  {cpu / polls:.2f} ms of CPU of the web process for each poll")
        cpu, took = load.run(opened, SECONDS, work(ticket, agent, load))
        report(f"{PAGES} open pages beside work", load.times, cpu, took)


if __name__ == "__main__":
    main()
