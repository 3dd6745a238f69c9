"""A proxy on loopback between browser and server that loses, delays, cuts and repeats on demand."""

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer

SECONDS = 20
BAD_GATEWAY = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n"
    b"<link rel=icon href=data:,><h1>502 Bad Gateway</h1>"
)


@dataclass
class Request:
    """One request as it arrived: its first line, its other head lines and its body."""

    first: bytes
    head: list
    body: bytes

    @property
    def method(self):
        return self.first.split()[0].decode()

    @property
    def path(self):
        return self.first.split()[1].decode().partition("?")[0]

    def __bytes__(self):
        return b"".join([self.first, *self.head, b"Connection: close\r\n\r\n", self.body])


@dataclass
class Rule:
    """What is done to the next request of `method` whose path ends with `ending`."""

    method: str
    ending: str
    act: object
    is_once: bool = True
    met: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def fits(self, request):
        return request.method == self.method and request.path.endswith(self.ending)

    def wait(self):
        """Until the proxy has carried out the rule, or holds what it is to hold."""
        assert self.met.wait(SECONDS), f"no {self.method} of {self.ending} came"

    def release(self):
        self.go_on.set()


class Proxy(ThreadingTCPServer):
    """Forwards everything, but for what a rule says of the next request or of all of a kind."""

    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self, target):
        super().__init__(("127.0.0.1", 0), Connection)
        self.target = target
        self.rules, self.forwarded, self.lock = [], [], threading.Lock()
        # Then a browser sends once more what was lost on a connection that it used before.
        self.keeps_alive = False
        self.url = f"http://localhost:{self.server_address[1]}"

    def once(self, act, ending, *, method="POST"):
        """Do `act`, a function of this module, to the next request that fits."""
        self.rules.append(Rule(method, ending, act))
        return self.rules[-1]

    @contextmanager
    def broken(self, act, ending, *, method="POST"):
        """Do `act` to every request that fits: browsers send again what broke at once."""
        rule = Rule(method, ending, act, is_once=False)
        self.rules.append(rule)
        yield rule
        self.rules.remove(rule)

    def rule_for(self, request):
        with self.lock:
            rule = next((each for each in self.rules if each.fits(request)), None)
            if rule and rule.is_once:
                self.rules.remove(rule)
        return rule

    def forward(self, request):
        """The whole answer of the server."""
        with socket.create_connection(self.target, SECONDS) as server:
            server.sendall(bytes(request))
            answer = b"".join(iter(lambda: server.recv(65536), b""))
        self.forwarded.append((request.method, request.path))
        return answer

    def times_forwarded(self, ending, *, method="POST"):
        return sum(each == method and path.endswith(ending) for each, path in self.forwarded)

    def handle_error(self, *_whose):
        """A browser that closes a connection is nothing to report."""


class Connection(StreamRequestHandler):
    """What a browser sends over one connection, which stays open between requests."""

    def handle(self):
        while request := self.read():
            rule = self.server.rule_for(request)
            answer = (rule.act if rule else forward)(self.server, request, rule)
            if rule:
                rule.met.set()
            if answer is None:
                # Reset, so that the browser learns of it at once.
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.wfile.write(answer)
            if not self.server.keeps_alive or not is_whole(answer):
                return

    def read(self):
        if not (first := self.rfile.readline()):
            return None
        head = list(iter(self.rfile.readline, b"\r\n"))
        length = next((int(each[15:]) for each in head if is_named(each, b"content-length:")), 0)
        head = [each for each in head if not is_named(each, b"connection:")]
        return Request(first, head, self.rfile.read(length))


def is_named(line, name):
    return line.lower().startswith(name)


def is_whole(answer):
    """Whether the connection may be used again after `answer`."""
    return b"\r\nConnection: keep-alive\r\n" in answer


def framed(answer, keeps_alive):
    """The answer with its length, and whether the connection stays open after it."""
    head, gap, body = answer.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    kept = [each for each in lines if not is_named(each, (b"connection:", b"content-length:"))]
    connection = b"keep-alive" if keeps_alive else b"close"
    added = [b"Content-Length: %d" % len(body), b"Connection: %s" % connection]
    return b"\r\n".join([*kept, *added]) + gap + body


# --- What may be done to a request ----------------------------------------------------------------


def forward(proxy, request, rule):
    return framed(proxy.forward(request), proxy.keeps_alive)


def lose_request(proxy, request, rule):
    """It never arrives."""


def lose_answer(proxy, request, rule):
    """The server has done it; nobody hears of that."""
    proxy.forward(request)


def cut_answer(proxy, request, rule):
    """Half of the page arrives."""
    answer = framed(proxy.forward(request), keeps_alive=False)
    return answer[: (answer.index(b"\r\n\r\n") + len(answer)) // 2]


def cut_request(proxy, request, rule):
    """The server gets half of the body, and then the connection breaks on both sides."""
    whole = bytes(request)
    with socket.create_connection(proxy.target, SECONDS) as server:
        server.sendall(whole[: len(whole) - len(request.body) // 2])
        server.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while server.recv(65536):
                pass


def hold_request(proxy, request, rule):
    """It arrives when the test releases it."""
    rule.met.set()
    rule.go_on.wait(SECONDS)
    return forward(proxy, request, rule)


def hold_answer(proxy, request, rule):
    """The server has done it; the browser hears of it when the test releases the answer."""
    answer = forward(proxy, request, rule)
    rule.met.set()
    rule.go_on.wait(SECONDS)
    return answer


def repeat(proxy, request, rule):
    """It arrives twice at the same time; the browser gets the later answer."""
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(proxy.forward(request))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return framed(answers[-1], keeps_alive=False)


def answer_502(proxy, request, rule):
    """The server behind the proxy is being started again."""
    return framed(BAD_GATEWAY, keeps_alive=False)
