"""What must be true after `make drill`: asked of the database, the journal of people and the mails.

Run in a process of its own with the settings of the site; prints one line of JSON.
"""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from notifications.models import AccountMail, Notification
from tests.tickets.clocks.test_properties import TicketLife
from tickets.clocks.auto_close import AUTO_CLOSE_AFTER
from tickets.models import Attachment, Clock, ClockChange, Event, Message, Ticket

# What people wrote in the drill holds the token of its act.
TOKEN = re.compile(r"drill ([0-9a-f]{32})")
# A time may be so far from that of the commit: waits for a lock, a slow machine, a failover.
NEAR = timedelta(seconds=20)
# What ends a process, or its connection, between the mail server's word and its own commit.
BREAKING = re.compile("worker|mail|database|standby")
INVARIANTS = [
    "a_response_clock_runs_exactly_while_something_waits_and_is_promised",
    "a_resolution_clock_counts_exactly_while_the_move_is_ours",
    "the_due_of_a_ticket_is_the_earliest_of_what_runs",
    "finished_clocks_and_breaches_stay_as_they_are",
    "a_ledger_tells_each_thing_once_and_ends_at_the_present_due",
    "the_history_alone_tells_where_the_ticket_stands",
    "what_waits_is_what_nobody_answered",
    "the_queue_columns_follow_from_the_others",
    "customers_see_the_time_of_the_last_public_event",
]


