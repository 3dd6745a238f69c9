"""A real IMAP server for tests: Dovecot, where it is installed and this is root."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
USER, PASSWORD = "support", "secret-word"
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
"""


def can_run():
    return bool(DOVECOT) and os.geteuid() == 0


class Server:
    """A running Dovecot: its addresses, and the mails in its folders."""

    def __init__(self, folder, plain, tls):
        self.folder, self.plain, self.tls = folder, plain, tls

    @property
    def address(self):
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.plain}/INBOX"

    @property
    def tls_address(self):
        return f"imaps://{USER}:{PASSWORD}@localhost:{self.tls}/INBOX"

    def deliver(self, content, name):
        path = self.folder / "mail" / "new" / name
        path.write_bytes(content)
        shutil.chown(path, "nobody")

    def waiting(self):
        return self._in(self.folder / "mail")

    def processed(self):
        return self._in(self.folder / "mail" / ".Processed")

    @staticmethod
    def _in(folder):
        return [each for kind in ("new", "cur") for each in (folder / kind).glob("*")]


@contextmanager
def running():
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    nobody = pwd.getpwnam("nobody")
    for name in ("mail", "mail/new", "mail/cur", "mail/tmp", "home"):
        (folder / name).mkdir()
        os.chown(folder / name, nobody.pw_uid, nobody.pw_gid)
    _make_certificate(folder)
    plain, tls = _free_ports()
    settings = folder / "dovecot.conf"
    settings.write_text(
        CONFIGURATION.format(
            folder=folder,
            password=PASSWORD,
            plain=plain,
            tls=tls,
            uid=nobody.pw_uid,
            gid=nobody.pw_gid,
        )
    )
    process = subprocess.Popen([DOVECOT, "-F", "-c", settings], stderr=subprocess.PIPE)
    try:
        _wait_for(plain, process)
        yield Server(folder, plain, tls)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _make_certificate(folder):
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", folder / "server.key", "-out", folder / "server.pem"),
        ],
        check=True,
        capture_output=True,
    )


def _free_ports():
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]


def _wait_for(port, process):
    for _time in range(300):
        if process.poll() is not None:
            raise AssertionError(process.stderr.read().decode())
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Dovecot does not answer")
