"""The mixed load of `make capacity` and `make soak`: 70 % pages, 20 % polls, 10 % writes.

Requests begin at their moments whether or not earlier ones were answered, as those of people do;
how long one took is counted from its moment on, so that a server that is late shows it.
"""

import http.client
import itertools
import random
import statistics
import threading
import time
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait
from urllib.parse import quote, urlencode

from bench import HOST
from bench_pages import COMMON_WORD

AGENTS, TICKETS = 20, 200
# So many requests are under way at once at most.
CLIENTS = 48
TOKEN = "a" * 32  # of forms against forgery: any that the cookie has as well
TEXT = "سلام، بررسی شد. لطفاً دوباره امتحان کنید و نتیجه را بنویسید."
# Of a hundred requests.
SHARES = {
    ("page", "queue"): 16,
    ("page", "assigned"): 8,
    ("page", "agent's ticket"): 20,
    ("page", "search"): 3,
    ("page", "member's list"): 10,
    ("page", "member's ticket"): 13,
    ("poll", "queue"): 8,
    ("poll", "agent's ticket"): 8,
    ("poll", "member's list"): 4,
    ("write", "agent's reply"): 5,
    ("write", "customer's reply"): 3,
    ("write", "new ticket"): 2,
}
chance = random.Random(1)  # noqa: S311 - the same load each time
GOOD = {"page": {200}, "poll": {200, 304}, "write": {302}}
connections = threading.local()


class Crowd:
    """Agents and members with their sessions, and the tickets that they read and write."""

    def __init__(self):
        from allauth.mfa.models import Authenticator
        from django.db.models import F, Q
        from django.test import Client

        from organizations.models import User
        from tickets.models import Ticket

        agents = list(User.objects.filter(staff_role="agent", is_active=True)[:AGENTS])
        for agent in agents:
            Authenticator.objects.get_or_create(user=agent, type=Authenticator.Type.TOTP, data={})
        # Of people who still may see them.
        own = Q(organization__memberships__user=F("requester"))
        found = Ticket.objects.exclude(status="closed").filter(own)
        tickets = list(found.select_related("requester").order_by("-pk")[:TICKETS])
        people = {each.pk: each for each in [*agents, *(ticket.requester for ticket in tickets)]}
        self.cookies = {}
        for key, person in people.items():
            client = Client()
            client.force_login(person)
            session = client.cookies["sessionid"].value
            self.cookies[key] = f"sessionid={session}; csrftoken={TOKEN}"
        self.agents = [self.cookies[each.pk] for each in agents]
        self.tickets = [
            (each.number, each.organization_id, self.cookies[each.requester_id]) for each in tickets
        ]
        self.tags = {}

    def request(self, kind, name):
        """(path, cookie, form or None) of one request of that kind, by chance."""
        number, organization, member = chance.choice(self.tickets)
        agent = chance.choice(self.agents)
        if kind == "poll":
            path = {
                "queue": "/live/queue/",
                "agent's ticket": f"/live/{number}/",
                "member's list": "/live/tickets/",
            }[name]
            return f"{path}?bell=0", member if name == "member's list" else agent, None
        if kind == "write":
            return self._write(name, number, organization, agent, member)
        path = {
            "queue": "/queue/",
            "assigned": "/queue/?assignee=me",
            "agent's ticket": f"/queue/{number}/",
            "search": f"/queue/?status=any&q={quote(COMMON_WORD)}",
            "member's list": "/tickets/?view=all",
            "member's ticket": f"/tickets/{number}/",
        }[name]
        return path, member if name.startswith("member") else agent, None

    @staticmethod
    def _write(name, number, organization, agent, member):
        if name == "agent's reply":
            then = chance.choice(["wait", "work"])
            return f"/queue/{number}/reply/", agent, {"body": TEXT, "then": then}
        if name == "customer's reply":
            return f"/tickets/{number}/reply/", member, {"body": TEXT}
        form = {"title": "سرور پاسخ نمی‌دهد", "category": "technical", "priority": "normal"}
        form |= {"description": TEXT, "organization": organization}
        return "/tickets/new/", member, form


class Measured:
    """What a time of load gave: milliseconds by kind, what failed, and seconds that it took."""

    def __init__(self):
        self.times, self.wrong = defaultdict(list), defaultdict(int)
        self.seconds = 0.0

    @property
    def count(self):
        return sum(map(len, self.times.values()))

    def late(self, kind, share=0.95):
        """The time within which that share of the kind was answered."""
        times = sorted(self.times[kind]) or [0]
        return times[int(share * (len(times) - 1))]

    def middle(self, kind):
        return statistics.median(self.times[kind] or [0])


class MixedLoad:
    """Asks web processes at `ports` as a Crowd does."""

    def __init__(self, crowd, ports):
        self.crowd, self.ports = crowd, itertools.cycle(ports)
        self.pool = ThreadPoolExecutor(CLIENTS)

    def run(self, rate, seconds, *, only=None):
        """A Measured of `rate` requests a second; with `only` of that kind alone."""
        shares = {key: share for key, share in SHARES.items() if only in {None, key[0]}}
        measured, sent = Measured(), []
        begun = time.monotonic()
        for number in range(int(rate * seconds)):
            at = begun + number / rate
            time.sleep(max(0, at - time.monotonic()))
            [(kind, name)] = chance.choices(list(shares), list(shares.values()))
            # One whose answers come too late is not asked for ever more.
            if sum(not each.done() for each in sent[-10 * CLIENTS :]) > 5 * CLIENTS:
                measured.wrong[f"{kind} not sent: too many wait"] += 1
                continue
            sent.append(self.pool.submit(self._ask, measured, kind, name, at))
        wait(sent)
        measured.seconds = time.monotonic() - begun
        for each in sent:
            each.result()
        return measured

    def _ask(self, measured, kind, name, at):
        path, cookie, form = self.crowd.request(kind, name)
        headers = {"Cookie": cookie}
        tag = (cookie, path)
        if kind == "poll" and tag in self.crowd.tags:
            headers["If-None-Match"] = self.crowd.tags[tag]
        try:
            answer = self._send(path, headers, form)
        except (OSError, http.client.HTTPException) as error:
            connections.web.close()
            measured.wrong[f"{kind} {name}: {type(error).__name__}"] += 1
            return
        if answer.status not in GOOD[kind]:
            measured.wrong[f"{kind} {name}: {answer.status}"] += 1
        if kind == "poll" and answer.headers["ETag"]:
            self.crowd.tags[tag] = answer.headers["ETag"]
        measured.times[kind].append(1000 * (time.monotonic() - at))

    def _send(self, path, headers, form):
        if not hasattr(connections, "web"):
            port = next(self.ports)
            connections.web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers |= {"Host": HOST, "X-Forwarded-Proto": "https", "Accept-Encoding": "gzip"}
        headers["Referer"] = f"https://{HOST}/"
        if form is None:
            connections.web.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            keys = {"csrfmiddlewaretoken": TOKEN, "form_key": str(uuid.uuid4())}
            connections.web.request("POST", path, urlencode(form | keys), headers)
        answer = connections.web.getresponse()
        answer.read()
        return answer