class Checks:
    def __init__(self, folder, begun_at):
        self.acts = _lines(folder / "journal.jsonl")
        self.mails = _lines(folder / "mails.jsonl")
        self.faults = _lines(folder / "faults.jsonl")
        self.begun_at, self.counts, self.wrong = begun_at, {}, []
        # What is younger may still be on its way.
        self.ended_at = timezone.now() - timedelta(minutes=2)

    def run(self):
        self.writes()
        self.accepts()
        self.files()
        self.notifications()
        self.mails_sent()
        self.closes()
        self.alerts()
        self.times()
        self.clocks()
        return {"counts": self.counts, "wrong": self.wrong}

    def fail(self, what, rows):
        """Note what is wrong, with the first few of it."""
        if rows:
            self.wrong.append(f"{what}: {len(rows)}, such as {rows[:3]}")

    # --- What people did --------------------------------------------------------------------------

    def writes(self):
        """Each acknowledged message is there once, and each other one at most once."""
        bodies = Message.objects.values_list("body", flat=True)
        there = Counter(token for body in bodies for token in TOKEN.findall(body))
        titles = Ticket.objects.values_list("title", flat=True)
        tickets = Counter(token for title in titles for token in TOKEN.findall(title))
        written = [act for act in self.acts if act["token"]]
        done = [act for act in written if act["ok"]]
        filed = [act["token"] for act in done if act["kind"] == "file"]
        self.counts["acknowledged writes"] = len(done)
        self.counts["lost"] = sum(there[act["token"]] == 0 for act in done)
        self.counts["doubled"] = sum(there[act["token"]] > 1 for act in written)
        self.counts["sent again"] = sum(len(act["tries"]) > 1 for act in written)
        self.fail("lost writes", [act for act in done if not there[act["token"]]])
        self.fail("lost tickets", [each for each in filed if tickets[each] != 1])
        self.fail("doubled writes", [token for token, count in there.items() if count > 1])
        self.fail("doubled tickets", [token for token, count in tickets.items() if count > 1])
        self.fail("acts refused or given up", [act for act in self.acts if not act["ok"]])

    def accepts(self):
        numbers = [act["number"] for act in self.acts if act["kind"] == "accept" and act["ok"]]
        events = Event.objects.filter(kind="accepted", created_at__gte=self.begun_at - NEAR * 6)
        found = Counter(f"{event.ticket.number}" for event in events.select_related("ticket"))
        self.counts["accepted tickets"] = len(numbers)
        self.fail("accepted not just once", [each for each in numbers if found[each] != 1])

    def files(self):
        files = [act["file"] for act in self.acts if act["ok"] and act["file"]]
        kept = Counter(
            Attachment.objects.filter(message__isnull=False).values_list("name", flat=True)
        )
        self.counts["files"] = len(files)
        self.fail("files not there once", [each for each in files if kept[f"{each}.txt"] != 1])
        try:
            call_command("check_attachments", stdout=StringIO())
        except CommandError as error:
            self.wrong.append(f"attachments: {error}")

    # --- Notifications ----------------------------------------------------------------------------

    def notifications(self):
        """All are settled, and what an agent answered has one for the requester."""
        for model in (Notification, AccountMail):
            left = model.objects.exclude(state__in=["sent", "skipped"])
            left = left.exclude(state="pending", created_at__gt=self.ended_at)
            self.fail(f"{model.__name__} not sent", list(left.values("pk", "state", "error")[:20]))
        answers = Event.objects.filter(kind="agent_replied", created_at__gte=self.begun_at)
        without = answers.exclude(notifications__channel="email")
        self.fail("answers without a notification", list(without.values_list("pk", flat=True)))

    def mails_sent(self):
        """Each row that was sent came once; with another only where nothing acknowledged it."""
        rows = Notification.objects.filter(channel="email", state="sent")
        alone = {row.message_id: row for row in rows.filter(is_bundled=False)}
        taken = Counter(mail["id"].strip("<>").partition("@")[0] for mail in self.mails)
        cut = {mail["id"].strip("<>").partition("@")[0] for mail in self.mails if mail["cut"]}
        twice = {each for each, count in taken.items() if count > 1}
        self.counts["mails"] = len(taken)
        killed = {each for each in twice - cut if self._was_broken(each)}
        self.counts["mails taken twice"] = len(twice)
        self.counts["of these unacknowledged"] = len(twice & cut)
        self.counts["of these sent as something broke"] = len(killed)
        self.fail("mails taken twice", sorted(twice - cut - killed))
        self.fail("mails that never came", sorted(alone.keys() - taken.keys()))
        known = {row.message_id for row in Notification.objects.filter(channel="email")}
        others = {each for each in taken if each.startswith("notification-")} - known
        self.fail("mails of no notification", sorted(others))

    def _was_broken(self, mail):
        """Whether a mail was first taken while its sender or what it commits to broke."""
        at = min(each["at"] for each in self.mails if each["id"].startswith(f"<{mail}@"))
        return any(
            fault["begun"] <= at <= fault["ended"] and BREAKING.search(fault["name"])
            for fault in self.faults
        )

    # --- Times ------------------------------------------------------------------------------------

    def closes(self):
        """All closed that came due, none early by the clock of the database, none twice."""
        early, closed = [], Counter()
        for event, written in _written("closed_automatically"):
            closed[event.ticket_id] += 1
            last = Event.objects.filter(
                ticket=event.ticket_id, kind="agent_replied", pk__lt=event.pk
            )
            due = last.latest("pk").created_at + AUTO_CLOSE_AFTER
            if written < due:
                early.append((event.ticket_id, str(due - written)))
        due = Ticket.objects.filter(auto_close_at__lt=timezone.now() - timedelta(minutes=2))
        self.counts["automatic closes"] = len(closed)
        self.counts["early closes"] = len(early)
        self.fail("early closes", early)
        self.fail("closed twice", [each for each, count in closed.items() if count > 1])
        self.fail("not closed", list(due.values_list("pk", "auto_close_at")))

    def alerts(self):
        """Each clock is announced once a kind, and never before it fell."""
        announced, early = Counter(), []
        for kind in ("breached", "due_soon"):
            for event, written in _written(kind):
                for clock, due in event.changes["clocks"].items():
                    announced[event.ticket_id, kind, clock, due] += 1
                    if kind == "breached" and str(written) < due.replace("T", " "):
                        early.append((event.ticket_id, due, str(written)))
        self.counts["alerts"] = len(announced)
        self.fail("announced twice", [each for each, count in announced.items() if count > 1])
        self.fail("announced early", early)

    def times(self):
        """What people did has the time at which it was written, by the clock of the database."""
        off = [
            (event.pk, event.kind, str(event.created_at - written))
            for event, written in _written(
                "agent_replied", "customer_replied", "opened", "accepted"
            )
            if written > self.begun_at and abs(event.created_at - written) > NEAR
        ]
        self.counts["times off"] = len(off)
        self.fail("times off", off)

    def clocks(self):
        """What is always true of tickets and clocks, as the tests of properties have it; and each
        sum gives its due."""
        life = SimpleNamespace(
            tickets=list(Ticket.objects.all()), now=timezone.now(), finished={}, breaches={}
        )
        life.promised = lambda ticket, _commitment: True
        self.counts["tickets"] = len(life.tickets)
        for name in INVARIANTS:
            broken = []
            for ticket in life.tickets:
                one = SimpleNamespace(**vars(life) | {"tickets": [ticket]})
                try:
                    getattr(TicketLife, name)(one)
                except AssertionError as error:
                    broken.append((ticket.pk, str(error)[:200]))
            self.fail(name, broken)
        sums = Clock.objects.filter(due_at__isnull=False)
        self.fail(
            "dues that are not their sum",
            [each.pk for each in sums if each.due_at != each.reckoned_from + each.reckoned_for],
        )
        self.counts["clocks"] = Clock.objects.count()
        self.counts["changes of clocks"] = ClockChange.objects.count()


def _written(*kinds):
    """(event, when it was committed by the clock of the database) of the kinds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, pg_xact_commit_timestamp(xmin) FROM tickets_event WHERE kind = ANY(%s)",
            [list(kinds)],
        )
        written = dict(cursor.fetchall())
    for event in Event.objects.filter(pk__in=written).order_by("pk"):
        if written[event.pk] is not None:
            yield event, written[event.pk]


def _lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def pending(before):
    """How much of before that moment is still to be sent, or to be closed."""
    waiting = sum(
        model.objects.filter(state="pending", created_at__lt=before).count()
        for model in (Notification, AccountMail)
    )
    return waiting + Ticket.objects.filter(auto_close_at__lt=before).count()


def main(what, folder, at):
    at = datetime.fromtimestamp(float(at), tz=UTC)
    if what == "pending":
        print(pending(at))
    else:
        print(json.dumps(Checks(Path(folder), at).run(), default=str))
