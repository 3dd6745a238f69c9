"""The mailbox on an IMAP server: which mails are there, one of them, and moving it away."""

import imaplib
import ssl
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

TIMEOUT_SECONDS = 30
# What the server, the network and the libraries are known to raise.
AWAY = (OSError, imaplib.IMAP4.error, ImapToolsError)
# Of a larger mail so many bytes are kept.
LARGEST_KEPT = 64 * 1024 * 1024
DONE = "Processed"


@contextmanager
def opened(address):
    """The folder that the address names, INBOX without one; raises one of AWAY."""
    parts = urlsplit(address)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    with _server(parts).login(user, password, initial_folder=folder) as box:
        yield box


def _server(parts):
    """Always with TLS, but for a server on this very machine."""
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "imaps":
        return MailBox(host, parts.port or 993, timeout=TIMEOUT_SECONDS, ssl_context=context)
    if host in {"localhost", "127.0.0.1", "::1"}:
        return MailBoxUnencrypted(host, parts.port or 143, timeout=TIMEOUT_SECONDS)
    return MailBoxStartTls(host, parts.port or 143, timeout=TIMEOUT_SECONDS, ssl_context=context)


def waiting(box, most):
    """The server's numbers of the mails that wait, the oldest first."""
    return box.uids("ALL", charset=None)[:most]


def content_of(box, uid):
    """The bytes of a mail, unparsed and still unread on the server; None when it is gone."""
    # The library would parse the mail on the way, without a limit.
    status, answer = box.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST_KEPT}>)")
    found = [each[1] for each in answer or [] if isinstance(each, tuple)]
    return found[0] if status == "OK" and found else None


def move_away(box, uid):
    """Put a mail that is kept here into the folder of those; it is not deleted."""
    if not box.folder.exists(DONE):
        box.folder.create(DONE)
    box.move([uid], DONE)
