"""Renders the safe subset of Markdown that people may write: paragraphs, emphasis, lists, links,
code and quotations. Text is stored as typed and cleaned each time it is rendered.
"""

import re
from functools import lru_cache

import nh3
from django.template.defaultfilters import linebreaksbr
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from markdown_it import MarkdownIt
from markdown_it.token import Token

from . import markup_rules
from .link_hosts import hides_host, shown_host

# Deeper than people nest. The parser drops deeper text, so such a message is shown as plain text.
MOST_LEVELS = 12
# A message with more of these is shown as plain text too. Each paragraph or item of a list makes
# three to five tokens; as many as a message has room for would take half a second to lay out.
MOST_LINES, MOST_TOKENS = 2000, 1500
# What may begin emphasis, code or a link, outside of fenced code.
MOST_MARKS = 2000
_MARKS = re.compile(r"[*`\[<]")
SCHEMES = {"http", "https", "mailto", "tel"}
ATTRIBUTES = {
    "p": {"dir", "class"},
    "li": {"dir", "value"},
    "ol": {"start", "class"},
    "a": {"href", "dir"},
    "code": {"dir"},
}
CLASSES = {"verbatim", "parenthesis"}
TAGS = {*ATTRIBUTES, "ul", "blockquote", "pre", "em", "strong", "hr", "br", "bdi"}
_BLANK_LINES = re.compile(r"\n[ \t]*\n")
_LANGUAGE = re.compile(r"[\w.+#-]{1,20}", re.ASCII)
# Without the punctuation that ends the sentence around it. Linear: nothing is tried twice.
# A closing bracket belongs to an address only with its opening one: https://x.example/a_(b)
_IN_BRACKETS = r"\([^\s<>\"'`()]*\)"
# With what the text of an item of a list begins, or ends without one.
_OF_ITEM = {"inline", "fence", "list_item_close"}
_ADDRESS = re.compile(
    rf"(https?://(?:[^\s<>\"'`()]|{_IN_BRACKETS})*"
    rf"(?:[^\s<>\"'`.,;:!?()\[\]«»،؛؟]|{_IN_BRACKETS}))"
)
_WORD = re.compile(r"[^\W\d_]+")
_OF_THE_RIGHT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufefc]")
# So large a share of words from right to left makes a text that begins with a Latin name Persian.
_ENOUGH = 1 / 3
_ALLOWED_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^<>]", re.IGNORECASE)


def reading_direction(text):
    """Return rtl or ltr, as most people would read the text; auto for a text without words.

    The browser's own rule looks at the first letter alone: a Persian title that begins with "ssh"
    would be laid out from the left.
    """
    text = str(text)
    first = _WORD.search(text)
    if first is None:
        return "auto"
    if _OF_THE_RIGHT.match(first[0]):
        return "rtl"
    words = _WORD.findall(text)
    of_the_right = sum(bool(_OF_THE_RIGHT.match(word)) for word in words)
    return "rtl" if of_the_right >= _ENOUGH * len(words) else "ltr"


def as_html(text):
    """Return what a person typed as safe HTML, each paragraph in its own direction."""
    return _as_html(str(text), get_language())


def as_html_without_controls(text):
    """The same HTML without buttons: for a mail, where nothing runs."""
    return mark_safe(_cleaned_html(str(text)))  # noqa: S308 it is cleaned


def with_hosts(text):
    """The text as typed, with the host behind each address that hides it: programs that show a mail
    in plain text make links of addresses too."""
    return _ADDRESS.sub(_with_host, text)


def _with_host(found):
    address = found[0]
    return f"{address} ({shown_host(address)})" if hides_host(address) else address


def marked_mentions(html, handles):
    """The HTML of a message with a mark around each @ with one of the names after it."""
    names = "|".join(sorted(map(re.escape, handles), key=len, reverse=True))
    mention = re.compile(
        rf"(<[^>]*>)|(?<![\w@.+-])@(?:{names})(?![\w@+-]|\.\w)", re.ASCII | re.IGNORECASE
    )
    return mark_safe(mention.sub(_marked, html))  # noqa: S308 only marks are added


def _marked(found):
    return found[0] if found[1] else f'<mark class="mention">{found[0]}</mark>'


# Kept per process: a conversation is rendered at each visit and does not change.
@lru_cache(maxsize=256)
def _as_html(text, _language):
    return mark_safe(_with_copy_buttons(_cleaned_html(text)))  # noqa: S308 it is cleaned


def _cleaned_html(text):
    text = text.replace("\r\n", "\n")
    try:
        tokens = _markdown.parse(text)
    except _TooMuchError:
        return _plain_paragraph(text.strip("\n"))
    if any(token.level >= MOST_LEVELS - 1 for token in tokens):
        return _as_plain_text(text)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )


def _attribute(_tag, name, value):
    """No value may hold what looks like a tag: see `_with_copy_buttons`."""
    if name == "class" and value not in CLASSES:
        return None
    return None if "<" in value else value


def _with_copy_buttons(html):
    """Add a copy button to each block of code. Text cannot contain `<pre>`: it has `&lt;`."""
    sprite = '<svg class="icon icon-16" aria-hidden="true"><use href="{}#copy"/></svg>'
    button = format_html(
        '<button class="icon-btn needs-script" type="button" data-copy aria-label="{}">{}</button>',
        gettext("Copy"),
        format_html(sprite, static("icons.svg")),
    )
    opened = html.replace("<pre>", '<div class="code-block"><pre tabindex="0">')
    return opened.replace("</pre>", f"</pre>{button}</div>")


def _as_plain_text(text):
    paragraphs = [each.strip("\n") for each in _BLANK_LINES.split(text) if each.strip()]
    rendered = [_plain_paragraph(each) for each in paragraphs]
    return mark_safe("".join(rendered))  # noqa: S308 every part went through format_html


