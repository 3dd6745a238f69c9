"""Where an address really leads, as a reader should see it."""

import re
from urllib.parse import unquote, urlsplit

import idna

_BESIDES_HTTP = re.compile(r"(?:mailto|tel):([^?]*)", re.IGNORECASE)
_AUTHORITY = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_PORT = re.compile(r":\d*$")
# Labels that cannot be taken for others here: ASCII, or all in the letters and digits of Persian.
# Arabic kaf and yeh look like other letters, and a half-space is seen only after a letter that
# would have joined the next one.
_JOINING = "بپتثجچحخسشصضطظعغفقکگلمنهیئ"
_LETTERS = f"{_JOINING}آأؤءادذرزژو۰-۹"
_PLAIN_LABEL = re.compile(
    rf"[\x00-\x7f]*|(?:[0-9\-{_LETTERS}]|(?<=[{_JOINING}])\u200c(?=[{_LETTERS}]))*"
)


def shown_host(address):
    """The host to which the address leads, or whom it writes to or calls.

    A label that mixes scripts, or is of a script whose letters look like Latin ones, is shown as
    the network knows it (`xn--…`).
    """
    if found := _BESIDES_HTTP.match(address):
        return unquote(found[1])
    try:
        # Browsers take a backslash for a slash.
        host = urlsplit(address.replace("\\", "/")).hostname or ""
    except ValueError:
        return address
    host = unquote(host)
    if all(_PLAIN_LABEL.fullmatch(label) for label in host.split(".")):
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host.encode("ascii", "backslashreplace").decode()


def hides_host(address):
    """Whether an address, as it is written, may be read as leading to another host than it does."""
    found = _AUTHORITY.match(address.replace("\\", "/"))
    return bool(found) and _PORT.sub("", found[1]).strip("[]").lower() != shown_host(address)
