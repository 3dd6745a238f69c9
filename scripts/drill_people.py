"""The people of `make drill`: they file, answer and read through the proxy, as browsers do.

Each act has a key of its own, and is sent again with it until it is acknowledged. What was
acknowledged, and how long it took, is noted: a line of JSON for each act.
"""

import http.client
import json
import random
import re
import signal
import ssl
import sys
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

HOST = "helpdesk.example"
CSRF = "a" * 32
# So long a person waits for an answer before pressing again, and between two presses.
ANSWER_SECONDS, AGAIN_SECONDS = 20, 0.5
# An act that is not acknowledged after this is given up, and noted as open.
MOST_SECONDS = 150
THINKS = (0.3, 0.9)
MOST_ACTS = 20_000
REFUSALS = {400, 403, 404, 409, 413, 422, 429, 500}
# A form that comes back because its file could not be kept just then: it is sent once more.
UNKEPT = 422
FILE_EVERY = 4

is_over = threading.Event()


class Journal:
    def __init__(self, path):
        self.path, self.lock = Path(path), threading.Lock()

    def note(self, **line):
        with self.lock, self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")


class Tickets:
    """What there is to do: tickets that nobody has answered yet, and those that were."""

    def __init__(self):
        self.new, self.answered, self.lock = [], {}, threading.Lock()

    def take_new(self):
        with self.lock:
            return self.new.pop(0) if self.new else None


class Browser:
    """One person's session, with one connection, replaced when it breaks."""

    def __init__(self, address, cookie):
        self.address, self.cookie, self.connection = address, cookie, None

    def ask(self, method, path, form=None, file=None):
        """(status, where it leads, page); status 0 where no answer came."""
        headers = {
            "Host": HOST,
            "Cookie": f"sessionid={self.cookie}; csrftoken={CSRF}",
            "Referer": f"https://{HOST}/",
        }
        body = None
        if form is not None:
            body, headers["Content-Type"] = encoded({"csrfmiddlewaretoken": CSRF} | form, file)
        try:
            if self.connection is None:
                context = ssl._create_unverified_context()  # noqa: S323 - made for this drill
                self.connection = http.client.HTTPSConnection(
                    self.address, timeout=ANSWER_SECONDS, context=context
                )
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            page = answer.read()
            return answer.status, answer.headers.get("Location", ""), page
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return 0, "", b""


def encoded(form, file):
    if file is None:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    edge = "----drill"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.items()
    ]
    parts.append(
        f'--{edge}\r\nContent-Disposition: form-data; name="attachments"; filename="{file}.txt"'
        f"\r\nContent-Type: text/plain\r\n\r\nfile {file}\r\n--{edge}--\r\n"
    )
    return "".join(parts).encode(), f"multipart/form-data; boundary={edge}"


class Person:
    def __init__(self, name, browser, journal, tickets):
        self.name, self.browser, self.journal, self.tickets = name, browser, journal, tickets
        self.acts = 0

    def do(self, kind, method, path, form=None, *, token="", file=None, **facts):
        """Do one act until it is acknowledged; gives where it leads, or None."""
        begun, tries = time.time(), []
        wanted = {200, 302} if method == "GET" else {302}
        status, place = None, ""
        while status not in wanted and time.time() - begun < MOST_SECONDS:
            if tries:
                time.sleep(AGAIN_SECONDS)
            status, place, page = self.browser.ask(method, path, form, file)
            tries.append(status)
            if status in REFUSALS and not (status == UNKEPT and file):
                break
        is_done = status in wanted
        more = {} if is_done or not status else {"page": sentence(page)}
        self.journal.note(
            who=self.name,
            kind=kind,
            at=begun,
            end=time.time(),
            ok=is_done,
            tries=tries,
            token=token,
            file=file,
            **facts,
            **more,
        )
        return place if is_done else None

    def run(self):
        while not is_over.is_set() and self.acts < MOST_ACTS:
            self.acts += 1
            self.act()
            is_over.wait(random.uniform(*THINKS))  # noqa: S311 - a pause


def sentence(page):
    text = re.sub(
        r"<(script|style|head).*?</\1>|<[^>]+>", " ", page.decode(errors="replace"), flags=re.DOTALL
    )
    return " ".join(text.split())[:600]


class Customer(Person):
    """Files tickets, replies where they were answered, and reads."""

    def act(self):
        turn, token = self.acts % 3, uuid.uuid4().hex
        if turn == 0:
            self.do("read", "GET", "/tickets/")
        elif turn == 1 and (number := self._answered()):
            form = {"body": f"drill {token}", "form_key": str(uuid.uuid4())}
            file = token if self.acts % FILE_EVERY == 0 else None
            self.do(
                "reply",
                "POST",
                f"/tickets/{number}/reply/",
                form,
                token=token,
                file=file,
                number=number,
            )
        else:
            self._file(token)

    def _file(self, token):
        form = {
            "title": f"drill {token}",
            "description": f"drill {token}",
            "category": "technical",
            "priority": "normal",
            "form_key": str(uuid.uuid4()),
        }
        file = token if self.acts % FILE_EVERY == 0 else None
        place = self.do("file", "POST", "/tickets/new/", form, token=token, file=file)
        if place and (found := re.search(r"/tickets/([^/]+)/", place)):
            with self.tickets.lock:
                self.tickets.new.append(found[1])
                self.tickets.answered[found[1]] = self.name

    def _answered(self):
        with self.tickets.lock:
            mine = [each for each, who in self.tickets.answered.items() if who == self.name]
        return random.choice(mine) if mine else None  # noqa: S311 - any will do


class Agent(Person):
    """Accepts what is new, answers it, and reads queue and tickets."""

    def act(self):
        number = self.tickets.take_new()
        if number is None:
            self.do("read", "GET", "/queue/")
            return
        self.do("read", "GET", f"/queue/{number}/")
        self.do("accept", "POST", f"/queue/{number}/accept/", {}, number=number)
        token = uuid.uuid4().hex
        form = {"body": f"drill {token}", "then": "wait", "form_key": str(uuid.uuid4())}
        file = token if self.acts % FILE_EVERY == 0 else None
        self.do(
            "answer", "POST", f"/queue/{number}/reply/", form, token=token, file=file, number=number
        )


class Reader(Person):
    """Only reads, as most people do most of the time."""

    def act(self):
        self.do("read", "GET", random.choice(["/tickets/", "/tickets/?view=all"]))  # noqa: S311


def main(address, cast, journal):
    signal.signal(signal.SIGTERM, lambda *_args: is_over.set())
    cast, journal, tickets = json.loads(Path(cast).read_text()), Journal(journal), Tickets()
    people = [
        kind(f"{kind.__name__}{number}", Browser(address, cookie), journal, tickets)
        for kind, cookies in (
            (Customer, cast["customers"][:3]),
            (Agent, cast["agents"]),
            (Reader, cast["customers"][3:]),
        )
        for number, cookie in enumerate(cookies)
    ]
    threads = [threading.Thread(target=each.run) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
