"""The parts of a mail: its texts and its files, read within limits."""

from dataclasses import dataclass, field
from email._policybase import Compat32
from email.parser import BytesHeaderParser, BytesParser
from pathlib import PurePosixPath

from ui.charsets import decoded
from ui.names import clean_name

from .flowed import unwrapped
from .headers import BROKEN, sender_of, text, words
from .html_text import text_of
from .incoming import (
    LONGEST_HEADER,
    LONGEST_HTML,
    LONGEST_PART_HEADER,
    LONGEST_TEXT,
    MOST_BYTES,
    MOST_CONTAINERS,
    MOST_HEADER_LINES,
    MOST_LINE_MATCHES,
    MOST_LINES,
    MOST_PARTS,
    MailFile,
    Problem,
)

# Signatures that only programs check: neither text nor a file that somebody sent.
_SEALS = {
    *("application/pkcs7-signature", "application/x-pkcs7-signature"),
    "application/pgp-signature",
}
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_ENDINGS = {"text/calendar": ".ics", "text/html": ".html", "text/plain": ".txt"}
_SIZE_OF_HEADER = 256 * 1024


class BoundedPolicy(Compat32):
    """The most forgiving way to read a mail, with a limit on the length of each header."""

    def header_source_parse(self, sourcelines):
        name, value = super().header_source_parse(sourcelines)
        of_part = name.lower().startswith("content-")
        return name, value[: LONGEST_PART_HEADER if of_part else LONGEST_HEADER]


POLICY = BoundedPolicy()


@dataclass
class Contents:
    """The texts of a mail in their order, those of mails inside it, and its files."""

    texts: list[str] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    files: list[MailFile] = field(default_factory=list)
    is_encrypted: bool = False
    has_unreadable: bool = False
    parts: int = 0


def read(content):
    """(message, problem): the parsed mail, or its header alone where the rest is too much."""
    if len(content) > MOST_BYTES:
        return _header(content), Problem.TOO_LARGE
    if _is_complex(content):
        return _header(content), Problem.TOO_COMPLEX
    return BytesParser(policy=POLICY).parsebytes(content), Problem.NONE


def _is_complex(content):
    """Whether parsing could take long. Counts only, so that this itself does not."""
    lowered = content.lower()
    containers = lowered.count(b"multipart/") + lowered.count(b"message/")
    lines = content.count(b"\n") + content.count(b"\r")
    header = content[: max(content.find(b"\n\n"), content.find(b"\r\n\r\n"))]
    return (
        containers > MOST_CONTAINERS
        # A part of a digest is a mail unless it says otherwise.
        or lowered.count(b"multipart/digest") > 1
        or (containers and lowered.count(b"\n--") > 20 * MOST_PARTS)
        or header.count(b"\n") > MOST_HEADER_LINES
        or lines > MOST_LINES
        or (containers + 1) * lines > MOST_LINE_MATCHES
    )


def _header(content):
    return BytesHeaderParser(policy=POLICY).parsebytes(content[:_SIZE_OF_HEADER])


def contents_of(message):
    """(contents, problem) of a parsed mail."""
    found = Contents()
    _collect(message, found)
    if found.parts > MOST_PARTS:
        return found, Problem.TOO_COMPLEX
    if found.is_encrypted:
        return found, Problem.ENCRYPTED
    return found, Problem.NONE


def _collect(part, found):
    """Add what a part holds. The depth is bounded, since `read` counted the containers."""
    found.parts += 1
    if found.parts > MOST_PARTS:
        return
    kind = part.get_content_type()
    if kind == "multipart/encrypted" or (kind in _SEALED and not _is_certificate(part)):
        found.is_encrypted = True
    elif kind == "multipart/alternative" and part.is_multipart():
        _collect_alternatives(part, found)
    elif kind == "message/rfc822" and part.is_multipart():
        _collect_mail(part.get_payload(0), found)
    elif part.is_multipart():
        for child in part.get_payload():
            _collect(child, found)
    elif kind in _SEALS:
        pass
    elif _is_text(part, kind):
        found.texts.append(_text_of_part(part, kind))
        found.is_encrypted |= "-----BEGIN PGP MESSAGE-----" in found.texts[-1]
    else:
        _collect_file(part, kind, found)


