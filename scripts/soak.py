"""`make soak`: whether memory stays where it is under a gentle mixed load of MINUTES (20).

A PostgreSQL, a Redis, a web process, a worker and beat of its own are asked RATE (3) times a second
by `mixed_load`, on TICKETS (1,000) generated tickets; mails go nowhere. The memory of each, without
what is only the contents of files, is read every few seconds. What a process takes in the last
quarter of the time is compared with the second quarter, when caches are full: more than MOST_GROWTH
ends with 1.
"""

import contextlib
import os
import statistics
import sys
import threading
import time

from bench import fill, manage
from environment import ROOT
from servers import StartError, throwaway_folder, throwaway_postgresql

MINUTES = float(os.environ.get("MINUTES", "20"))
RATE = float(os.environ.get("RATE", "3"))
TICKETS = int(os.environ.get("TICKETS", "1000"))
EVERY = 5
# MB that a process, with those it started, may take more in the last quarter than in the second:
# room for what the allocator does and for garbage that Python has not looked for yet
# (docs/capacity.md). Between both are MINUTES * 30 * RATE requests, 1,800 by default:
# a leak of 2.3 kB in each shows, a smaller one where it runs for longer.
MOST_GROWTH = 4.0
MOST_WRONG = 0.01


class Watch(threading.Thread):
    """Reads the memory of the processes until it is stopped: {name: [(seconds, MB)]}."""

    def __init__(self, families):
        super().__init__(daemon=True)
        self.families, self.seen = families, {name: [] for name in families}
        self.ended, self.begun = threading.Event(), time.monotonic()

    def run(self):
        from bench_memory import share_of_family

        while not self.ended.wait(EVERY):
            at = time.monotonic() - self.begun
            for name, pid in self.families.items():
                with contextlib.suppress(OSError):
                    self.seen[name].append((at, share_of_family(pid, "Pss_Anon")))

    def quarter(self, name, number):
        """The median of the memory in that quarter of the time, of four."""
        whole = self.seen[name][-1][0]
        found = [mb for at, mb in self.seen[name] if number - 1 < 4 * at / whole <= number]
        return statistics.median(found)


def main():
    """Run, and report. Gives whether memory was flat and nothing failed."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_folder())
        server = stack.enter_context(throwaway_postgresql(folder / "postgresql"))
        sys.path.insert(0, str(ROOT))
        from load_stack import Stack, production, redis

        os.environ.update(production(server, folder, stack.enter_context(redis(folder))))
        (folder / "static").mkdir()
        manage(server, "collectstatic", "-v0", "--no-input")
        import django

        django.setup()
        from mixed_load import Crowd, MixedLoad

        database = fill(TICKETS, server)
        with Stack(database, folder, webs=1) as processes:
            watch = Watch(processes.families)
            watch.start()
            found = MixedLoad(Crowd(), processes.ports).run(RATE, 60 * MINUTES)
            watch.ended.set()
            watch.join()
        return report(found, watch)


def report(found, watch):
    """Print the memory of each process by quarters. Gives whether all is well."""
    wrong = sum(found.wrong.values())
    print(f"\n{found.count} requests in {found.seconds / 60:.1f} minutes, {wrong} failed")
    for what, count in sorted(found.wrong.items()):
        print(f"  {count} × {what}")
    print("  95 % within, ms: " + ", ".join(f"{k} {found.late(k):.0f}" for k in found.times))
    is_flat = True
    for name in watch.families:
        second, last = watch.quarter(name, 2), watch.quarter(name, 4)
        shown = ", ".join(f"{watch.quarter(name, each):.1f}" for each in range(1, 5))
        verdict = "flat" if last - second <= MOST_GROWTH else f"grows by {last - second:.1f} MB"
        is_flat = is_flat and last - second <= MOST_GROWTH
        print(f"  {name}: {shown} MB in the four quarters: {verdict}")
    return is_flat and wrong <= MOST_WRONG * found.count


if __name__ == "__main__":
    try:
        sys.exit(0 if main() else 1)
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        sys.exit(2)