def _plain_paragraph(text):
    return format_html('<p dir="{}">{}</p>', reading_direction(text), linebreaksbr(text))


def _finish(state):
    """Set directions and typed numbers, and make links of addresses that were merely typed.

    Code and addresses have one of their own: they do not decide on that of the words around them.
    """
    markup_rules.keep_numbers(state.tokens)
    for index, token in enumerate(state.tokens):
        if token.type == "paragraph_open":
            inline = state.tokens[index + 1]
            if inline.type == "verbatim":
                markup_rules.as_inline(inline)
                token.attrSet("class", "verbatim")
            token.attrSet("dir", reading_direction(_words_of(inline)))
        elif token.type == "list_item_open":
            token.attrSet("dir", reading_direction(_words_of_item(state.tokens, index)))
        elif token.type == "inline":
            token.children = [*_linked(token.children)]
            for child in token.children:
                if child.type == "code_inline":
                    child.attrSet("dir", "ltr")


def _words_of_item(tokens, index):
    """The words with which an item of a list begins."""
    while tokens[index].type not in _OF_ITEM:
        index += 1
    return _words_of(tokens[index]) if tokens[index].type == "inline" else ""


def _words_of(inline):
    """The text of a paragraph without its code and addresses."""
    text = " ".join(child.content for child in inline.children if child.type == "text")
    return _ADDRESS.sub(" ", text)


def _linked(children):
    """Make links of typed addresses, and show the host after a link whose text hides it."""
    link, text = None, []
    for child in children:
        if child.type == "link_open":
            link, text = child, []
            if child.markup == "autolink":
                yield Token("text", "", 0, content="<")
        if child.type == "text" and link is None:
            yield from _pieces(child)
            continue
        if link is not None and child.content:
            text.append(child.content)
        yield child
        if child.type == "link_close":
            if link.markup == "autolink":
                yield Token("text", "", 0, content=">")
            yield from _host_of(link, "".join(text))
            link = None


def _pieces(text):
    for index, part in enumerate(_ADDRESS.split(text.content)):
        if index % 2:
            attrs = {"href": part, "dir": "ltr"}
            yield Token("link_open", "a", 1, attrs=attrs)
            yield Token("text", "", 0, content=part)
            yield Token("link_close", "a", -1)
            if hides_host(part):
                yield Token("host", "", 0, content=shown_host(part))
        elif part:
            yield Token("text", "", 0, content=part)


def _host_of(link, text):
    address = str(link.attrs.get("href", ""))
    is_typed = address == text or link.markup == "autolink"
    if is_typed:
        link.attrSet("dir", "ltr")
    if (not is_typed or hides_host(text)) and (host := shown_host(address)):
        yield Token("host", "", 0, content=host)


class _TooMuchError(Exception):
    """The text has more markup than is laid out for one message."""


def _stop_at_many_blocks(state, _start, _end, _silent):
    if len(state.tokens) > MOST_TOKENS:
        raise _TooMuchError
    return False


def _stop_at_many_lines(state):
    if state.src.count("\n") > MOST_LINES:
        raise _TooMuchError


def _stop_at_many_marks(state):
    texts = (token.content for token in state.tokens if token.type == "inline")
    if sum(len(_MARKS.findall(text)) for text in texts) > MOST_MARKS:
        raise _TooMuchError


def _fence(_renderer, tokens, index, _options, _env):
    """Render fenced code; text beside the opening fence is shown unless it names a language."""
    token = tokens[index]
    beside = token.info.strip()
    content = token.content.strip("\n")
    if beside and not _LANGUAGE.fullmatch(beside):
        content = f"{beside}\n{content}".strip("\n")
    return f"<pre>{escape(content)}</pre>\n"


def _render_host(_renderer, tokens, index, _options, _env):
    return f" <bdi>({escape(tokens[index].content)})</bdi>"


def _line_break(_renderer, _tokens, _index, _options, _env):
    """Keep line breaks where they were typed."""
    return "<br>"


def _build():
    markdown = MarkdownIt("zero", {"html": False, "maxNesting": MOST_LEVELS})
    markdown.enable(["blockquote", "fence", "hr", "list", "backticks", "emphasis", "link"])
    markdown.enable(["autolink", "newline", "balance_pairs", "fragments_join"])
    markdown.inline.ruler.at("emphasis", markup_rules.emphasis)
    markdown.inline.ruler.at("backticks", markup_rules.code_in_a_line)
    block = markdown.block.ruler
    ends_paragraph = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    block.at("blockquote", markup_rules.quote, ends_paragraph)
    block.at("hr", markup_rules.rule, ends_paragraph)
    block.at("list", markup_rules.items, {"alt": ["paragraph", "reference", "blockquote"]})
    block.before("blockquote", "verbatim", markup_rules.verbatim)
    block.before(block.get_all_rules()[0], "many_blocks", _stop_at_many_blocks)
    block.before("paragraph", "end_of_quote", markup_rules.end_of_quote, {"alt": ["blockquote"]})
    block.before("paragraph", "end_of_list", markup_rules.end_of_list, {"alt": ["paragraph"]})
    markdown.core.ruler.before("block", "many_lines", _stop_at_many_lines)
    markdown.core.ruler.before("inline", "many_marks", _stop_at_many_marks)
    markdown.core.ruler.push("finish", _finish)
    for name, rule in {
        "fence": _fence,
        "host": _render_host,
        "hardbreak": _line_break,
        "softbreak": _line_break,
    }.items():
        markdown.add_render_rule(name, rule)
    markdown.validateLink = lambda address: bool(_ALLOWED_LINK.match(address))
    return markdown


_markdown = _build()
