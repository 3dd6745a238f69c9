"""Any bytes at all are read in bounded time and without an error."""

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.parsing import parse

from .reading_corpus import CORPUS, NOW, OUR_OWN, names

# Seconds of this process; a reading that takes longer than linear time takes minutes.
MOST_SECONDS = 15


def read(content):
    return parse(content, us=OUR_OWN, now=NOW)


def mail_of(kind, content):
    return f"From: a@b.example\nContent-Type: {kind}\n\n".encode() + content


HOSTILE = {
    "containers in containers": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000)
    ),
    "ten thousand parts": mail_of("multipart/mixed; boundary=b", b"--b\n\nx\n" * 10_000),
    "a digest of digests": mail_of(
        "multipart/digest; boundary=b", b"--b\nContent-Type: multipart/digest\n\n" * 9000
    ),
    "a header of 1 MB": b"Subject: " + b"=?a?q?" * 170_000 + b"\n\nhi",
    "parameters of 1 MB": b"Content-Type: multipart/mixed; " + b'";' * 500_000 + b"\n\nhi",
    "comments in an address": b"To: " + b"(" * 500_000 + b"\n\nhi",
    "200,000 headers": b"X: y\n" * 200_000 + b"\nhi",
    "30 MB": b"Subject: big\n\n" + b"x" * 30_000_000,
    "one line of 20 MB": b"Subject: big\n\n" + b"x" * 20_000_000,
    "millions of lines": b"Subject: big\n\n" + b"x\n" * 5_000_000,
    "lines that might introduce a quote": b"\n" + b"On 1\n" * 200_000,
    "lines that might be facts": b"\n" + b"From:\n" * 200_000,
    "nested quotes of HTML": mail_of("text/html", b"<div><blockquote>" * 100_000),
    "links in links": mail_of("text/html", b"<a href=x>" * 150_000),
    "comments of HTML": mail_of("text/html", b"<!--" * 400_000),
    "lone ampersands": mail_of("text/html", b"&" * 1_900_000),
    "names of no entity": mail_of("text/html", b"&x" * 900_000),
    "base64 of nothing": b"Content-Transfer-Encoding: base64\n\n" + b"=" * 1_000_000,
    "flowing lines": mail_of("text/plain; format=flowed", b"a \n" * 200_000),
    "a name in pieces": mail_of(
        "text/plain;" + ";".join(f" name*{n}*=x" for n in range(900)), b"hi"
    ),
    "an unending address list": b"To: " + b"a@b.example, " * 90_000 + b"\n\nhi",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read_in_bounded_time(name):
    before = time.process_time()

    mail = read(HOSTILE[name])

    assert time.process_time() - before < MOST_SECONDS
    assert len(mail.text) + len(mail.quoted) <= 1_100_000
    assert len(mail.subject) <= 300


def test_thirty_megabytes_are_not_parsed_and_their_header_is_known():
    mail = read(HOSTILE["30 MB"])

    assert (mail.problem, mail.subject, mail.text) == ("too_large", "big", "")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
def test_any_bytes_are_read(content):
    read(content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["from", "to", "date", "subject", "content-type", "message-id", "x"]),
    st.text(max_size=80),
)
def test_any_header_is_read(name, value):
    read(f"{name}: {value}\n\ntext".encode("utf-8", "surrogatepass"))


def test_mails_with_changed_bytes_are_read():
    """Fixed seed: the same few hundred broken mails at every run."""
    chance = random.Random(7)  # noqa: S311
    for name in names():
        content = bytearray((CORPUS / f"{name}.eml").read_bytes()[:20_000])
        for _time in range(3):
            for _place in range(1 + len(content) // 50):
                if content:
                    content[chance.randrange(len(content))] = chance.randrange(256)
            mail = read(bytes(content))
            assert "\x00" not in mail.text + mail.quoted + mail.signature + mail.subject
