"""One request to a receiver: to the very address that was checked, and within limits.

No redirect is followed, no proxy and no credential of the environment is used, nothing that is
answered is decoded, and of an answer no more is read than the log keeps.
"""

import socket
import ssl
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import NamedTuple

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.exceptions import TimeoutError as NoAnswerInTime

from . import addresses
from .choices import Trouble
from .errors import AddressError

# Seconds: to connect, and to be answered a part; `Post.abort` ends what takes longer in all.
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5, 10, 15
# Of the addresses of a host so many are tried.
MOST_ADDRESSES = 2
# So many bytes of an answer are read and kept.
MOST_READ = 2048
USER_AGENT = "Helpdesk-Webhooks/1"


class Answer(NamedTuple):
    """What came of a request: a status with the beginning of its text, or what went wrong."""

    trouble: str = ""
    code: int | None = None
    text: str = ""
    milliseconds: int = 0

    @property
    def is_accepted(self):
        return not self.trouble


@dataclass
class Post:
    """A request on its way, in a thread; `abort` is called from another one."""

    url: str
    headers: dict
    body: bytes
    begun: float = field(default_factory=time.monotonic)
    _connection: object = None
    _is_aborted: bool = False

    def send(self):
        """Send it and return the Answer, whatever happens."""
        self.begun = time.monotonic()
        try:
            code, text = self._exchange()
            answer = Answer(_trouble_of(code), code, text)
        except AddressError as error:
            answer = Answer(error.trouble)
        except ssl.SSLError as error:
            answer = Answer(self._or_timeout(error, Trouble.TLS))
        except (OSError, HTTPError, HTTPException) as error:
            answer = Answer(self._or_timeout(error, _trouble_in(error)))
        return answer._replace(milliseconds=int((time.monotonic() - self.begun) * 1000))

    @property
    def is_overdue(self):
        return time.monotonic() - self.begun > TOTAL_SECONDS

    def abort(self):
        """End it now, however slowly the receiver goes on to answer."""
        self._is_aborted = True
        sock = getattr(self._connection, "sock", None)
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself

    def _or_timeout(self, error, trouble):
        is_late = self._is_aborted or isinstance(error, TimeoutError | NoAnswerInTime)
        return Trouble.TIMEOUT if is_late else trouble

    def _exchange(self):
        target = addresses.target_of(self.url)
        self._connection = connection = _connected(target)
        try:
            if self._is_aborted:
                raise TimeoutError
            connection.request(
                "POST",
                target.path,
                body=self.body,
                headers={"Host": target.host_header, "Accept-Encoding": "identity", **self.headers},
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            if self._is_aborted:  # what it began to answer looks like a whole head
                raise TimeoutError
            return response.status, _beginning_of(response)
        finally:
            connection.close()


def _connected(target):
    """A connection to one of the addresses of the host. Raises AddressError, and what urllib3 does
    where none answers."""
    found = addresses.resolve(target)[:MOST_ADDRESSES]
    for place, address in enumerate(found, 1):
        connection = _connection_to(target, address)
        try:
            connection.connect()
        except (OSError, HTTPError):
            connection.close()
            if place == len(found):
                raise
            continue
        if not addresses.may_connect(target, connection.sock.getpeername()[0]):
            connection.close()
            break
        connection.timeout = READ_SECONDS
        return connection
    raise AddressError(Trouble.ADDRESS)


def _connection_to(target, address):
    """It is a number, so that nothing is resolved again; the certificate has to be the host's."""
    if not target.is_secure:
        return HTTPConnection(address, target.port, timeout=CONNECT_SECONDS)
    return HTTPSConnection(
        address,
        target.port,
        timeout=CONNECT_SECONDS,
        ssl_context=ssl.create_default_context(),
        server_hostname=target.host,
    )


def _trouble_of(code):
    if code == 410:
        return Trouble.GONE
    if 300 <= code < 400:
        return Trouble.REDIRECT
    return "" if 200 <= code < 300 else Trouble.REFUSED


def _trouble_in(error):
    is_nonsense = isinstance(error, HTTPException | ProtocolError)
    return Trouble.BROKEN if is_nonsense else Trouble.CONNECTION


def _beginning_of(response):
    """The beginning of the text, without NUL, which the database does not take. The status has
    decided already: a text that does not end, or not in time, is none."""
    try:
        content = response.read(MOST_READ, decode_content=False)
    except (OSError, HTTPError, HTTPException):
        return ""
    return content.decode("utf-8", "replace").replace("\0", "�")
