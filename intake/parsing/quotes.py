"""What a person wrote now, apart from what they quoted and how they signed.

Works line by line in linear time. What is split off is kept, so that nothing is lost when a guess
is wrong.
"""

import re
from dataclasses import dataclass

# Marks of direction and joiners, which mail programs put anywhere in the lines they make.
_MARKS = re.compile("[\u200c-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad*]")
_LONGEST_INTRODUCTION = 4
# Beginnings and endings of the line, or the few lines, above a quote.
_INTRODUCTIONS = (
    (("on ", "am ", "le ", "le\u00a0"), ("wrote:", "writes:", "schrieb:", "a écrit :")),
    (("در ", "بتاریخ", "به تاریخ", "تاریخ "), ("نوشت:", "نوشته:", "نوشته است:", "نوشتید:")),
    (("في ",), ("كتب:", "کتب:")),
)
# "<someone@example.com> wrote:", without a date before it.
_BARE_ENDINGS = ("> wrote:", ") wrote:", "> نوشت:", ") نوشت:")
_DIVIDERS = {
    *("original message", "original appointment", "reply message", "پیام اصلی", "پیغام اصلی"),
    *("متن پیام اصلی", "پیام اولیه"),
}
_FORWARDS = {
    *("forwarded message", "begin forwarded message", "پیام هدایت شده", "پیام هدایتشده"),
    *("پیام ارسال شده", "پیام بازارسالی", "پیام فورواردشده", "پیام فوروارد شده"),
}
# The block of facts that Outlook puts above a quote: at least three of them, one a line.
_FACTS = {
    "from": "from",
    "sent": "sent",
    "date": "sent",
    "to": "to",
    "cc": "cc",
    "subject": "subject",
    "importance": "importance",
    "از": "from",
    "فرستنده": "from",
    "ارسال": "sent",
    "ارسالشده": "sent",
    "تاریخ": "sent",
    "زمان ارسال": "sent",
    "به": "to",
    "گیرنده": "to",
    "رونوشت": "cc",
    "موضوع": "subject",
    "عنوان": "subject",
}
_FORWARD_PREFIXES = ("fw:", "fwd:", "هدایت:", "ارسال:", "بازارسال:", "فوروارد:")
_MOBILE_SIGNATURES = (
    *("sent from my ", "sent from mail for windows", "sent from outlook", "sent from yahoo mail"),
    *("get outlook for ", "sent with proton", "sent via ", "sent from samsung"),
    *("ارسال شده از ", "ارسالشده از ", "فرستاده شده از ", "فرستادهشده از ", "ارسال از "),
)
_LONGEST_SIGNATURE = 20


@dataclass(frozen=True)
class Split:
    text: str
    quoted: str = ""
    signature: str = ""


def is_forward(subject):
    """Whether the subject says that the mail passes another one on: then that one is the text."""
    return subject.strip().lower().startswith(_FORWARD_PREFIXES)


def split(text, *, forwards=False):
    """The parts of a mail's text. With `forwards` what looks like a quote is what is meant."""
    lines = [line.rstrip() if line != "-- " else line for line in text.split("\n")]
    bare = [_bare(line) for line in lines]
    if forwards or any(_is_forward_line(each) for each in bare):
        kept, signature = _without_signature(lines, bare)
        return Split(_joined(kept), signature=signature)
    begin, after_introduction = _first_quote(bare)
    if begin is None:
        kept, signature = _without_signature(lines, bare)
        return Split(_joined(kept), signature=signature)
    above, below = lines[:begin], lines[begin:]
    rest = bare[after_introduction:]
    first = next((each for each in rest if each), "")
    if not first.startswith(">"):
        # Without quote marks all of what follows is the quote.
        kept, signature = _without_signature(above, bare[:begin])
        return Split(_joined(kept), _joined(below), signature)
    return _between_marks(lines, bare, begin, after_introduction)


def without_quotes(text):
    """The text without any quoted line."""
    return _joined([line for line in text.split("\n") if not _bare(line).startswith(">")])


