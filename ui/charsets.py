"""Bytes of a mail or a file into text, whatever encoding it claims."""

import codecs
import re

# Names that mail programs use and Python does not know.
ALIASES = {
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-6-e": "iso-8859-6",
    "iso-8859-8-i": "iso-8859-8",
    "x-windows-1256": "cp1256",
    "cp-1256": "cp1256",
    "win-1256": "cp1256",
    "windows-874": "cp874",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
}
# These claim seven bits or a byte for a letter of Western Europe: often neither is so.
_WESTERN = {"ascii", "iso8859-1", "iso8859-15", "cp1252"}
# Encodings whose bytes are all ASCII though the text is not.
_STATEFUL = {"utf-7", "hz", "iso2022_jp", "iso2022_kr", "iso2022_jp_2"}
# Codecs that turn no bytes into text, or take long to: never meant by a mail.
_ENDLESS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"}
_ARABIC_LETTERS = re.compile("[\u0621-\u06cc]")
_WESTERN_LETTERS = re.compile("[\u00a1-\u024f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content, charset=""):
    """The text of bytes: by their mark, else UTF-8 where they are that, else as they claim."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return cleaned(content.decode(name, "replace").lstrip("\ufeff"))
    codec = _codec(charset)
    if codec not in _STATEFUL and not codec.startswith("utf-16"):
        if content.isascii():
            return cleaned(content.decode("ascii"))
        # Text of another encoding is hardly ever valid UTF-8 by chance.
        if (text := _strictly(content, "utf-8")) is not None:
            return cleaned(text)
    return cleaned(_as_claimed(content, codec))


def cleaned(text):
    """Text without what no database and no page takes: control characters, lone surrogates."""
    return _CONTROLS.sub("", text.replace("\f", "\n"))


def _codec(charset):
    name = charset.strip("\"' \t").lower()[:40]
    try:
        codec = codecs.lookup(ALIASES.get(name, name))
    except (LookupError, ValueError):  # unknown, or with characters that no name has
        return ""
    # Python has codecs between bytes and bytes, too.
    is_text = getattr(codec, "_is_text_encoding", True) and codec.name not in _ENDLESS
    return codec.name if is_text else ""


def _strictly(content, codec):
    try:
        return content.decode(codec)
    except UnicodeError:
        return None


def _as_claimed(content, codec):
    """By the claim, unless it is a Western one and the bytes look like Persian or Arabic."""
    if codec in {"", *_WESTERN}:
        persian = content.decode("cp1256", "replace")
        sample = persian[:20_000]
        found = len(_ARABIC_LETTERS.findall(sample))
        if found > len(_WESTERN_LETTERS.findall(sample)) + sample.count("\ufffd"):
            return persian
    if codec and (text := _strictly(content, codec)) is not None:
        return text
    return content.decode(codec or "cp1252", "replace")
