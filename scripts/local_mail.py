"""The mail server of `make run`: SMTP and IMAP on loopback; nothing leaves the machine."""

import contextlib
import socket
import sys
from pathlib import Path

HOST = "127.0.0.1"
USER, PASSWORD = "support", "demo"
_GIVEN = ("EMAIL_URL", "IMAP_URL", "INTAKE_ADDRESS")


class LocalMail:
    """Two free ports, and the processes that listen there."""

    def __init__(self):
        self.smtp_port, self.imap_port = _free_port(), _free_port()

    @staticmethod
    def is_wanted(given):
        """Whether the environment leaves mail to this run altogether."""
        return not any(given.get(name) for name in _GIVEN)

    @property
    def environment(self):
        """How the product sends its mail here, and fetches answers."""
        return {
            "EMAIL_URL": f"smtp://{HOST}:{self.smtp_port}",
            "IMAP_URL": f"imap://{USER}:{PASSWORD}@{HOST}:{self.imap_port}/INBOX",
        }

    def commands(self):
        return {
            "mailbox": [
                str(Path(sys.executable).parent / "pymap"),
                *("--host", HOST, "--port", str(self.imap_port), "--no-tls"),
                *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
            ],
            "mail": [
                *(sys.executable, "-m", "aiosmtpd", "--nosetuid", "--smtputf8"),
                *("--listen", f"{HOST}:{self.smtp_port}"),
                *("--class", "helpdesk.sent_mail.catching.Catcher"),
            ],
        }


def accepts_connections(port):
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def _free_port():
    """Give a port that the system chooses: of two runs that start together each has its own."""
    with socket.create_server((HOST, 0)) as probe:
        return probe.getsockname()[1]
