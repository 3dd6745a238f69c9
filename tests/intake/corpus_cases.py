"""The mails of the corpus, by kind of mail program, each with what is to be read from it.

`python -m tests.intake.write_corpus` writes them to `corpus/`. All people and hosts are made up.
"""

import base64
import quopri

US = "support+KT-103.tokentokentokentokenr2i@help.example"
SENT = "Sat, 2 May 2026 09:00:00 +0330"
FA = "هنوز همان خطا را می‌بینم.\n\nلطفاً دوباره بررسی کنید."
EN = "The error is still there.\n\nPlease check again."
OURS_FA = "سلام سارا\nبررسی شد و مشکل رفع شده است."
OURS_EN = "Hello Sara\nWe have fixed it."
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
CASES = {}


def case(name, content, **expected):
    """Add a mail. What `expected` does not name is as in an ordinary mail of a person."""
    assert name not in CASES, name
    if isinstance(content, str):
        content = content.encode()
    defaults = {"kind": "human", "problem": "", "files": [], "quoted": "", "signature": ""}
    CASES[name] = (content, defaults | expected)


def word(text, charset="utf-8"):
    """An encoded word of a header."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def head(*more, subject="Re: [KT-103] Server is down", sender="Sara Ahmadi <sara@pars.example>"):
    subject = subject if subject.isascii() else word(subject)
    lines = [f"From: {sender}", f"To: <{US}>", f"Subject: {subject}", f"Date: {SENT}"]
    return "\n".join([*lines, "Message-ID: <m1@pars.example>", "MIME-Version: 1.0", *more]) + "\n"


def plain(text, *more, charset="utf-8", options="", **names):
    """A mail of one text in base64, as most programs send what is not ASCII."""
    encoded = base64.encodebytes(text.encode(charset)).decode()
    kind = f"Content-Type: text/plain; charset={charset}{options}"
    return head(*more, kind, "Content-Transfer-Encoding: base64", **names) + "\n" + encoded


def rich(html, *more, charset="utf-8", **names):
    encoded = quopri.encodestring(html.encode(charset)).decode()
    kind = f"Content-Type: text/html; charset={charset}"
    return (
        head(*more, kind, "Content-Transfer-Encoding: quoted-printable", **names) + f"\n{encoded}"
    )


def part(content, kind, *more):
    content = content.encode() if isinstance(content, str) else content
    lines = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more]
    return "\n".join(lines) + "\n\n" + base64.encodebytes(content).decode()


def several(kind, *parts, boundary="b1", more=(), options="", **names):
    first = f'Content-Type: multipart/{kind}; boundary="{boundary}"{options}'
    return head(*more, first, **names) + "\n" + joined(parts, boundary)


def inner(kind, *parts, boundary="b2", options=""):
    first = f'Content-Type: multipart/{kind}; boundary="{boundary}"{options}\n\n'
    return first + joined(parts, boundary)


def joined(parts, boundary):
    return "".join(f"--{boundary}\n{each}\n" for each in parts) + f"--{boundary}--\n"


def both(text, html, **names):
    """What most programs send: the text, and the same as HTML."""
    utf8 = "text/{}; charset=utf-8"
    parts = part(text, utf8.format("plain")), part(html, utf8.format("html"))
    return several("alternative", *parts, **names)


def marked(text):
    return "\n".join(f"> {line}" for line in text.split("\n"))


def paragraphs(text):
    return "".join(f"<p>{line or '&nbsp;'}</p>" for line in text.split("\n"))
