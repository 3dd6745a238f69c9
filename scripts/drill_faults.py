"""What happens to the machines of `make drill`, one thing after the other."""

import contextlib
import os
import signal
import threading
import time
from dataclasses import dataclass

from environment import ROOT
from servers import StartError

# How long a fault lasts, and how long it is looked on after it.
LASTS, AFTER = 8, 4
# A commit waits for a standby that is away at most this long: then it is done without.
WITHOUT_STANDBY_AFTER = 5
SKEW, SKEWED = 90, ROOT / "scripts" / "drill_skew"


@dataclass
class Fault:
    """One row of the table: what happens to which machine, and when it did."""

    name: str
    happen: object
    begun: float = 0.0
    ended: float = 0.0
    note: str = ""


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
        yield Fault("nothing", lambda: time.sleep(LASTS))
        # First what is tried again after minutes, which are not waited for in the end then.
        yield Fault("mail server cut off", lambda: self._cut("mail"))
        yield Fault("mail taken, not acknowledged", self._mail_unacknowledged)
        for name in ("work1", "web1"):
            yield from self._of(name)
        yield Fault("nginx killed", lambda: self._killed("proxy", self.site.start_proxy))
        yield Fault("Redis emptied", lambda: self.site.redis("FLUSHALL"))
        yield Fault("Redis killed", lambda: self._killed("redis", self.site.start_redis))
        yield Fault("Redis cut off", lambda: self._cut("redis"))
        yield Fault("Redis slow", lambda: self._slow("redis"))
        yield Fault("bucket cut off", lambda: self._cut("store"))
        yield Fault("bucket slow", lambda: self._slow("store"))
        yield Fault("standby killed", lambda: self._killed("db2", self.standby.start))
        yield Fault("standby cut off", lambda: self._cut("db2"))
        yield Fault("database cut off", lambda: self._cut("db1"))
        yield Fault("database slow", lambda: self._slow("db1"))
        yield Fault("database restarted", self._restart_database)
        yield Fault("database killed, standby promoted", self._fail_over)
        yield Fault(f"clock of a worker {SKEW} s fast", lambda: self._skew("work2", SKEW))
        yield Fault(f"clock of a web server {SKEW} s fast", lambda: self._skew("web2", SKEW))
        yield Fault(f"clock of a web server {SKEW} s slow", lambda: self._skew("web2", -SKEW))

    def _of(self, name):
        start = self._start_of(name)
        what = "web server" if name.startswith("web") else "worker and beat"
        yield Fault(f"{what} killed", lambda: self._killed(name, start))
        yield Fault(f"{what} cut off", lambda: self._cut(name))
        yield Fault(f"{what} restarted", lambda: self._restarted(name, start))
        yield Fault(f"{what} slow", lambda: self._slow(name))

    def _start_of(self, name):
        start = self.site.start_web if name.startswith("web") else self.site.start_work
        return lambda **more: start(name, **more)

    def _killed(self, name, start):
        self.machines[name].kill()
        time.sleep(LASTS / 2)
        start()

    def _restarted(self, name, start):
        self.machines[name].stop()
        start()

    def _cut(self, name):
        self.machines[name].cut()
        time.sleep(LASTS)
        self.machines[name].connect()

    def _slow(self, name):
        self.machines[name].slow_down()
        time.sleep(LASTS)
        self.machines[name].speed_up()

    def _skew(self, name, seconds):
        start = self._start_of(name)
        self.machines[name].stop()
        path = os.pathsep.join([self.site.environment["PYTHONPATH"], str(SKEWED)])
        start(PYTHONPATH=path, DRILL_SKEW=str(seconds))
        time.sleep(2.5 * LASTS)
        self.machines[name].stop()
        start()

    def _mail_unacknowledged(self):
        cut = self.site.folder / "cut"
        cut.touch()
        time.sleep(LASTS)
        cut.unlink()

    def _restart_database(self):
        self.primary.machine.stop("postgres", number=signal.SIGINT)
        self.primary.start()

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
