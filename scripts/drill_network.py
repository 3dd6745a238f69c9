"""The machines of `make drill`: network namespaces on one bridge, and the processes in them.

Nothing leaves them: the bridge is in a namespace of its own and leads nowhere else.
"""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

from servers import StartError, die_with_parent

# Two drills may run at once, and what a killed one left is removed by the next.
PREFIX = f"drill-{os.getpid()}-"
NETWORK = "10.77.0"
SWITCH = f"{PREFIX}switch"
# Of a slowed machine: how long it stands, and how long it goes on.
STANDS, GOES = 0.20, 0.05
NETEM = ("delay", "150ms", "50ms")


def ip(*arguments, check=True):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if check and done.returncode:
        raise StartError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


class Machine:
    """A network namespace with one address, and the processes that run in it by name."""

    def __init__(self, name, number, folder):
        self.name, self.address = name, f"{NETWORK}.{number}"
        self.namespace, self.port = f"{PREFIX}{name}", f"to-{name}"
        self.folder, self.processes = folder / name, {}
        self._pace = None
        self.folder.mkdir()
        self.folder.chmod(0o711)
        ip("netns", "add", self.namespace)
        peer = ("type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        ip("-n", SWITCH, "link", "add", "name", self.port, *peer)
        ip("-n", self.namespace, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for link in ("eth0", "lo"):
            ip("-n", self.namespace, "link", "set", link, "up")
        ip("-n", SWITCH, "link", "set", self.port, "master", "lan", "up")

    @property
    def log(self):
        return self.folder / "log"

    def command(self, *command):
        return ["ip", "netns", "exec", self.namespace, *map(str, command)]

    def start(self, name, *command, environment=None, signal_number=signal.SIGTERM):
        """Start a process in a session of its own; it dies with the drill."""
        with self.log.open("ab") as output:
            self.processes[name] = subprocess.Popen(
                self.command(*command),
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal_number),
            )
        return self.processes[name]

    def run(self, *command, environment=None, **options):
        """Run a command to its end. Raises StartError with its output."""
        done = subprocess.run(
            self.command(*command), env=environment, capture_output=True, text=True, **options
        )
        if done.returncode:
            output = f"{done.stdout}\n{done.stderr}".strip()[-3000:]
            raise StartError(f"{' '.join(map(str, command[:6]))}:\n{output}")
        return done.stdout

    def send(self, number, *names):
        """Reach the named processes and their groups; without a name all that run here."""
        for name in names:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.processes[name].pid, number)
        for pid in [] if names else ip("netns", "pids", self.namespace).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), number)

    def kill(self, *names):
        """End at once, as a machine does that loses its power."""
        self.send(signal.SIGKILL, *names)
        for name in names or self.processes:
            self.processes[name].wait()

    def stop(self, *names, number=signal.SIGTERM, seconds=45):
        """Ask to end, and wait; what does not is killed."""
        for name in names or self.processes:
            self.processes[name].send_signal(number)
        for name in names or self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.processes[name].wait(seconds)
        self.kill(*names)

    # --- What happens to its network --------------------------------------------------------------

    def cut(self):
        """Take it off the network: what it sends and what is sent to it is lost in silence."""
        ip("-n", SWITCH, "link", "set", self.port, "nomaster")

    def connect(self):
        ip("-n", SWITCH, "link", "set", self.port, "master", "lan")

    def slow_down(self):
        """Delay each packet where the kernel can; else it stands most of the time."""
        if can_delay():
            self._netem("add")
        else:
            self._pace = _Pace(self)

    def speed_up(self):
        if self._pace:
            self._pace.stop()
            self._pace = None
        else:
            self._netem("del")

    def _netem(self, verb):
        delay = NETEM if verb == "add" else ()
        ip_tc = ("tc", "qdisc", verb, "dev", "eth0", "root", "netem", *delay)
        subprocess.run(self.command(*ip_tc), check=True)

    def end(self):
        if self._pace:
            self.speed_up()
        self.kill()
        ip("netns", "del", self.namespace, check=False)


class _Pace:
    """Has the processes of a machine stand and go in turn, in a thread."""

    def __init__(self, machine):
        self._machine, self._is_over = machine, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._is_over.is_set():
            self._machine.send(signal.SIGSTOP)
            time.sleep(STANDS)
            self._machine.send(signal.SIGCONT)
            time.sleep(GOES)

    def stop(self):
        self._is_over.set()
        self._thread.join()
        self._machine.send(signal.SIGCONT)


_delays = []


def can_delay():
    """Whether this kernel can delay packets (netem)."""
    if not _delays:
        tried = ["ip", "netns", "exec", SWITCH, "tc", "qdisc", "add", "dev", "lo", "root", "netem"]
        done = subprocess.run([*tried, *NETEM], capture_output=True)
        _delays.append(done.returncode == 0)
    return _delays[0]


@contextlib.contextmanager
def network(folder, names):
    """{name: Machine}, all on one bridge; gone with the block, also those of a killed drill."""
    remove_left()
    machines = {}
    ip("netns", "add", SWITCH)
    try:
        ip("-n", SWITCH, "link", "add", "lan", "type", "bridge")
        # A port that comes back forwards at once.
        ip("-n", SWITCH, "link", "set", "lan", "type", "bridge", "forward_delay", "0")
        ip("-n", SWITCH, "link", "set", "lan", "up")
        ip("-n", SWITCH, "link", "set", "lo", "up")
        for number, name in enumerate(names, 1):
            machines[name] = Machine(name, number, folder)
        yield machines
    finally:
        for machine in reversed(machines.values()):
            machine.end()
        remove_left()


def remove_left():
    for line in ip("netns", "list").splitlines():
        name = line.split()[0]
        made = re.fullmatch(r"drill-(\d+)-\w+", name)
        if made and (name.startswith(PREFIX) or not Path("/proc", made[1]).exists()):
            ip("netns", "del", name, check=False)
