"""What happens to the machines of `make drill`, one thing after the other."""

import contextlib
import functools
import os
import threading
import time
from dataclasses import dataclass

from environment import ROOT
from servers import StartError

# So long a machine is cut off or slow, a killed one away, and people are looked on after that.
LASTS, AWAY, AFTER = 6, 3, 1
# Longer than a cut is waited out: the connections are given up, and the commits wait no longer.
LASTS_LONG = 20
# A commit waits for a standby that is away at most this long: then it is done without.
WITHOUT_STANDBY_AFTER = 5
SKEW, SKEWED = 90, ROOT / "scripts" / "drill_skew"
SKEW_LASTS = 12

# Every machine, in the order in which they fail. First what is tried again after minutes: that is
# not waited for in the end then.
MACHINES = {
    "mail": "mail server",
    "store": "bucket",
    "work1": "worker and beat 1",
    "work2": "worker and beat 2",
    "web1": "web server 1",
    "web2": "web server 2",
    "proxy": "nginx",
    "redis": "Redis",
    "db2": "standby",
    "db1": "database",
}
# What happens to each of them.
WAYS = ("killed", "cut off", "restarted", "slow")


@dataclass
class Fault:
    """One thing that happens, and when it did; of a `machine` that fails in a way, or special."""

    name: str
    happen: object
    machine: str = ""
    begun: float = 0.0
    ended: float = 0.0


class Watch:
    """What a manager of the cluster does: it has commits wait for the standby only while that is
    there. Nobody promotes a standby that is not `in_step`."""

    def __init__(self, primary):
        self.primary, self.in_step, self._is_over = primary, True, threading.Event()
        self._away_since = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._is_over.wait(1):
            with contextlib.suppress(StartError):  # the primary itself is away
                self._look()

    def _look(self):
        is_followed = self.primary.is_followed()
        if is_followed:
            self._away_since = None
            if not self.in_step:
                self.primary.set_synchronous(is_on=True)
                self.in_step = True
        elif self.in_step:
            self._away_since = self._away_since or time.monotonic()
            if time.monotonic() - self._away_since > WITHOUT_STANDBY_AFTER:
                self.primary.set_synchronous(is_on=False)
                self.in_step = False

    def stop(self):
        self._is_over.set()
        self._thread.join()


class Faults:
    """All faults of one site, in the order in which they happen."""

    def __init__(self, site):
        self.site, self.machines = site, site.machines
        self.primary, self.standby = site.databases.values()
        self.watch = Watch(self.primary)

    def all(self):
        """Each machine in each way, and after a machine what else can happen to it."""
        yield Fault("nothing", lambda: time.sleep(LASTS))
        special = self._special()
        for machine, title in MACHINES.items():
            for way in WAYS:
                happen = functools.partial(self._fail, machine, way)
                yield Fault(f"{title} {way}", happen, machine)
            for name, happen in special.get(machine, {}).items():
                yield Fault(name, happen)

    def _special(self):
        """{machine: {name: what happens}}"""
        return {
            "mail": {"mail taken, not acknowledged": self._mail_unacknowledged},
            "work2": {
                "one beat killed": self._kill_beat,
                f"clock of a worker {SKEW} s fast": lambda: self._skew("work2", SKEW),
            },
            "web2": {
                f"clock of a web server {SKEW} s fast": lambda: self._skew("web2", SKEW),
                f"clock of a web server {SKEW} s slow": lambda: self._skew("web2", -SKEW),
            },
            "redis": {"Redis emptied": lambda: self.site.redis("FLUSHALL")},
            "db2": {f"standby cut off for {LASTS_LONG} s": lambda: self._cut("db2", LASTS_LONG)},
            "db1": {
                f"database cut off for {LASTS_LONG} s": lambda: self._cut("db1", LASTS_LONG),
                "database killed, standby promoted": self._fail_over,
            },
        }

    def _fail(self, name, way):
        """Have a machine fail in a way, and be well again."""
        {
            "killed": self._kill,
            "cut off": self._cut,
            "restarted": self._restart,
            "slow": self._slow,
        }[way](name)

    def _kill(self, name):
        self.machines[name].kill()
        time.sleep(AWAY)
        self.site.start_machine(name)

    def _restart(self, name):
        self.site.stop_machine(name)
        self.site.start_machine(name)

    def _cut(self, name, seconds=LASTS):
        self.machines[name].cut()
        time.sleep(seconds)
        self.machines[name].connect()

    def _slow(self, name):
        self.machines[name].slow_down()
        time.sleep(LASTS)
        self.machines[name].speed_up()

    def _kill_beat(self):
        self.machines["work2"].kill("beat")
        time.sleep(LASTS)
        self.site.start_beat("work2")

    def _skew(self, name, seconds):
        """Have a machine work with a wrong clock; a worker also looks for what is due by it."""
        path = os.pathsep.join([self.site.environment["PYTHONPATH"], str(SKEWED)])
        skewed = {"PYTHONPATH": path, "DRILL_SKEW": str(seconds)}
        self.site.stop_machine(name)
        self.site.start_machine(name, **skewed)
        end = time.monotonic() + SKEW_LASTS
        for command in ("auto_close", "scan_clocks") if name.startswith("work") else ():
            self.site.manage(name, command, **skewed)
        time.sleep(max(0, end - time.monotonic()))
        self.site.stop_machine(name)
        self.site.start_machine(name)

    def _mail_unacknowledged(self):
        cut = self.site.folder / "cut"
        cut.touch()
        time.sleep(LASTS)
        cut.unlink()

    def _fail_over(self):
        """The primary dies; the standby is promoted, and the dead one made its standby."""
        self._wait_for_step()
        self.watch.stop()
        self.primary.machine.kill()
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary
        self.primary.set_synchronous(is_on=False)
        self.standby.follow(self.primary)
        self.watch = Watch(self.primary)
        self.watch.in_step = False
        self._wait_for_step()

    def _wait_for_step(self):
        end = time.monotonic() + 60
        while not (self.watch.in_step and self.primary.is_followed()):
            if time.monotonic() > end:
                raise StartError("The standby did not catch up.")
            time.sleep(0.2)
