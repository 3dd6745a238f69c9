"""Where requests may be sent to: public addresses alone, but for the hosts that a setting names."""

import ipaddress
import re
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

import idna
from django.conf import settings

from .choices import Trouble
from .errors import AddressError

LONGEST_URL = 500
_VISIBLE_ASCII = re.compile(r"[!-~]+", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
# What resolvers read as a number: 2130706433, 0177, 0x7f.
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
# Global by their registration, and yet the way to somewhere inside: embedded IPv4 addresses
# (NAT64, 6to4, Teredo), relays, what protocols use among themselves, and the metadata service of
# a cloud that has a public address.
_INSIDE = [
    ipaddress.ip_network(each)
    for each in (
        *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.88.99.0/24"),
        *("fec0::/10", "192.0.0.0/24", "168.63.129.16/32"),
    )
]


class Target(NamedTuple):
    """An address in its parts; `path` is what is asked for, with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_secure(self):
        return self.scheme == "https"

    @property
    def host_header(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS = {"http": 80, "https": 443}


def target_of(url):
    """The parts of an address that requests may be sent to. Raises AddressError.

    https alone, but to hosts of WEBHOOK_PRIVATE_HOSTS; no user names; no number that a resolver
    would read as an address. The names are resolved by `resolve`, when something is sent.
    """
    try:
        return _target_of(url)
    except (ValueError, UnicodeError) as error:
        raise AddressError(Trouble.URL) from error


def _target_of(url):
    parts = urlsplit(url)
    if len(url) > LONGEST_URL or parts.scheme not in _PORTS or "\\" in url:
        raise ValueError(url)
    if parts.username is not None or parts.password is not None or not parts.hostname:
        raise ValueError(url)
    host = _host(parts.hostname)
    port = _PORTS[parts.scheme] if parts.port is None else parts.port
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    if not _VISIBLE_ASCII.fullmatch(path) or port == 0:
        raise ValueError(url)
    if parts.scheme != "https" and not _is_named(host):
        raise ValueError(url)
    if (literal := _literal(host)) and not (_is_named(host) or is_public(literal)):
        raise AddressError(Trouble.ADDRESS)
    return Target(parts.scheme, host, port, path)


def _host(name):
    """The name in its one form. Raises ValueError for what is none."""
    if ":" in name:
        return str(ipaddress.IPv6Address(name))
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode()
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        # The four numbers without leading zeros; nothing else that ends with a number.
        return str(ipaddress.IPv4Address(name))
    if len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(name)
    return name


def resolve(target):
    """The addresses of the host, as texts: each is one that may be connected to.

    Where one of several is not, none is: nobody gets inside by a name with two addresses. Raises
    AddressError.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressError(Trouble.NAME) from error
    addresses = list(dict.fromkeys(each[4][0] for each in found))
    if not addresses:
        raise AddressError(Trouble.NAME)
    if not all(may_connect(target, each) for each in addresses):
        raise AddressError(Trouble.ADDRESS)
    return addresses


def may_connect(target, address):
    """Whether a request to the target may go to this address."""
    return _is_named(target.host) or is_public(address)


def is_public(address):
    """Whether it is the address of a machine of the open internet, and of no network inside."""
    try:
        address = ipaddress.ip_address(address)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_unspecified)
        and not any(address in each for each in _INSIDE if each.version == address.version)
    )


def _literal(host):
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


def _is_named(host):
    return host in settings.WEBHOOK_PRIVATE_HOSTS
