"""Runs several processes in one terminal: their lines side by side, and all stop together."""

import asyncio
import contextlib
import os
import signal
import sys

from servers import die_with_parent

STOP_SECONDS = 10
_COLOURS = (36, 32, 35, 33, 34)


class Supervisor:
    """Processes that live and die together. One that ends on its own ends the rest.

    Each process is a session of its own, so that Ctrl-C reaches only the supervisor, which then
    stops them in the opposite order of their start. They also die with it if it is killed.
    """

    def __init__(self, environment):
        self.environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self.processes = {}
        self._readers = []
        self._stopping = asyncio.Event()
        self._is_impatient = False

    def listen_for_signals(self):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self):
        if self._stopping.is_set():
            self._is_impatient = True
            self._signal_all(signal.SIGKILL)
        self._stopping.set()

    async def start(self, name, *command):
        process = await asyncio.create_subprocess_exec(
            *command,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
            limit=2**20,
        )
        self.processes[name] = process
        self._readers.append(asyncio.create_task(self._show_lines(name, process.stdout)))

    async def _show_lines(self, name, stream):
        label = f"{name:<7}|"
        if sys.stdout.isatty():
            colour = _COLOURS[list(self.processes).index(name) % len(_COLOURS)]
            label = f"\x1b[{colour}m{label}\x1b[0m"
        while True:
            try:
                line = await stream.readline()
            except ValueError:  # longer than the limit; the reader goes on with the next one
                line = b"(a very long line was left out)\n"
            if not line:
                return
            print(label, line.decode(errors="replace").rstrip(), flush=True)

    async def wait(self):
        """Wait for a signal or for the first process that ends. Give its name, or None."""
        waiting = {
            asyncio.create_task(_exit_of(process), name=name)
            for name, process in self.processes.items()
        }
        stop = asyncio.create_task(self._stopping.wait())
        done, pending = await asyncio.wait({*waiting, stop}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        ended = done - {stop}
        return None if stop in done else ended.pop().get_name()

    @property
    def is_stopping(self):
        return self._stopping.is_set()

    async def stop(self, *, last=()):
        """Stop all, those named in `last` when the others are gone."""
        self._stopping.set()
        await self._stop([name for name in self.processes if name not in last])
        await self._stop(last)
        await asyncio.gather(*self._readers)

    async def _stop(self, names):
        running = [self.processes[name] for name in names if name in self.processes]
        for process in running:
            if process.returncode is None:
                process.terminate()
        if not running or self._is_impatient:
            self._signal_all(signal.SIGKILL)
            return
        waits = [asyncio.create_task(_exit_of(process)) for process in running]
        await asyncio.wait(waits, timeout=STOP_SECONDS)
        for process in running:
            _signal_group(process, signal.SIGKILL)
        await asyncio.gather(*waits)

    def _signal_all(self, number):
        for process in self.processes.values():
            _signal_group(process, number)


async def _exit_of(process):
    """Wait for the process alone; asyncio's wait() also waits for all who hold its output."""
    while process.returncode is None:
        await asyncio.sleep(0.05)


def _signal_group(process, number):
    """Reach a process and whatever it started; its session carries its own number."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
