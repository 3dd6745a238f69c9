"""What `make bench` asks: every page and form with its target, the statements and their plans."""

import json
import re
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

LIST, TICKET, FILTER, COMMON, POST, API = 1.8, 2.1, 3.0, 6.0, 5.0, 2.0
FLOORS = {"agent": "floor, agent", "member": "floor, customer"}
FORM_FLOOR = "floor of forms"
API_FLOORS = {"list": "floor, API", "messages": "floor, API messages", "reply": "floor, API reply"}
MOST_STATEMENTS = 16
# The searches; the generated texts hold the first in every few messages, the others nowhere.
COMMON_WORD, ABSENT_WORD = "سرور", "zxqwvu"
RARE_WORD = "bench-rare-word"
# At full size no statement of a page may read one of these from end to end.
BIG = ("tickets_ticket", "tickets_message", "tickets_event", "tickets_clock")
PEOPLE = "organizations_user"
# In the HTML of each row of a list, once.
ROW = b'<a class="id" href='
# Not counted: they neither read nor write.
OF_TRANSACTIONS = re.compile(r"^(BEGIN|COMMIT|(RELEASE )?SAVEPOINT)\b")
EXPLAINED = ("SELECT", "(SELECT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Asked:
    """One row of the table: what is asked by whom, and how many times the floor it may take."""

    name: str
    path: str
    who: str
    most: float | None
    form: dict | None = field(default=None, hash=False)
    # Of a request of the API: which floor it is measured by.
    api: str = ""

    @property
    def floor(self):
        if self.api:
            return API_FLOORS[self.api]
        return FORM_FLOOR if self.form is not None else FLOORS[self.who]

    def sent(self):
        """What is posted this time, as (body, its type): each form has a key of its own."""
        if self.api:
            return json.dumps(self.form), "application/json"
        form = {"csrfmiddlewaretoken": "a" * 32, "form_key": str(uuid.uuid4())}
        return urlencode(self.form | form), "application/x-www-form-urlencoded"

    @property
    def status(self):
        """What a right answer has."""
        return 302 if self.form is not None and not self.api else 200


class Pages:
    """The pages and forms of one database, asked as an agent and as an organization's owner."""

    def __init__(self, ticket=None, *, rows=""):
        """`ticket` is the one whose pages are asked, else one of the generated; `rows` is a part of
        the names of what is asked, all without it."""
        from allauth.mfa.models import Authenticator
        from bench_api import secret_for
        from django.test import Client

        self.ticket, self.shown = ticket or _ticket_with_messages(20), {}
        agent = self.ticket.assignee
        Authenticator.objects.get_or_create(user=agent, type=Authenticator.Type.TOTP, data={})
        _make_rare(self.ticket)
        self.clients, self.program = {"agent": Client(), "member": Client()}, Client()
        self.clients["agent"].force_login(agent)
        self.clients["member"].force_login(self.ticket.requester)
        self.keys = {
            "agent": secret_for(agent),
            "member": secret_for(self.ticket.requester),
        }
        self.asked = [*self._floors(), *self._lists(), *self._tickets(), *self._filters()]
        self.asked += [*self._searches(), *self._forms(), *self._api()]
        if rows:
            self.asked = _named(self.asked, rows)

    @staticmethod
    def _floors():
        for who, name in FLOORS.items():
            yield Asked(name, "/floor/", who, None)

    @staticmethod
    def _lists():
        from tickets.workspace.list import VIEWS

        yield Asked("queue", "/queue/", "agent", LIST)
        for key, (_label, _symbol, query) in VIEWS.items():
            yield Asked(f"queue, view {key}", f"/queue/?{query.query}", "agent", LIST)
        yield Asked("customer's list", "/tickets/?view=all", "member", LIST)

    def _tickets(self):
        number = self.ticket.number
        yield Asked("ticket, agent", f"/queue/{number}/", "agent", TICKET)
        yield Asked("ticket, customer", f"/tickets/{number}/", "member", TICKET)

    def _filters(self):
        from tickets.portal.query import PortalQuery
        from tickets.workspace.query import QueueQuery

        for name, query in [("queue", QueueQuery), ("list", PortalQuery)]:
            path, who = ("/queue/", "agent") if name == "queue" else ("/tickets/", "member")
            for parameter, value in self._values(query):
                # A row is the same at every size, which has people and organizations of its own.
                shown = f"{parameter}=one" if value in self._keys() else f"{parameter}={value}"
                yield Asked(
                    f"{name}, {shown}", f"{path}?{urlencode({parameter: value})}", who, FILTER
                )

    def _keys(self):
        return self.ticket.organization.key, str(self.ticket.assignee_id)

    def _values(self, query):
        """(parameter, value) of each filter with each of its values, and of each order."""
        organization, assignee = self._keys()
        records = {"organization": [organization], "assignee": ["nobody", "me", assignee]}
        for name, each in query.filters.items():
            if name in {"text", "rows", "hidden", "columns", "view"}:
                continue
            options = getattr(each, "options", None)
            values = records.get(name) or (list(options) if options else [])
            if name == "sort":
                values = [sign + key for key in sorted(each.sortable) for sign in ("", "-")]
            for value in values:
                yield each.parameter, value

    @staticmethod
    def _searches():
        words = [
            ("rare word", RARE_WORD, FILTER),
            ("number", "549", FILTER),
            ("absent word", ABSENT_WORD, FILTER),
            ("common word", COMMON_WORD, COMMON),
        ]
        for name, text, most in words:
            for path, who in [("/queue/?status=any&", "agent"), ("/tickets/?", "member")]:
                address = f"{path}{urlencode({'q': text})}"
                yield Asked(f"search of {who}, {name}", address, who, most)

    def _forms(self):
        number, organization = self.ticket.number, self.ticket.organization_id
        text = "یک متن معمولی برای اندازه‌گیری"
        floor = {"title": "bench", "body": text, "organization": organization}
        new = {"title": "bench", "category": "technical", "priority": "normal"}
        new |= {"description": text, "organization": organization}
        yield Asked(FORM_FLOOR, "/floor/form/", "member", None, floor)
        yield Asked("open a ticket", "/tickets/new/", "member", POST, new)
        reply = {"body": text}
        yield Asked("customer's reply", f"/tickets/{number}/reply/", "member", POST, reply)
        answer = {"body": text, "then": "wait"}
        yield Asked("agent's reply", f"/queue/{number}/reply/", "agent", POST, answer)

    def _api(self):
        """The floors of the API, its lists, a ticket with its messages, and a reply."""
        number, text = self.ticket.number, "یک متن معمولی برای اندازه‌گیری"
        bare = _bare_ticket(self.ticket)
        messages = f"/floor/api/messages?ticket={self.ticket.pk}"
        yield Asked(API_FLOORS["list"], "/floor/api/tickets", "agent", None, api="list")
        yield Asked(API_FLOORS["messages"], messages, "agent", None, api="messages")
        yield Asked(API_FLOORS["reply"], bare, "agent", None, {"body": text}, api="reply")
        for who in FLOORS:
            path = "/api/v1/tickets"
            yield Asked(f"API list of 50, {who}", f"{path}?limit=50", who, API, api="list")
            yield Asked(f"API ticket, {who}", f"{path}/{number}", who, API, api="messages")
            path += f"/{number}/messages?limit=20"
            yield Asked(f"API 20 messages, {who}", path, who, API, api="messages")
        for who in FLOORS:
            path, body = f"/api/v1/tickets/{number}/reply", {"body": text}
            yield Asked(f"API reply, {who}", path, who, API, body, api="reply")

    def headers(self, asked):
        """By what a request is known: the cookie of a session, or a key."""
        if asked.api:
            return {"Authorization": f"Bearer {self.keys[asked.who]}"}
        cookies = self.cookies(asked.who) | {"csrftoken": "a" * 32}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    def cookies(self, who):
        return {"sessionid": self.clients[who].cookies["sessionid"].value}

    def statements(self):
        """{name: the statements that each makes}, once the caches of the process are warm. Counts
        in `shown` the tickets that each page lists."""
        return {asked.name: self._statements(asked) for asked in self.asked}

    def _statements(self, asked):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self._ask(asked)
        asks = []
        # What a process keeps for some seconds may end between two requests: the fewest count.
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                self._ask(asked)
            asks.append([s["sql"] for s in captured if not OF_TRANSACTIONS.search(s["sql"])])
        return min(asks, key=len)

    def _ask(self, asked):
        client, headers = self.clients[asked.who], {"host": "localhost"}
        if asked.api:
            client, headers = self.program, headers | self.headers(asked)
        if asked.form is None:
            response = client.get(asked.path, secure=True, headers=headers)
        else:
            body, kind = asked.sent()
            response = client.post(asked.path, body, kind, secure=True, headers=headers)
        if response.status_code != asked.status:
            raise SystemExit(f"{asked.name}: {asked.path} answered {response.status_code}")
        self.shown[asked.name] = response.content.count(ROW)


def _named(asked, text):
    """The rows whose name holds the text, and their floors."""
    found = [each for each in asked if text in each.name]
    floors = {each.floor for each in found}
    return [each for each in asked if each in found or each.name in floors]


def _ticket_with_messages(count):
    """One that awaits the customer, of the same life at every size, with so many messages."""
    from django.db.models import Count

    from tickets import services
    from tickets.models import Ticket

    awaiting = Ticket.objects.filter(
        status="awaiting_customer", organization__plan__key="developer"
    )
    long = awaiting.annotate(count=Count("messages")).filter(count__in=[4, *range(19, 21)])
    ticket = long.select_related("organization", "requester", "assignee").order_by("pk")[0]
    for number in range(ticket.messages.count(), count):
        words = services.NewMessage(f"پیام {number} برای اندازه‌گیری")
        if number % 2:
            services.reply_as_agent(ticket, actor=ticket.assignee, content=words, then="wait")
        else:
            services.reply_as_customer(ticket, actor=ticket.requester, content=words)
    return ticket


def _bare_ticket(like):
    """The address at which the floor answers a ticket of its own."""
    from bench_urls import insert
    from django.utils import timezone

    data = {"title": "bench", "body": "bench", "organization": like.organization_id}
    ticket = insert(data, like.requester, timezone.now())
    return f"/floor/api/tickets/{ticket.pk}/reply"


def _make_rare(ticket):
    """One message holds the word that no other does, in a database that is kept, too."""
    from tickets import services
    from tickets.models import Message

    if not Message.objects.filter(body=RARE_WORD).exists():
        services.reply_as_agent(
            ticket, actor=ticket.assignee, content=services.NewMessage(RARE_WORD), then="wait"
        )


# --- Plans of statements --------------------------------------------------------------------------


def scans_of(statements, *, priced_out=False):
    """A line for each statement that reads one of the big tables from end to end.

    With `priced_out` the size does not matter: it is whether there is no index that could serve.
    Of people, whom there are few of, it always is."""
    found = []
    for name, sent in statements.items():
        for sql in sent:
            if sql.startswith(EXPLAINED):
                found += [
                    f"{name}: {table} is read whole by {sql[:300]}"
                    for table in _scanned(sql, priced_out)
                ]
    return found


def _scanned(sql, priced_out):
    plain = _scans(sql, priced_out=priced_out)
    yield from sorted(plain.intersection(BIG))
    if PEOPLE in plain and (priced_out or PEOPLE in _scans(sql, priced_out=True)):
        yield PEOPLE


def _scans(sql, *, priced_out):
    """The tables that the database would read from end to end for a statement."""
    return set(re.findall(r"Seq Scan on (\w+)", _plan(sql, priced_out=priced_out)))


def _plan(sql, *, priced_out):
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if priced_out:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
        return "\n".join(row[0] for row in cursor.fetchall())
