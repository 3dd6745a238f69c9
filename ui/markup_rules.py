"""Which signs in a typed text are markup: only those that were surely meant as such.

What is not surely markup is shown as it was typed (domain.md: text is shown as typed): `2*3*4`,
the glob `*.log`, a crontab's five asterisks, `>90% CPU`, indented YAML and stack traces. Each rule
has the signature of markdown-it's rules and returns whether it consumed the text at
the position.
"""

import re

from markdown_it.rules_block import blockquote, hr, list_block
from markdown_it.rules_inline import backticks
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

_INDENTED = re.compile(r"(?: {2}|\t)[ \t]*\S")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*]|[0-9]{1,9}[.)])(?:[ \t]|$)")
_BARE_ITEM = re.compile(r"(?:[-*]|[0-9]{1,9}[.)])[ \t]*")
_SETTING = re.compile(r"""[ \t]+["']?[\w./-]+["']?:(?:\s|$)""", re.ASCII)
_COLUMNS = re.compile(r"\S(?: {3,}|\t)\S")
_ROW = re.compile(r"^\s*(?:\|.*\||\+[-=+]{2,})\s*$")
_PRINTED = re.compile(r"<(?: |<{6})|\s*/\*")
_FENCE = "```"
_OPENS_AFTER = "([{«“‘\"'_~-–—"  # emphasis may begin right after these signs, a space or nothing
_OPENS_BEFORE = "([{«“‘\"'`<"  # and must begin with a letter, a digit or one of these
_CLOSES_BEFORE = ".,;:!?)]}»”’\"'،؛؟…_~-–—\u200c"


def emphasis(state, silent):
    """Asterisks around whole words; an underscore is a part of names of files and programs."""
    if silent or state.src[state.pos] != "*":
        return False
    before = state.src[state.pos - 1] if state.pos else " "
    scanned = state.scanDelims(state.pos, False)
    end = state.pos + scanned.length
    after = state.src[end] if end < state.posMax else " "
    is_word = after.isalnum() or after in _OPENS_BEFORE or ord(after) > 0x2E00
    can_open = is_word and (before.isspace() or before in _OPENS_AFTER)
    can_close = not before.isspace() and (after.isspace() or after in _CLOSES_BEFORE)
    for _ in range(scanned.length):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=can_open,
                close=can_close,
            )
        )
    state.pos = end
    return True


def code_in_a_line(state, silent):
    """Code between backticks ends on its line; two lone backticks on two lines are no code, and nor
    are those that people type for apostrophes."""
    start = state.pos
    if not backticks.backtick(state, True):
        return False
    is_apostrophe = _is_letter(state.src[start - 1 : start]) and _is_letter(
        state.src[start + 1 : start + 2]
    )
    if "\n" not in state.src[start : state.pos] and not is_apostrophe:
        state.pos = start
        return backticks.backtick(state, silent)
    end = start
    while end < state.posMax and state.src[end] == "`":
        end += 1
    if not silent:
        state.pending += state.src[start:end]
    state.pos = end
    return True


def _is_letter(char):
    return char.isascii() and char.isalpha()


def quote(state, start_line, end_line, silent):
    """A quotation needs a space after its sign: `>90% CPU` is a figure. One that begins three
    levels deep is the prompt of Python, a deeper one the mark of a conflict."""
    line = _line(state, start_line)
    is_quote = line[1:2] in {"", " ", "\t", ">"}
    if state.parentType != "blockquote" and line.startswith((">>> ", ">>>>")):
        is_quote = False
    return is_quote and blockquote(state, start_line, end_line, silent)


def end_of_quote(state, start_line, end_line, silent):
    """A quotation ends with its last marked line: what is typed right below is the answer."""
    return silent


def end_of_list(state, start_line, end_line, silent):
    """A list ends with its last indented line: what begins at the margin right below is no part of
    its last item."""
    return silent and state.blkIndent > 0 and state.sCount[start_line] == 0


def rule(state, start_line, end_line, silent):
    """A horizontal line is alone between blank lines; `---` above YAML begins a document."""
    is_alone = (start_line == 0 or state.isEmpty(start_line - 1)) and (
        start_line + 1 >= state.lineMax or state.isEmpty(start_line + 1)
    )
    has_spaces = " " in _line(state, start_line).strip()
    return is_alone and not has_spaces and hr(state, start_line, end_line, silent)


def items(state, start_line, end_line, silent):
    """A list begins with `-`, `*` or a number and has text in its first item.

    `+` marks a diff, `* * * * *` is a crontab, `- - -` is a line across, and a lone `-` is
    somebody's whole answer.
    """
    line = _line(state, start_line)
    is_list = (
        not _BARE_ITEM.fullmatch(line)
        and not line.startswith(("+", "* *", "- -"))
        and not re.match(r"0[0-9]", line)
    )
    return is_list and list_block(state, start_line, end_line, silent)


def verbatim(state, start_line, end_line, silent):
    """Lines up to the next blank one are kept with their spaces where these carry meaning.

    That is so for configuration, stack traces, tables of a terminal, comments of code and what
    `curl -v` and `diff` print: a line is indented, or two lines have columns, and the whole is
    neither a nested list nor holds fenced code.
    """
    if silent or state.level or state.blkIndent or state.parentType != "root":
        return False
    end = start_line
    while end < end_line and not state.isEmpty(end):
        end += 1
    lines = [state.src[state.bMarks[line] : state.eMarks[line]] for line in range(start_line, end)]
    if not _has_layout(lines):
        return False
    token = state.push("paragraph_open", "p", 1)
    token.map = [start_line, end]
    token = state.push("verbatim", "", 0)
    token.content = "\n".join(lines).rstrip()
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


def _has_layout(lines):
    if len(lines) > 1 and any(_PRINTED.match(line) for line in lines):
        return True
    if any(line.lstrip().startswith((_FENCE, ">")) for line in lines):
        return False
    indented = [line for line in lines if _INDENTED.match(line)]
    if any(sum(bool(each.search(line)) for line in lines) > 1 for each in (_COLUMNS, _ROW)):
        return True
    if not any(_INDENTED.match(line) for line in lines[1:]):
        return False
    if _LIST_ITEM.match(lines[0]):
        return any(_SETTING.match(line) for line in indented)
    return not all(_LIST_ITEM.match(line) for line in indented)


def _line(state, line):
    """A line without its indentation."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def keep_numbers(tokens):
    """Give list items the numbers that were typed: a list 1, 3, 7 is not 1, 2, 3."""
    expected = []
    for token in tokens:
        if token.type == "ordered_list_open":
            expected.append(int(token.attrs.get("start", 1)))
            if token.markup == ")":
                token.attrSet("class", "parenthesis")
        elif token.type == "ordered_list_close":
            expected.pop()
        elif token.type == "list_item_open" and token.info:
            if int(token.info) != expected[-1]:
                token.attrSet("value", token.info)
            expected[-1] = int(token.info) + 1


def as_inline(token):
    """Turn a verbatim block into text that no inline rule reads."""
    token.type = "inline"
    token.children = [Token("text", "", 0, content=token.content)]
