"""The batches of `make bench`, each in a process of its own: how fast, how much memory, and how
long another's write waits meanwhile.

    python scripts/bench_batches.py close|scan|plan-change|plan-edit|writes

Prints its result as JSON. `writes` is the other one: it replies to tickets until its input ends.
"""

import json
import os
import resource
import select
import subprocess
import sys
import time
from datetime import timedelta

SIZE = 10_000
# Generated for it: all open, so that enough of each kind is among them.
TICKETS = 50_000
NAME = "bench_batches"


def main(what):
    import django

    django.setup()
    work = {"close": close, "scan": scan, "plan-change": change_plan, "plan-edit": edit_plan}
    print(json.dumps(work[what]() if what in work else write_until_stopped()))


def close():
    from django.utils import timezone

    from tickets import services
    from tickets.models import Ticket

    now = timezone.now() + timedelta(days=60)
    _leave(Ticket.objects.closing_by(now), auto_close_at=now + timedelta(days=60))
    return timed(lambda: services.close_due(now))


def scan():
    from django.utils import timezone

    from tickets import services
    from tickets.models import Clock

    now = timezone.now() + timedelta(days=400)
    _leave(Clock.objects.breach_to_tell(now), breach_notified_at=now)
    return timed(lambda: services.scan_clocks(now).breached)


def _leave(found, **others):
    """Put the rest aside so that SIZE are left."""
    rest = list(found.values_list("pk", flat=True)[SIZE:])
    found.model.objects.filter(pk__in=rest).update(**others)
    _analyze()


def change_plan():
    """An organization with SIZE open tickets, while somebody writes to them."""
    from django.utils import timezone

    from organizations import services as organizations
    from organizations.models import User
    from plans.models import Plan
    from tickets import services

    organization = _organization_of_all()
    admin = User.objects.agents().first()
    plan = Plan.objects.get(key="enterprise")
    with Writer(organization) as writer:
        started = time.perf_counter()
        organizations.change_plan(organization, plan, actor=admin, now=timezone.now())
        found = {"request": time.perf_counter() - started}
        found |= timed(lambda: _all_of(services.run_jobs), count=SIZE)
    return found | {"longest_wait": writer.longest_wait, "writes": writer.writes}


def edit_plan():
    """SIZE running clocks follow an edit of their plan, while somebody writes to their tickets."""
    from django.utils import timezone

    from organizations.models import User
    from plans import services as plans
    from tickets import services

    organization = _organization_of_all(running=True)
    admin, plan, now = User.objects.agents().first(), organization.plan, timezone.now()
    _leave_to(organization, plan)
    for cell in plan.targets.exclude(target=None):
        cell.target /= 2
        cell.aim = None
        cell.save()
    plans.publish_plan(plan, actor=admin, now=now)
    with Writer(organization) as writer:
        services.ask_for_recalculation(plan=plan, scope="all", actor=admin, now=now)
        found = timed(lambda: _all_of(services.run_recalculations), count=SIZE)
    return found | {"longest_wait": writer.longest_wait, "writes": writer.writes}


def _organization_of_all(*, running=False):
    """An organization to which SIZE open tickets are moved; `running`: with a clock of its plan."""
    from organizations.models import Organization
    from plans.promises import current_promise
    from tickets.models import Clock, Ticket

    organization = Organization.objects.select_related("plan").get(key="generated-000")
    tickets = Ticket.objects.open().exclude(organization=organization)
    if running:
        tickets = tickets.filter(due_at__isnull=False, clocks__state="running")
    keys = list(tickets.order_by("pk").distinct().values_list("pk", flat=True)[:SIZE])
    Ticket.objects.filter(pk__in=keys).update(
        organization=organization, requester=organization.memberships.first().user
    )
    version = current_promise(organization.plan).plan_version
    Clock.objects.filter(ticket__in=keys).update(plan_version=version)
    _analyze()
    return organization


def _analyze():
    """Let the database know what was moved, as it finds out by itself in production."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE tickets_ticket, tickets_clock")


def _leave_to(organization, plan):
    """Move the other organizations to another plan: the edit concerns SIZE clocks and no more."""
    from organizations.models import Organization
    from plans.models import Plan

    other = Plan.objects.exclude(pk=plan.pk).first()
    others = Organization.objects.filter(plan=plan).exclude(pk=organization.pk)
    others.update(plan=other)


def _all_of(run):
    done = 0
    while now_done := run():
        done += now_done
    return done


def timed(work, count=None):
    """Seconds of wall clock and of Python, how much was done, and the peak of memory in MB."""
    started, cpu = time.perf_counter(), time.process_time()
    done = work()
    return {
        "done": done if count is None else count,
        "seconds": time.perf_counter() - started,
        "python": time.process_time() - cpu,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


class Writer:
    """Another process that replies to tickets of the organization, one write after the other."""

    def __init__(self, organization):
        self.environment = {**os.environ, "BENCH_ORGANIZATION": str(organization.pk)}

    def __enter__(self):
        command = [sys.executable, __file__, "writes"]
        self.process = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.process.stdout.readline()  # it has begun
        return self

    def __exit__(self, *details):
        found = json.loads(self.process.communicate("\n")[0].splitlines()[-1])
        self.longest_wait, self.writes = found["longest"], found["writes"]


def write_until_stopped():
    import random

    from organizations.models import User
    from tickets import services
    from tickets.errors import TicketError
    from tickets.models import Ticket

    dice, longest, writes = random.Random(1), 0, 0  # noqa: S311
    of = Ticket.objects.open().filter(organization=os.environ["BENCH_ORGANIZATION"])
    tickets, agent = list(of.order_by("pk")[:20_000]), User.objects.agents().first()
    words = services.NewMessage("bench")
    print("begun", flush=True)
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        ticket = dice.choice(tickets)
        started = time.perf_counter()
        try:
            services.add_note(ticket, actor=agent, content=words)
        except TicketError:
            continue
        writes += 1
        longest = max(longest, time.perf_counter() - started)
    return {"longest": longest, "writes": writes}


if __name__ == "__main__":
    main(sys.argv[1])