def _collect_alternatives(part, found):
    """Of several forms of one text the plain one, unless it is blank; all else that is beside."""
    plain, rich = [], []
    for child in part.get_payload():
        kind = child.get_content_type()
        if kind == "text/plain" and not _is_file(child):
            plain.append(child)
        elif child.is_multipart() or (kind == "text/html" and not _is_file(child)):
            rich.append(child)
        else:
            _collect(child, found)
    texts = [_text_of_part(each, "text/plain") for each in plain]
    if any(map(str.strip, texts)):
        found.texts += texts
        found.parts += len(plain)
        rich = [each for each in rich if each.is_multipart()]
        kept = len(found.texts)
        for child in rich:
            _collect(child, found)
        # The HTML inside a related part says the same; its pictures are files.
        del found.texts[kept:]
        return
    for child in rich:
        _collect(child, found)


def _collect_mail(mail, found):
    """A mail inside the mail: its text is kept apart from what the person wrote."""
    inner = Contents(parts=found.parts)
    _collect(mail, inner)
    _name, address = sender_of(mail)
    facts = [text(mail, name) for name in ("subject", "date")]
    heading = [each for each in (address, *facts) if each]
    found.forwarded.append("\n".join([*heading, "", *inner.texts]).strip())
    found.forwarded += inner.forwarded
    found.files += inner.files
    found.parts = inner.parts
    found.is_encrypted |= inner.is_encrypted


def _collect_file(part, kind, found):
    content = _bytes_of(part)
    name = _file_name(part)
    if kind == "application/ms-tnef" or name.lower() == "winmail.dat":
        found.has_unreadable = True
    if not content:
        return
    content_id = str(part.get("content-id", "")).strip().strip("<>")[:250]
    disposition = _quietly(part.get_content_disposition) or ""
    found.files.append(
        MailFile(
            name=name or f"{kind.partition('/')[0]}-{len(found.files) + 1}{_ENDINGS.get(kind, '')}",
            content_type=kind,
            content=content,
            is_inline=disposition == "inline" or bool(content_id and disposition != "attachment"),
            content_id=content_id,
        )
    )


def _is_text(part, kind):
    """A text to read; what claims to be a container and is none is read as text, too."""
    return kind.startswith(("text/plain", "text/html", "multipart/")) and not _is_file(part)


def _is_file(part):
    return _quietly(part.get_content_disposition) == "attachment" or bool(_file_name(part))


def _is_certificate(part):
    return (_quietly(part.get_param, "smime-type") or "") == "certs-only"


def _file_name(part):
    raw = _quietly(part.get_filename)
    return clean_name(PurePosixPath(words(str(raw)).replace("\\", "/")).name) if raw else ""


def _text_of_part(part, kind):
    charset = str(_quietly(part.get_content_charset) or "")
    content = decoded(_bytes_of(part)[: 4 * LONGEST_HTML], charset)
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    if kind == "text/html":
        return text_of(content[:LONGEST_HTML])[:LONGEST_TEXT]
    if (_quietly(part.get_param, "format") or "") == "flowed":
        is_joined = (_quietly(part.get_param, "delsp") or "") == "yes"
        content = unwrapped(content[:LONGEST_TEXT], without_space=is_joined)
    return content[:LONGEST_TEXT]


def _bytes_of(part):
    content = _quietly(part.get_payload, decode=True)
    if isinstance(content, bytes):
        return content
    # What claims to be a container and is none.
    bare = part.get_payload()
    return bare.encode("utf-8", "surrogateescape") if isinstance(bare, str) else b""


def _quietly(ask, *args, **options):
    """What the standard library answers, or None where the part is too broken for an answer."""
    try:
        answer = ask(*args, **options)
    except BROKEN:
        return None
    return answer.lower() if isinstance(answer, str) and args else answer
