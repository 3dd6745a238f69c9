"""A real SMTP server on this machine, for tests: what it took, and what it has to answer."""

import contextlib
import socket
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller


class PostOffice:
    """Keeps (recipients, message) of each mail; answers a recipient with `verdict` if there is one.

    `raw` holds the bytes of each mail as they came over the line, `senders` those of the envelopes.
    With `before_taking` set, it is called before a mail is taken.
    """

    def __init__(self):
        self.taken, self.verdict, self.before_taking = [], None, None
        self.raw, self.senders = [], []
        self.host = self.port = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.verdict:
            return self.verdict
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.before_taking:
            self.before_taking()
        self.raw.append(envelope.content)
        self.senders.append(envelope.mail_from)
        self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    @property
    def recipients(self):
        return [recipient for recipients, _message in self.taken for recipient in recipients]


@contextlib.contextmanager
def open_post_office():
    """A post office that is open for as long as the block."""
    post = PostOffice()
    controller = Controller(post, hostname="127.0.0.1", port=_free_port())
    controller.start()
    post.host, post.port = controller.hostname, controller.port
    try:
        yield post
    finally:
        controller.stop()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
