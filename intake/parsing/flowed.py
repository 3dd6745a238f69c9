"""Paragraphs of text that a mail program wrapped (RFC 3676, `format=flowed`)."""


def unwrapped(text, *, without_space=False):
    """The text with each paragraph on one line again; quotes stay quotes of their depth."""
    lines, open_depth = [], None
    for line in text.split("\n"):
        depth, content = _depth(line)
        is_signature = content == "-- "
        if open_depth == depth and not is_signature:
            lines[-1].append(content)
        else:
            lines.append(["> " * depth, content])
        flows = content.endswith(" ") and not is_signature
        if flows and without_space:
            lines[-1][-1] = content[:-1]
        open_depth = depth if flows else None
    return "\n".join("".join(pieces) for pieces in lines)


def _depth(line):
    """(how deep the line is quoted, its content without quote marks and stuffing)."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")
