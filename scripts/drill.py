"""`make drill`: a site on several machines, and what happens when each of them fails.

Ten machines are network namespaces of this one: nginx, two web servers, two with worker and beat,
PostgreSQL with a synchronous standby, Redis, a bucket, a mail server; beside them people who file,
answer and read all the time. Each machine fails in each way, one fault after the other; afterwards
everything that was acknowledged must be there once. Needs root, and Debian's packages below, which
are installed.

FAULTS names parts of the names of faults, such as Redis,killed, which then happen alone and are not
written down; KEEP a folder for logs, journal and mails. With POOLER=1 all processes reach the
databases through PgBouncer. Writes the table to docs/operations.md and ends with 1 where something
is wrong.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import drill_report
from drill_faults import AFTER, MACHINES, Faults
from drill_network import can_delay, network
from drill_servers import HAS_POOLER, PYTHON, Site, until
from environment import ROOT
from servers import StartError, postgresql_binaries, stop_process, throwaway_folder

WANTED = os.environ.get("FAULTS", "").split(",")
# On a quiet machine all takes half as long.
MOST_SECONDS = 1800
# How long what waits may take to be sent in the end, and people to be acknowledged.
SETTLES = 420
LONGEST_ACT = 160
PACKAGES = {
    "ip": "iproute2",
    "nginx": "nginx",
    "redis-server": "redis-server",
    "openssl": "openssl",
    **({"pgbouncer": "pgbouncer"} if HAS_POOLER else {}),
}


def missing():
    """The packages without which there is no drill."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    packages = [each for name, each in PACKAGES.items() if not shutil.which(name, path=path)]
    packages += [] if postgresql_binaries() else ["postgresql"]
    return packages


def install(packages):
    """Have Debian's packages installed, without starting what is in them."""
    print(f"Installing {', '.join(packages)} …", flush=True)
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr, flush=True)
    if left := missing():
        raise StartError(f"The drill needs these packages, and could not have them: {left}")


class Drill:
    def __init__(self, machines, folder):
        self.machines, self.folder = machines, folder
        self.site = Site(machines, folder)
        self.begun_at, self.faults, self.skipped = 0.0, [], []

    def run(self):
        """Gives (faults, what was seen, result of the checks)."""
        started = time.monotonic()
        self.site.start()
        say(f"Everything runs after {time.monotonic() - started:.0f} s.")
        people = self._start_people()
        time.sleep(AFTER)
        self.begun_at = time.time()
        faults = Faults(self.site)
        try:
            for fault in faults.all():
                self._happen(fault)
        finally:
            faults.watch.stop()
        stop_process(people, seconds=LONGEST_ACT)
        say("People have stopped; what waits is sent …")
        self._settle()
        found = self._checked()
        found["wrong"] += [f"{each} has ended by itself" for each in self._ended()]
        return self.faults, self._seen(), found

    def _start_people(self):
        place = self.machines["people"]
        files = (self.folder / "cast.json", self.folder / "journal.jsonl")
        command = (PYTHON, ROOT / "scripts/drill_people.py", self.machines["proxy"].address)
        return place.start("people", *command, *files)

    def _happen(self, fault):
        if not any(part in fault.name for part in WANTED):
            return
        if time.time() - self.begun_at > MOST_SECONDS:
            self.skipped.append(f"{fault.name}: no time was left")
            return
        fault.begun = time.time()
        fault.happen()
        self._wait_until_well()
        fault.ended = time.time()
        self.faults.append(fault)
        with (self.folder / "faults.jsonl").open("a") as file:
            times = {"begun": fault.begun, "ended": fault.ended}
            file.write(json.dumps({"name": fault.name} | times) + "\n")
        say(drill_report.line_of(fault, self._seen()))

    def _wait_until_well(self):
        """Until people, mails and tasks go on after the fault: the next one finds all well."""
        lasted = time.time()
        time.sleep(AFTER)
        end = lasted + LONGEST_ACT
        while time.time() < end and not self._seen().all_is_well_since(lasted):
            time.sleep(0.5)

    def _seen(self):
        mails = [mail["at"] for mail in self._lines("mails.jsonl") if not mail["cut"]]
        ahead = time.time() - time.monotonic()
        runs = [each + ahead for each in self._lines("tasks")]
        return drill_report.Seen(self._lines("journal.jsonl"), mails, runs)

    def _lines(self, name):
        path = self.folder / name
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def _ask(self, what, at):
        arguments = (what, self.folder, at)
        return self.machines["people"].run(
            PYTHON,
            ROOT / "scripts/drill_inside.py",
            "drill_checks",
            *arguments,
            environment=self.site.environment,
            cwd=ROOT,
        )

    def _settle(self):
        with contextlib.suppress(StartError):
            now = time.time()
            until(lambda: self._ask("pending", now).strip() == "0", "what is to be sent", SETTLES)

    def _ended(self):
        """What should still run after all that has happened."""
        return [
            f"{name} of {machine.name}"
            for machine in self.machines.values()
            for name, process in machine.processes.items()
            if name != "people" and process.poll() is not None
        ]

    def _checked(self):
        return json.loads(self._ask("all", self.begun_at).splitlines()[-1])


def say(text):
    print(text, flush=True)


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if os.geteuid() != 0:
            raise StartError("The drill makes network namespaces: run it as root.")
        if packages := missing():
            install(packages)
        started = time.monotonic()
        with throwaway_folder() as folder, network(folder, ["people", *MACHINES]) as machines:
            drill = Drill(machines, folder)
            try:
                faults, seen, found = drill.run()
            finally:
                keep(folder)
            report = drill_report.Report(faults, seen, found, drill.skipped, slows_by(can_delay()))
            report.took = time.monotonic() - started
            report.postgresql = drill.site.databases["db1"].tool("postgres", "--version").strip()
        return report.write(is_kept=not (any(WANTED) or HAS_POOLER))
    except StartError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def keep(folder):
    """Leave the logs, the journal and the list of mails in the folder that KEEP names."""
    if kept := os.environ.get("KEEP"):
        for path in [*folder.glob("*.json*"), *folder.glob("*/*log")]:
            place = Path(kept, path.relative_to(folder))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def slows_by(delays):
    return "packets delayed by 150 ms" if delays else "stands for four fifths of the time"


if __name__ == "__main__":
    sys.exit(main())
