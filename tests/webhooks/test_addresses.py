"""Which addresses requests are sent to: public ones, however a private one is written."""

import socket

import pytest

from webhooks import addresses
from webhooks.errors import AddressError
from webhooks.posting import Post


def refused(url):
    with pytest.raises(AddressError) as error:
        addresses.target_of(url)
    return error.value.trouble


@pytest.fixture
def resolving(monkeypatch):
    """Names resolve to these addresses, or in turn to these lists of addresses."""

    def to(*turns):
        left = list(turns)

        def found(_host, port, *_more, **_named):
            now = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in now]

        monkeypatch.setattr(socket, "getaddrinfo", found)

    return to


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "ftp://hooks.example/x",
        "https://",
        "https:///x",
        "https://user:secret@hooks.example/x",
        "https://@hooks.example/x",
        "https://hooks.example:0/x",
        "https://hooks.example:99999/x",
        "https://hooks example/x",
        "https://hooks.example/a b",
        "https://hooks.example\\@127.0.0.1/x",
        "https://2130706433/x",
        "https://0177.0.0.1/x",
        "https://0x7f.1/x",
        "https://127.1/x",
        "https://hooks..example/x",
        "https://-hooks.example/x",
        "https://[::1/x",
        f"https://hooks.example/{'x' * 500}",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_no_address_of_a_receiver_is_refused(url):
    assert refused(url) == "url"


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104
        *("100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.1"),
        *("255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fd00:ec2::254]", "[ff02::1]"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
        *("[2001:0:7f00:1::]", "[fec0::1]", "[fe80::1%25eth0]", "127.0.0.1."),
    ],
)
def test_an_address_inside_a_network_is_refused(host):
    assert refused(f"https://{host}/x") == "address"


@pytest.mark.parametrize(
    ("url", "host", "header", "path"),
    [
        ("https://hooks.example", "hooks.example", "hooks.example", "/"),
        ("https://Hooks.Example.:443/a?b=c#d", "hooks.example", "hooks.example", "/a?b=c"),
        ("https://hooks.example:8443/a", "hooks.example", "hooks.example:8443", "/a"),
        ("https://[2606:4700::1111]/a", "2606:4700::1111", "[2606:4700::1111]", "/a"),
        ("https://قلاب.example/a", "xn--mgbc0fi.example", "xn--mgbc0fi.example", "/a"),
    ],
)
def test_a_public_address_is_taken_apart(url, host, header, path):
    target = addresses.target_of(url)

    assert (target.host, target.host_header, target.path) == (host, header, path)


@pytest.mark.parametrize("found", [["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], ["::1"]])
def test_a_name_is_refused_where_one_of_its_addresses_is_inside(resolving, found):
    resolving(found)

    assert Post("https://hooks.example/x", {}, b"").send().trouble == "address"


def test_what_was_checked_is_what_is_connected_to(resolving, monkeypatch):
    """A name that is another address a moment later leads nowhere: it is resolved once."""
    resolving(["93.184.216.34"], ["127.0.0.1"])
    connected = []

    def connect(self):
        connected.append(self.host)
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.connection.HTTPSConnection.connect", connect)

    assert Post("https://hooks.example/x", {}, b"").send().trouble == "connection"
    assert connected == ["93.184.216.34"]


def test_the_connection_itself_is_checked_again(resolving, monkeypatch):
    """Whatever led there: nothing is sent to an address inside."""
    resolving(["93.184.216.34"])
    ours, theirs = socket.socketpair()

    class Inside:
        def getpeername(self):
            return ("10.0.0.7", 443)

        def close(self):
            ours.close()

    def connect(self):
        self.sock = Inside()

    monkeypatch.setattr("urllib3.connection.HTTPSConnection.connect", connect)

    assert Post("https://hooks.example/x", {}, b"secret").send().trouble == "address"
    assert theirs.recv(10) == b""
    theirs.close()


def test_hosts_of_the_setting_are_reached_inside_and_without_tls(resolving, settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["chat.internal", "10.0.0.7"]
    resolving(["10.0.0.7"])

    target = addresses.target_of("http://chat.internal:8080/x")

    assert addresses.resolve(target) == ["10.0.0.7"]
    assert addresses.target_of("http://10.0.0.7/x").port == 80
    assert refused("http://other.internal/x") == "url"
