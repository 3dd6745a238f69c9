"""What people do while a release is replaced: they read and write, and keep book of the answers."""

import http.client
import json
import random
import re
import ssl
import threading
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

TIMEOUT_SECONDS = 60
PAUSE_SECONDS = 0.35
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
BROKEN = (OSError, http.client.HTTPException)

# Run by the code of the previous release: tickets of which customer and agent are signed in.
PEOPLE = """
import json
from allauth.mfa.models import Authenticator
from django.test import Client
from tickets.models import Ticket

def session(person):
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value

found, taken = [], set()
waiting = Ticket.objects.filter(status="awaiting_customer", assignee__isnull=False)
for ticket in waiting.select_related("requester", "assignee", "organization").order_by("pk"):
    people = {ticket.requester, ticket.assignee, ticket.organization}
    if people & taken or not ticket.assignee.is_active:
        continue
    taken |= people
    Authenticator.objects.get_or_create(user=ticket.assignee, type="totp", data={})
    found.append({
        "number": ticket.number, "organization": ticket.organization_id,
        "member": session(ticket.requester), "agent": session(ticket.assignee),
    })
    if len(found) == COUNT:
        break
print("PEOPLE " + json.dumps(found))
"""


@dataclass(frozen=True)
class Answer:
    """One request and what became of it; `marker` is the text that it wrote, if it wrote any."""

    phase: str
    what: str
    began: float
    seconds: float
    outcome: str
    marker: str = ""

    @property
    def is_good(self):
        return self.outcome in {"200", "302"}


class Book:
    """All answers, of all visitors. The phase is set by whoever leads the drill."""

    def __init__(self):
        self.answers, self.phase = [], "before"
        self.lock, self.is_over = threading.Lock(), threading.Event()

    def add(self, answer):
        with self.lock:
            self.answers.append(answer)

    def failures(self):
        return [answer for answer in self.answers if not answer.is_good]

    def acknowledged(self):
        return sorted(each.marker for each in self.answers if each.marker and each.is_good)

    def refused(self):
        return sorted(each.marker for each in self.answers if each.marker and not each.is_good)


class Visitor(threading.Thread):
    """A person with a browser of their own, behind the proxy at `port` under `name`."""

    def __init__(self, book, port, name, session, seed):
        super().__init__(daemon=True)
        self.book, self.port, self.name_of_site, self.session = book, port, name, session
        self.random, self.connection = random.Random(seed), None  # noqa: S311 - no secret

    def run(self):
        while not self.book.is_over.is_set():
            for act in self.acts():
                act()
                if self.book.is_over.wait(PAUSE_SECONDS * self.random.uniform(0.5, 1.5)):
                    break

    def page(self, path):
        """Ask for a page, and for one of its stylesheets and scripts, as browsers do."""
        text = self.ask("page", path)
        assets = ASSET.findall(text)
        if assets:
            self.ask("static file", self.random.choice(assets))

    def post(self, what, path, fields):
        marker = f"drill-{uuid.uuid4().hex}"
        text = {name: value.format(marker=marker) for name, value in fields.items()}
        form = {"csrfmiddlewaretoken": "a" * 32, "form_key": str(uuid.uuid4())}
        self.ask(what, path, urlencode(text | form), marker)

    def ask(self, what, path, body=None, marker=""):
        phase, began = self.book.phase, time.monotonic()
        text = ""
        try:
            outcome, text = self._answer(path, body)
        except BROKEN as error:
            self.connection = None
            outcome = f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - began
        self.book.add(Answer(phase, what, began, seconds, outcome, marker))
        return text

    def _answer(self, path, body):
        if self.connection is None:
            context = ssl._create_unverified_context()  # noqa: S323 - a certificate of the drill
            self.connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        headers = {
            "Host": self.name_of_site,
            "Origin": f"https://{self.name_of_site}",
            "Cookie": f"sessionid={self.session}; csrftoken={'a' * 32}; language=en",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")
        outcome = str(answer.status)
        if "/accounts/" in (answer.getheader("Location") or ""):
            outcome += " signed out"
        return outcome, text


class Member(Visitor):
    """Reads the list and a ticket, replies, and opens a ticket."""

    def __init__(self, book, site, found, seed):
        super().__init__(book, *site, found["member"], seed)
        self.number, self.organization = found["number"], found["organization"]

    def acts(self):
        reply = {"body": "{marker} یک پاسخ معمولی"}
        new = {"title": "{marker}", "category": "technical", "priority": "normal"}
        new |= {"description": "{marker} متن", "organization": str(self.organization)}
        return [
            lambda: self.page("/tickets/"),
            lambda: self.page(f"/tickets/{self.number}/"),
            lambda: self.post("customer's reply", f"/tickets/{self.number}/reply/", reply),
            lambda: self.page("/tickets/new/"),
            lambda: self.post("new ticket", "/tickets/new/", new),
        ]


class Agent(Visitor):
    """Reads the queue and a ticket, replies, and writes a note."""

    def __init__(self, book, site, found, seed):
        super().__init__(book, *site, found["agent"], seed)
        self.number = found["number"]

    def acts(self):
        path = f"/queue/{self.number}/"
        reply = {"body": "{marker} پاسخ پشتیبان", "then": "wait"}
        note = {"body": "{marker} یک یادداشت"}
        return [
            lambda: self.page("/queue/"),
            lambda: self.page(path),
            lambda: self.post("agent's reply", f"{path}reply/", reply),
            lambda: self.page("/queue/?q=server"),
            lambda: self.post("note", f"{path}note/", note),
        ]


def visitors(book, site, people):
    """Two for each ticket; `people` is what PEOPLE printed, `site` the port and name."""
    found = json.loads(people)
    kinds = [(kind, each) for each in found for kind in (Member, Agent)]
    return [kind(book, site, each, seed) for seed, (kind, each) in enumerate(kinds)]