def _between_marks(lines, bare, begin, after_introduction):
    """A quote whose lines are marked: what is not marked was written now, wherever it is."""
    last_quoted = max(
        index for index in range(after_introduction, len(bare)) if bare[index].startswith(">")
    )
    below, signature = _without_signature(lines[last_quoted + 1 :], bare[last_quoted + 1 :])
    block = range(after_introduction, last_quoted + 1)
    is_one_block = all(not bare[index] or bare[index].startswith(">") for index in block)
    if is_one_block:
        kept, own_signature = _without_signature(lines[:begin], bare[:begin])
        signatures = "\n".join(filter(None, (own_signature, signature)))
        text = "\n\n".join(filter(None, (_joined(kept), _joined(below))))
        return Split(text, _joined(lines[begin : last_quoted + 1]), signatures)
    # Answers between the lines of the quote mean nothing without them.
    last_own = max(index for index in block if bare[index] and not bare[index].startswith(">"))
    end = last_quoted + 1 if _joined(below) else last_own + 1
    kept = _joined([*lines[:end], *below])
    return Split(kept, _joined(lines[end : last_quoted + 1]), signature)


def _first_quote(bare):
    """(the line where the first quote begins, the line after its introduction), or (None, 0)."""
    for index, line in enumerate(bare):
        if not line:
            continue
        if line.startswith(">"):
            return index, index
        if (end := _introduction_end(bare, index)) is not None:
            return index, end
        if _is_divider(line):
            return index, index + 1
        if _begins_facts(bare, index):
            return _with_rule_above(bare, index), index + 1
    return None, 0


def _with_rule_above(bare, index):
    """A line of underscores above the facts belongs to them."""
    before = index - 1
    while before > 0 and not bare[before]:
        before -= 1
    is_rule = before >= 0 and len(bare[before]) >= 5 and not bare[before].strip("_-")
    return before if is_rule else index


def _introduction_end(bare, index):
    """The index after "On … wrote:", which may take a few lines, or None."""
    line = bare[index].lower()
    if line.endswith(_BARE_ENDINGS) and len(line) < 300:
        return index + 1
    for starts, ends in _INTRODUCTIONS:
        if not line.startswith(starts):
            continue
        for end in range(index, min(index + _LONGEST_INTRODUCTION, len(bare))):
            found = bare[end].lower()
            if found.startswith(">") or len(found) > 400 or (end > index and not found):
                break
            if found.endswith(ends):
                is_dated = any(each.isdigit() for each in "".join(bare[index : end + 1]))
                return end + 1 if is_dated else None
    return None


def _is_divider(line):
    return _between_rules(line) in _DIVIDERS


def _is_forward_line(line):
    return (
        _between_rules(line) in _FORWARDS or line.lower().rstrip(":") == "begin forwarded message"
    )


def _between_rules(line):
    """The words of a line such as "-----Original Message-----"; "" for any other line."""
    inner = line.strip("-_ ")
    return inner.lower() if len(line) - len(inner) >= 6 and len(line) < 120 else ""


def _begins_facts(bare, index):
    if _fact(bare[index]) != "from":
        return False
    near = {_fact(line) for line in bare[index : index + 8]}
    return len(near & {"from", "sent", "to", "subject"}) >= 3


def _fact(line):
    name, colon, _value = line[:60].partition(":")
    return _FACTS.get(name.strip().lower()) if colon else None


def _without_signature(lines, bare):
    """(lines, signature): the lines before "-- ", or before the last "Sent from my …"."""
    for index in range(len(lines) - 1, -1, -1):
        if bare[index] in {"--", "—"} or lines[index] == "-- ":
            if len([each for each in bare[index:] if each]) <= _LONGEST_SIGNATURE:
                return lines[:index], _joined(lines[index + 1 :])
            break
    filled = [index for index, line in enumerate(bare) if line]
    for index in filled[-3:]:
        if bare[index].lower().startswith(_MOBILE_SIGNATURES):
            return lines[:index], _joined(lines[index:])
    return lines, ""


def _bare(line):
    """A line for comparing: without marks of direction and stars, trimmed."""
    return " ".join(_MARKS.sub("", line[:2000]).split())


def _joined(lines):
    """Lines as one text, without blank lines at either end."""
    return "\n".join(lines).strip("\n \t")
