"""Which kind a file is, by its content. Nothing is decoded or unpacked here: headers only."""

import codecs
import mimetypes
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
# A large file is never in memory as a whole.
_PIECE = 1024 * 1024
# Control characters that plain text has: tab, line feed, form feed, carriage return, escape.
_TEXT_CONTROLS = {9, 10, 12, 13, 27}
# A log that was cut or copied badly has a few others; a program has many.
_FEW_CONTROLS, _MOST_CONTROLS_SHARE = 2, 0.01
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
    head = file.read(_HEAD)
    if binary := _binary_kind(head, ending_of(name)):
        return binary
    if _is_text(file):
        return _text_kind(ending_of(name))
    return Kind(None)


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
    # Programs and documents of other kinds are archives too; their endings say which.
    known = mimetypes.guess_type(f"x.{ending}")[0]
    return Kind(ZIP) if known in {None, ZIP} else Kind(None, ending)


def _text_kind(ending):
    """Text of any ending that is no kind of its own: `server.log.1` and `README` are text.

    Text under the name of a picture or document is none: what was to be sent was something else.
    """
    if ending in TYPES:
        return Kind(TEXT) if TYPES[ending] == TEXT else Kind(None, MISNAMED_TEXT)
    known = mimetypes.guess_type(f"x.{ending}")[0]
    return Kind(TEXT) if known in {None, TEXT} else Kind(None, ending)


def _is_text(file):
    """Whether a file is text of some encoding, perhaps cut inside a letter.

    Encodings of one byte a letter, such as Windows-1256, can hold any byte but control characters:
    these distinguish text from binary content.
    """
    file.seek(0)
    is_utf_16 = file.read(2) in {b"\xff\xfe", b"\xfe\xff"}
    decoder = codecs.getincrementaldecoder("utf-16")("replace") if is_utf_16 else None
    file.seek(0)
    controls = length = 0
    for piece in iter(partial(file.read, _PIECE), b""):
        content = decoder.decode(piece).encode("utf-8", "replace") if decoder else piece
        controls += sum(content.count(byte) for byte in range(32) if byte not in _TEXT_CONTROLS)
        length += len(content)
    return controls <= max(_FEW_CONTROLS, _MOST_CONTROLS_SHARE * length)


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
