"""The two commands: what they start, what they choose, and that nothing of them stays behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import drill_faults
import drill_report
import drill_store
import pytest
import run
import servers
import werkzeug.test

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = (
    "requirements.txt",
    "requirements-run.txt",
    "requirements-test.txt",
    "requirements-redis.txt",
    "requirements-audit.txt",
)

SUPERVISE = """
import asyncio, os, sys
from supervisor import Supervisor

async def main():
    supervisor = Supervisor(dict(os.environ))
    supervisor.listen_for_signals()
    for number, script in enumerate(sys.argv[1:]):
        await supervisor.start(f"p{number}", "sh", "-c", script)
    ended = await supervisor.wait()
    await supervisor.stop()
    print("ended:", ended)

asyncio.run(main())
"""


def supervise(*scripts):
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, *scripts],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def read_until(process, text):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    pytest.fail(f"{text!r} was not printed, but:\n{''.join(lines)}")


def is_running(pid):
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(pids, seconds=15):
    end = time.monotonic() + seconds
    while any(map(is_running, pids)):
        assert time.monotonic() < end, "a process was left behind"
        time.sleep(0.05)


# --- The drill --------------------------------------------------------------------------------


def test_the_drill_reports_an_outage_from_the_last_success_before_the_fault():
    acts = [
        {"at": end - 1, "end": end, "ok": is_ok, "kind": kind, "tries": [302]}
        for end, is_ok, kind in [
            (9, True, "reply"),
            (12, True, "read"),
            (14, False, "reply"),
            (18, True, "reply"),
        ]
    ]
    seen = drill_report.Seen(acts, mails=[5, 11], runs=[10.5, 15, 21])

    assert seen.gaps(drill_faults.Fault("", None, begun=10, ended=20)) == [9, 8, 9, 5]


def test_the_drill_has_every_machine_fail_in_every_way():
    faults = drill_faults.Faults.__new__(drill_faults.Faults)
    names = [fault.name for fault in faults.all()]

    assert len(names) == len(set(names))
    for machine in drill_faults.MACHINES.values():
        assert {f"{machine} {way}" for way in drill_faults.WAYS} <= set(names)


def test_the_bucket_of_the_drill_keeps_what_it_acknowledged(tmp_path):
    kept, refused = kept_store(tmp_path), kept_store(tmp_path / "other", answers="500 Broken")
    for method, path in [("PUT", "/b"), ("PUT", "/b/one"), ("GET", "/b"), ("DELETE", "/b/one")]:
        client_of(kept).open(path, method=method, data=f"{method} of\n{path}")
    client_of(refused).open("/b", method="PUT", data="never acknowledged")

    again = kept_store(tmp_path)
    again.load()

    assert again.app.seen == [
        ("PUT", "/b", b"PUT of\n/b"),
        ("PUT", "/b/one", b"PUT of\n/b/one"),
        ("DELETE", "/b/one", b"DELETE of\n/b/one"),
    ]
    assert kept_store(tmp_path / "other").names == []


def kept_store(folder, answers="200 OK"):
    """The store of the drill around an application that notes what it is asked."""

    def app(environ, start_response):
        asked = (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["wsgi.input"].read())
        app.seen.append(asked)
        start_response(answers, [])
        return [b""]

    app.seen = []
    return drill_store.Kept(app, folder)


def client_of(app):
    return werkzeug.test.Client(app)


# --- Several processes in one terminal --------------------------------------------------------


def test_a_process_that_ends_stops_the_others():
    process = supervise("echo $$; exec sleep 60", "sleep 0.3; exit 3")

    pid = int(re.search(r"p0 +\| (\d+)", read_until(process, "p0")).group(1))
    read_until(process, "ended: p1")

    wait_until_gone([pid])
    assert process.wait(timeout=10) == 0


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        *(pytest.param(each, marks=pytest.mark.full) for each in (signal.SIGINT, signal.SIGHUP)),
    ],
)
def test_a_signal_stops_all_processes_and_what_they_started(number):
    process = supervise("sleep 60 & echo $!; wait", "trap '' TERM; echo $$; sleep 1; sleep 0.1")
    pids = [int(pid) for pid in re.findall(r"\| (\d+)", read_until(process, "p0"))]

    process.send_signal(number)

    read_until(process, "ended: None")
    wait_until_gone(pids)


def test_a_killed_supervisor_leaves_no_process_behind():
    process = supervise("echo $$; exec sleep 60")
    pid = int(re.search(r"\| (\d+)", read_until(process, "p0")).group(1))

    process.kill()

    wait_until_gone([pid])


def test_every_line_carries_the_name_of_its_process():
    process = supervise("echo one; echo two; printf three", "sleep 0.5")

    output = read_until(process, "ended")

    assert [line for line in output.splitlines() if line.startswith("p0")] == [
        "p0     | one",
        "p0     | two",
        "p0     | three",
    ]


# --- What a run chooses -----------------------------------------------------------------------


def test_a_run_without_servers_of_its_own_is_a_demo(tmp_path):
    configuration = run.Configuration({"RUN_DIR": str(tmp_path)})

    environment = configuration.environment
    assert (environment["DEBUG"], environment["DEMO"]) == ("1", "1")
    assert environment["STAFF_SECOND_FACTOR"] == "optional"
    assert environment["REDIS_URL"] == f"redis+socket://{tmp_path}/redis/redis.sock"
    assert "DATABASE_URL" not in environment


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_a_run_on_given_servers_has_neither_demo_data_nor_debug(tmp_path, name):
    configuration = run.Configuration({"RUN_DIR": str(tmp_path), name: "given://"})

    assert configuration.has_demo is False
    assert "DEBUG" not in configuration.environment
    assert "STAFF_SECOND_FACTOR" not in configuration.environment
    assert configuration.environment[name] == "given://"


def test_a_run_on_given_servers_shows_the_demo_when_asked(tmp_path):
    given = {"RUN_DIR": str(tmp_path), "DATABASE_URL": "given://", "DEMO": "1"}

    configuration = run.Configuration(given)

    assert configuration.has_demo is True
    assert configuration.environment["DEBUG"] == "1"


def test_a_run_without_a_mail_server_has_one_of_its_own_on_loopback(tmp_path):
    environment = run.Configuration({"RUN_DIR": str(tmp_path)}).environment

    assert environment["EMAIL_URL"].startswith("smtp://127.0.0.1:")
    assert environment["IMAP_URL"].startswith("imap://support:demo@127.0.0.1:")


@pytest.mark.parametrize(
    "given",
    [
        {"EMAIL_URL": "smtp://mail.example"},
        {"IMAP_URL": "imaps://mail.example"},
        {"DATABASE_URL": "given://"},
    ],
)
def test_a_run_on_given_mail_servers_or_without_debug_starts_none(tmp_path, given):
    configuration = run.Configuration({"RUN_DIR": str(tmp_path), **given})

    assert configuration.mail is None
    assert {"EMAIL_URL", "IMAP_URL"} & set(configuration.environment) == {
        name for name in given if name != "DATABASE_URL"
    }


def test_a_given_database_never_gets_a_secret_out_of_a_file(tmp_path):
    configuration = run.Configuration({"RUN_DIR": str(tmp_path), "DATABASE_URL": "given://"})

    assert "SECRET_KEY" not in configuration.environment
    assert not (tmp_path / "secret_key").exists()


def test_the_secret_of_a_folder_outlives_a_run_and_is_read_by_its_owner_only(tmp_path):
    first = run.Configuration({"RUN_DIR": str(tmp_path)}).environment["SECRET_KEY"]
    second = run.Configuration({"RUN_DIR": str(tmp_path)}).environment["SECRET_KEY"]

    assert first == second
    assert len(first) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_redis_moves_to_a_short_path_when_the_folder_is_deep(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)

    configuration = run.Configuration({"RUN_DIR": str(deep)})

    configuration.redis_socket.parent.rmdir()
    assert len(str(configuration.redis_socket)) <= servers.SOCKET_PATH_BYTES


def test_a_taken_port_is_refused_when_it_was_asked_for():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        with pytest.raises(servers.StartError, match=f"Port {port} is taken"):
            run.choose_port("127.0.0.1", port)


def test_a_port_that_is_no_number_is_refused():
    with pytest.raises(servers.StartError, match="not a port number"):
        run.choose_port("127.0.0.1", "http")


def test_a_second_run_in_the_same_folder_is_refused(tmp_path):
    with run.lock(tmp_path), pytest.raises(servers.StartError, match="already running"):
        run.lock(tmp_path)


# --- Packages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_package_is_pinned_with_hashes_and_names_no_other_source(name):
    text = (ROOT / name).read_text()

    packages = re.findall(r"^[a-z].*(?:\n +--hash.*)*", text, flags=re.MULTILINE)

    assert packages
    for package in packages:
        assert "==" in package.splitlines()[0], package
        assert "--hash=sha256:" in package, package
    assert "://" not in text


def test_tests_run_on_the_versions_that_are_shipped():
    shipped, tested = (
        set(re.findall(r"^[a-z][^ \n]*==[^ \n]*", (ROOT / name).read_text(), re.MULTILINE))
        for name in REQUIREMENTS[:3:2]
    )

    assert shipped <= tested


# --- The whole --------------------------------------------------------------------------------


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.status, answer.read().decode(errors="replace")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def children_of(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found] + [below for each in found for below in children_of(each)]


@pytest.mark.full
def test_make_run_serves_the_sign_in_page_and_stops_without_a_trace(tmp_path):
    port = free_port()
    given = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "scripts/run.py"],
        cwd=ROOT,
        env={**given, "RUN_DIR": str(tmp_path), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )
    try:
        output = read_until(process, "Ctrl-C stops everything.")
        status, page = get(port, "/accounts/login/")
        stylesheet = re.search(r'href="(/static/[^"]+\.css)"', page).group(1)
        started = children_of(process.pid)

        assert "sara@pars.example" in output
        assert status == 200
        assert get(port, stylesheet)[0] == 200
        # Redis, mailbox and mail server, the web process, and the worker, in which beat runs too.
        assert len(started) >= 5
    finally:
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        code = process.wait(timeout=30)
    assert code == 0
    wait_until_gone(started)
    assert not servers.accepts_connections(tmp_path / "redis" / "redis.sock")
