"""Which kind a file is, by its content. Nothing is decoded or unpacked here: headers only."""

import codecs
import re
import struct
from dataclasses import dataclass
from functools import partial

import filetype

TEXT, ZIP = "text/plain", "application/zip"
# The kinds of the endings in the setting ATTACHMENT_EXTENSIONS; the type a file is served with.
TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "pdf": "application/pdf",
    "zip": ZIP,
    "gz": "application/gzip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "mp4": "video/mp4",
    **dict.fromkeys(("txt", "log", "csv", "json", "yaml", "yml", "har", "conf"), TEXT),
}
# These are archives by their content, and are distinguished by their endings.
_IN_ZIP = {"xlsx", "docx"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# The brand of QuickTime, which is no MP4.
_QUICKTIME = b"qt  "
# As Kind.found: text whose name says that it is no text.
MISNAMED_TEXT = "text"
# A PDF may have other bytes before its mark, within so many from the start.
_PDF_WITHIN = 1024
_HEAD = 8192
# What a desktop runs, or a browser renders with its scripts, when somebody opens it: no text,
# though there is text inside. A list of our own: that of a machine differs from the next one's.
_PAGES = "eml hta htm html mht mhtml shtml svg xht xhtml xml xsl xslt"
_PROGRAMS = (
    "bat cmd com cpl desktop exe inf ins isp js jse lnk mjs msc nsh pif ps1 reg scf scr sct shb "
    "url vb vbe vbs webloc wsc wsf wsh"
)
_OTHER_TEXTS = "eps ps rtf"
_NO_TEXTS = {*_PAGES.split(), *_PROGRAMS.split(), *_OTHER_TEXTS.split()}
# Programs and documents that are archives by their content.
_IN_OTHER_ARCHIVES = (
    "aab apk appx crx docm dotm dotx ear epub ipa jar kmz msix nupkg odg odp ods odt potm ppsx "
    "pptm pptx vsdx vsix war xlam xlsb xlsm xltm xpi"
)
_NO_ARCHIVES = {*_IN_OTHER_ARCHIVES.split()}
# A large file is never in memory as a whole.
_PIECE = 1024 * 1024
# Control characters that plain text has: bell and backspace in records of a terminal, tab, line
# feed, form feed, carriage return, escape.
_TEXT_CONTROLS = {7, 8, 9, 10, 12, 13, 27}
# After a crash, or where it was truncated while it was written, a log has thousands of NUL at once.
_NULS = re.compile(rb"\0+")
# A log that was cut or copied badly has a few others; a program has many.
_FEW_CONTROLS, _MOST_CONTROLS_SHARE = 2, 0.01
# By the mark at the start; that of UTF-32 begins with that of UTF-16.
_MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
# Letters that people here write. Other content, read as UTF-16, is spread over all of Unicode.
_USUAL = re.compile("[\t\n\r\x20-\x7e\u00a0-\u00ff\u0600-\u06ff\u200b-\u200f]")
_USUAL_SHARE = 0.95
MOST_PIXELS = 50_000_000


@dataclass(frozen=True)
class Kind:
    """`content_type` is None where the content is of no kind known here; `found` names a kind that
    is known but not among TYPES, such as exe."""

    content_type: str | None
    found: str = ""


def ending_of(name):
    """The ending in small letters, or nothing."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def allowed_types(endings):
    """The content types of the endings in the setting."""
    return {TYPES[ending] for ending in endings if ending in TYPES}


def kind_of(name, file):
    """The kind of `file`; its name decides only between kinds that look alike inside."""
    file.seek(0)
    head, ending = file.read(_HEAD), ending_of(name)
    binary = _binary_kind(head, ending)
    if (binary is None or _may_be_text(binary, ending)) and _is_text(file):
        return _text_kind(ending)
    return binary or Kind(None)


def _may_be_text(binary, ending):
    """The marks of many kinds are words: a log may begin with "BM", "ID3" or "MZ", and name %PDF-.
    What is text to its end and not named as something else is text."""
    if ending in TYPES:
        return TYPES[ending] == TEXT
    return ending != binary.found and binary.content_type != TYPES["pdf"]


def _binary_kind(head, ending):
    if head[4:8] == b"ftyp":
        return _media_kind(head)
    guess = filetype.guess(head)
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Kind(TYPES["pdf"])
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}:
        return _archive_kind(ending)
    if guess is None:
        return None
    if guess.mime in TYPES.values():
        return Kind(guess.mime)
    return Kind(None, guess.extension)


def _media_kind(head):
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, 64, 4))}
    if brands & _HEIC_BRANDS and head[8:12] in _HEIC_BRANDS:
        return Kind(TYPES["heic"])
    return Kind(None, "mov") if head[8:12] == _QUICKTIME else Kind(TYPES["mp4"])


def _archive_kind(ending):
    if ending in _IN_ZIP:
        return Kind(TYPES[ending])
    return Kind(None, ending) if ending in _NO_ARCHIVES else Kind(ZIP)


def _text_kind(ending):
    """Text of any ending that is no kind of its own: `server.log.1`, `dump.sql` and `README`.

    Text under the name of a picture or document is none: what was to be sent was something else.
    """
    if ending in TYPES:
        return Kind(TEXT) if TYPES[ending] == TEXT else Kind(None, MISNAMED_TEXT)
    return Kind(None, ending) if ending in _NO_TEXTS else Kind(TEXT)


def _is_text(file):
    """Whether a file is text of some encoding, perhaps cut inside a letter.

    Encodings of one byte a letter, such as Windows-1256, can hold any byte but control characters:
    these distinguish text from binary content.
    """
    file.seek(0)
    wide = _wide_encoding(file.read(_HEAD))
    decoder = codecs.getincrementaldecoder(wide)("replace") if wide else None
    file.seek(0)
    controls = length = 0
    for piece in iter(partial(file.read, _PIECE), b""):
        content = decoder.decode(piece).encode("utf-8", "replace") if decoder else piece
        controls += sum(content.count(byte) for byte in range(1, 32) if byte not in _TEXT_CONTROLS)
        controls += len(_NULS.findall(content))
        length += len(content)
    return controls <= max(_FEW_CONTROLS, _MOST_CONTROLS_SHARE * length)


def _wide_encoding(head):
    """The encoding of a text of two or four bytes a letter, or None. Programs of Windows write
    UTF-16 without a mark too."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" not in head and b"\6" not in head:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        letters = head.decode(encoding, "replace")
        if len(_USUAL.findall(letters)) >= max(2, _USUAL_SHARE * len(letters)):
            return encoding
    return None


def has_too_many_pixels(content_type, file):
    """Whether a PNG or GIF says of itself that it has no pixels or more than a page could show.

    Both say it at a fixed place, so nothing is decoded; other images are looked at by the worker.
    """
    file.seek(0)
    head = file.read(24)
    if content_type == TYPES["png"] and len(head) == 24:
        width, height = struct.unpack(">II", head[16:24])
    elif content_type == TYPES["gif"] and len(head) >= 10:
        width, height = struct.unpack("<HH", head[6:10])
    else:
        return False
    return not 0 < width * height <= MOST_PIXELS
