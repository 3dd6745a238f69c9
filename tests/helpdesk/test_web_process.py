"""The web process on real sockets: slow clients hold connections, and never the site."""

import contextlib
import http.client
import json
import signal
import socket
import threading
import time

import pytest
import run
from servers import stop_process, wait_until

from helpdesk.web import CONNECTIONS
from tests.helpdesk.web_process import HALF_SENT, HEAD, PAGE, ROOT, Web, answer_of, is_closed


@pytest.fixture
def start(tmp_path):
    with contextlib.ExitStack() as stack:

        def started(**options):
            web = Web(tmp_path, **options)
            stack.callback(lambda: stop_process(web.process))
            return web

        yield started


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """One process for all tests that neither stop it nor set more than the size of files."""
    web = Web(tmp_path_factory.mktemp("web"), ATTACHMENT_MAX_BYTES="1000")
    yield web
    stop_process(web.process)


def test_half_sent_requests_of_every_kind_do_not_stop_the_site(web):
    held = [web.connect(sent) for sent, _more in HALF_SENT.values() for _each in range(20)]

    began_at = time.monotonic()
    answers = [web.get()[0] for _each in range(5)]

    assert answers == [200] * 5
    assert time.monotonic() - began_at < 5
    assert not any(map(is_closed, held))
    for connection in held:
        connection.close()


def test_more_half_sent_requests_than_connections_do_not_stop_the_site(web):
    begun = web.connect(HALF_SENT["half a body"][0])
    with contextlib.ExitStack() as held:
        for _each in range(CONNECTIONS + 200):
            held.enter_context(web.connect(HALF_SENT["half a body"][0]))

        began_at = time.monotonic()
        answers = [web.get()[0] for _each in range(3)]

        assert answers == [200] * 3
        assert time.monotonic() - began_at < 15
        assert is_closed(begun)


@pytest.mark.full
def test_a_client_that_drips_bytes_is_cut_and_one_that_hurries_is_not(start):
    limits = {"REQUEST_HEAD_SECONDS": "1", "REQUEST_BODY_SECONDS": "1"}
    web = start(**limits, CONNECTION_IDLE_SECONDS="2")
    dripping = [(web.connect(sent), more) for sent, more in HALF_SENT.values()]
    steady = web.connect(HEAD + b"Content-Length: 40000\r\n\r\n")

    for _tenth in range(40):
        for connection, more in dripping:
            with contextlib.suppress(OSError):
                connection.sendall(more)
        steady.sendall(b"x" * 1000)
        time.sleep(0.1)

    assert all(is_closed(connection) for connection, _more in dripping)
    assert answer_of(steady)[0] == 403


@pytest.mark.parametrize("is_chunked", [False, True])
def test_more_than_a_form_may_hold_gets_the_page_that_says_so(web, is_chunked):
    body = b"x" * 4_000_000
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)

    sent = (iter([body]), {"Transfer-Encoding": "chunked"}) if is_chunked else (body, {})
    connection.request("POST", PAGE, *sent, encode_chunked=is_chunked)
    response = connection.getresponse()

    assert response.status == 413
    assert b'class="id"' in response.read()


@pytest.mark.full
def test_the_name_of_a_field_of_a_megabyte_gets_the_page_that_says_so(start):
    web = start()
    name = b"a" * 1_000_000
    body = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\nv\r\n--x--\r\n' % name
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)

    connection.request("POST", PAGE, body, {"Content-Type": "multipart/form-data; boundary=x"})
    response = connection.getresponse()

    assert response.status == 413
    assert b'class="id"' in response.read()


