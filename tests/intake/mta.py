"""A real mail server for tests: Postfix, where it is installed and this is root.

It has a configuration and folders of its own and listens on loopback alone; the machine's own mail
server, if there is one, is left as it is. Mail to the helpdesk's address goes to `manage.py
receive_mail`, mail to CUSTOMERS' domain into files, and nobody at ABSENT's domain has a mailbox.
The part of `main.cf` and `master.cf` that hands mail over is the one of docs/operations.md.
"""

import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

from django.conf import settings
from servers import die_with_parent, stop_process, throwaway_folder

POSTFIX = shutil.which("postfix") or shutil.which("postfix", path="/usr/sbin")
HELPDESK, CUSTOMERS, ABSENT = "help.example", "pars.example", "absent.example"
HOST, ACCOUNT = "127.0.0.1", "nobody"
PATIENCE = 60
# docs/operations.md has these lines, but for the retries: a test cannot wait for minutes.
MAIN = """
compatibility_level = 3.6
recipient_delimiter = +
transport_maps = inline:{{ {helpdesk}=helpdesk: }}
helpdesk_destination_recipient_limit = 1
helpdesk_destination_concurrency_limit = 2
# A delivery report has no sender; without this line it would be given one.
null_sender =
"""
RETRIES = """
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""
# Of this test alone: private folders, loopback, mailboxes as files.
PRIVATE = """
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.{helpdesk}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
smtp_dns_support_level = disabled
relay_domains = {helpdesk}
mydestination = {absent}
local_recipient_maps =
virtual_mailbox_domains = {customers}
virtual_mailbox_base = {folder}/mailboxes
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
helpdesk unix - n n - 2 pipe
  user={account} null_sender=
  argv={command} ${{sender}} ${{original_recipient}}
"""
# What Postfix starts for each mail: the script of docs/operations.md, which also notes the code.
COMMAND = """#!/bin/sh
set -a
. {folder}/pipe/environment
cd {checkout}
{python} manage.py receive_mail --sender "$1" --recipient "$2" -
code=$?
echo $code >> {folder}/pipe/codes
case $code in
  0|65) exit $code ;;
  *) exit 75 ;;
esac
"""


def why_not():
    """Why it cannot run here; "" where it can."""
    if not POSTFIX or os.geteuid() != 0:
        return "needs Postfix and root"
    folders = (settings.BASE_DIR / "manage.py", sysconfig.get_path("purelib"))
    if not all(may_read(each) for each in folders):
        return "needs a checkout and packages that the account of the mail server may read"
    return ""


def may_read(path):
    # By a shell: `setpriv` itself still has all rights of root when it starts something.
    command = ["setpriv", f"--reuid={ACCOUNT}", "--regid=nogroup", "--clear-groups"]
    return not subprocess.run([*command, "sh", "-c", f"test -r {quote(str(path))}"]).returncode


def python_in(folder):
    """Environment and path of an interpreter that ACCOUNT may start: this one, or a copy of it.

    Postfix starts nothing as root, and root's own Python may be where nobody else can read.
    """
    if may_read(Path(sys.executable).resolve()):
        return {}, sys.executable
    home, copy = Path(sys.base_prefix), folder / "python"
    library = f"lib/python{sys.version_info.major}.{sys.version_info.minor}"
    left_out = shutil.ignore_patterns("site-packages", "test", "__pycache__", "config-*")
    shutil.copytree(home / library, copy / library, ignore=left_out)
    for shared in (home / "lib").glob("libpython*.so*"):
        shutil.copy(shared, copy / "lib")
    shutil.copy(Path(sys.executable).resolve(), copy / "python")
    return {"PYTHONHOME": str(copy), "LD_LIBRARY_PATH": str(copy / "lib")}, copy / "python"


class Server:
    """A running Postfix, and the command that it hands mail to."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self._environment, self.python = python_in(folder)

    def use_database(self, url):
        """Have the command work on this database from now on."""
        values = {
            **self._environment,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "INTAKE_ADDRESS": settings.INTAKE_ADDRESS,
            "PYTHONPATH": sysconfig.get_path("purelib"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TEST_FOLDER": str(self.folder / "pipe"),
        }
        lines = [f"{name}={quote(value)}\n" for name, value in values.items()]
        new = self.folder / "pipe" / "new"
        new.write_text("".join(lines))
        new.rename(self.folder / "pipe" / "environment")

    def codes(self):
        """How the command ended, each time that it was started."""
        path = self.folder / "pipe" / "codes"
        return [int(code) for code in path.read_text().split()] if path.exists() else []

    def mailbox(self):
        """The mails that were delivered to customers, the earliest first."""
        return [each.read_bytes() for each in sorted((self.folder / "mailboxes/all/new").glob("*"))]

    def waiting(self):
        """What it has not delivered yet."""
        queues = ("incoming", "active", "deferred", "maildrop")
        paths = [each for name in queues for each in (self.folder / "queue" / name).rglob("*")]
        return [each.name for each in paths if each.is_file()]

    def send(self, content, *, sender, recipient):
        with smtplib.SMTP(HOST, self.port, timeout=20) as client:
            client.sendmail(sender, [recipient], content)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")[-4000:]


@contextmanager
def running():
    with throwaway_folder() as folder:
        account = pwd.getpwnam(ACCOUNT)
        for name in ("etc", "queue", "data", "pipe", "mailboxes"):
            (folder / name).mkdir()
            (folder / name).chmod(0o755)
        for name in ("pipe", "mailboxes"):
            os.chown(folder / name, account.pw_uid, account.pw_gid)
        os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
        server = Server(folder, _free_port())
        _configure(server, account)
        process = subprocess.Popen(
            [POSTFIX, "-c", folder / "etc", "start-fg"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one call, of no Python lock
        )
        try:
            _wait_for(server, process)
            yield server
        finally:
            subprocess.run([POSTFIX, "-c", folder / "etc", "stop"], capture_output=True)
            stop_process(process)


def _configure(server, account):
    folder = server.folder
    values = {
        "folder": folder,
        "helpdesk": HELPDESK,
        "customers": CUSTOMERS,
        "absent": ABSENT,
        "uid": account.pw_uid,
        "gid": account.pw_gid,
        "port": f"{HOST}:{server.port}",
        "account": ACCOUNT,
        "command": folder / "command",
        "checkout": settings.BASE_DIR,
        "python": server.python,
    }
    (folder / "etc/main.cf").write_text((MAIN + RETRIES + PRIVATE).format(**values))
    (folder / "etc/master.cf").write_text(MASTER.format(**values))
    (folder / "command").write_text(COMMAND.format(**values))
    (folder / "command").chmod(0o755)


def _free_port():
    with socket.create_server((HOST, 0)) as probe:
        return probe.getsockname()[1]


def _wait_for(server, process):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(process.stdout.read().decode() + server.log())
        try:
            with smtplib.SMTP(HOST, server.port, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Postfix does not answer")
