"""The mail server of `make run` for tests: the same processes, on free ports."""

import contextlib
import os
import subprocess
import time

import local_mail
from environment import ROOT
from servers import die_with_parent, stop_process

from helpdesk.sent_mail import store
from intake import mailbox
from notifications import services
from notifications.models import Notification

ADDRESS = "support@localhost"
PATIENCE = 30


class Server(local_mail.LocalMail):
    """A running mail server that keeps what was sent under `run_dir`."""

    def __init__(self, run_dir):
        super().__init__()
        self.run_dir = run_dir

    def use(self, settings):
        """Have this process send, fetch and show mail as `make run` does."""
        settings.DEBUG, settings.RUN_DIR = True, self.run_dir
        settings.IMAP_URL, settings.INTAKE_ADDRESS = self.environment["IMAP_URL"], ADDRESS
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = local_mail.HOST, self.smtp_port

    def is_up(self):
        with contextlib.suppress(*mailbox.AWAY), mailbox.opened(self.environment["IMAP_URL"]):
            return local_mail.accepts_connections(self.smtp_port)
        return False


@contextlib.contextmanager
def running(run_dir):
    server = Server(run_dir)
    given = {
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DEBUG": "1",
        "RUN_DIR": str(run_dir),
        **server.environment,
    }
    processes = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **given},
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one call, of no Python lock
        )
        for command in server.commands().values()
    ]
    try:
        end = time.monotonic() + PATIENCE
        while not server.is_up():
            assert time.monotonic() < end, "the mail server did not start"
            time.sleep(0.05)
        yield server
    finally:
        for process in processes:
            stop_process(process)


def send_mail_about(ticket, person):
    """Send the latest mail to a person about a ticket, as a worker does; returns it as shown."""
    rows = Notification.objects.filter(recipient=person, ticket=ticket, channel="email")
    services.deliver(rows.latest("pk").pk)
    return store.newest()[0]