def test_an_answer_to_head_has_no_body(web):
    """Its bytes would be taken for the next answer."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)

    connection.request("HEAD", PAGE)
    head = connection.getresponse()
    head.read()
    connection.request("GET", PAGE)

    assert head.status == 200
    assert connection.getresponse().status == 200


@pytest.mark.parametrize("charset", ["utf-7", "rot13", "hex", "nonsense"])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_form_in_an_encoding_that_is_not_taken_is_malformed(kind, charset, web):
    head = HEAD.replace(b"application/x-www-form-urlencoded", f"{kind}; charset={charset}".encode())

    assert answer_of(web.connect(head + b"Content-Length: 3\r\n\r\na=b"))[0] == 400


@pytest.mark.parametrize(
    "named",
    ["charset=hex", "charset=idna", "charset*=nonsense''%ff", "charset*=utf-8''%00"],
)
def test_no_named_encoding_makes_a_page_fail(named, web):
    head = f"GET {PAGE}?next=%ff HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain; {named}"

    assert answer_of(web.connect(head.encode() + b"\r\n\r\n"))[0] == 200


def test_too_many_parameters_are_refused_with_a_page_though_an_encoding_is_named(web):
    head = f"GET {PAGE}?{'a=1&' * 1001} HTTP/1.1\r\nHost: localhost\r\n"
    answer = web.connect(head.encode() + b"Content-Type: text/plain; charset=utf-8\r\n\r\n")

    assert answer_of(answer)[0] == 413


def test_a_size_beyond_all_measure_is_refused_before_it_is_sent(web):
    connection = web.connect(HEAD + b"Content-Length: 99999999999\r\n\r\nlogin=")

    assert answer_of(connection)[0] == 413


@pytest.mark.full
@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stopping_process_finishes_what_has_begun(start, signal_number):
    web = start()
    begun = web.connect(HEAD + b"Content-Length: 10\r\n\r\nlogin")
    time.sleep(0.2)

    web.process.send_signal(signal_number)
    time.sleep(0.5)
    begun.sendall(b"=1234")

    assert answer_of(begun)[0] == 403
    assert web.process.wait(timeout=20) == 0


@pytest.mark.full
def test_no_request_is_lost_when_the_process_is_restarted_behind_its_socket(start):
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        web = start(listener=listener)
        answers, is_over = [], threading.Event()

        def ask():
            while not is_over.is_set():
                answers.append(web.get(timeout=60)[0])

        threads = [threading.Thread(target=ask) for _each in range(3)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(answers) > 10, web.process, web.log)
        web.process.send_signal(signal.SIGTERM)
        ended = web.process.wait(timeout=40)
        web.start()
        is_over.set()
        for thread in threads:
            thread.join()

    assert ended == 0
    assert set(answers) == {200}


@pytest.mark.full
def test_headers_of_a_proxy_reach_the_application_as_they_are(start):
    web = start(HTTPS="1", BEHIND_TLS_PROXY="1")

    plain, _page = web.get()
    forwarded, _page = web.get(**{"X-Forwarded-Proto": "https"})

    assert (plain, forwarded) == (301, 200)


def test_tokens_of_links_stay_out_of_the_access_log(start):
    web = start(ACCESS_LOG="1")
    links = {
        "/accounts/confirm-email/MQ:1abcde:secretsecretsecret/",
        "/accounts/password/reset/key/1-d5tgq2-secretsecretsecret",
        "/invitations/secret_secret-secretsecretsecretsecretsecret1/",
        "/somewhere/else/secret_secret-secretsecretsecret/?next=/secret/",
    }

    for link in links:
        web.get(link)
    stop_process(web.process)

    log = web.log.read_text()
    assert "GET /accounts/confirm-email/[token]/ " in log
    assert "secret" not in log


def test_make_run_and_the_documents_start_the_same_web_process():
    class Configuration:
        host, port = "127.0.0.1", 8000

    started = " ".join(run.commands(Configuration)["web"])

    assert "-m helpdesk.web --bind 127.0.0.1:8000" in started
    assert "-m helpdesk.web --bind 127.0.0.1:8000" in (ROOT / "docs/operations.md").read_text()


@pytest.mark.full
def test_a_database_without_tables_is_named_by_health_and_is_no_broken_page(start, tmp_path):
    web = start(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")

    status, body = web.get("/healthz")

    answer = json.loads(body)
    assert status == 503
    assert answer["database"] == "unapplied migrations"
    assert "tickets.0001_initial" in answer["unapplied_migrations"]
    assert "django_celery_beat.0001_initial" in answer["unapplied_migrations"]
