"""Typed text as safe HTML: the subset of Markdown, directions, links, and hostile input."""

import cProfile
import re
import time
from html import unescape

import pytest

from ui.markup import as_html, as_html_without_controls, reading_direction

MOST_SECONDS = 2  # of computing: others may be busy on the machine


def flat(text):
    return as_html(text).replace("\n", "")


def test_typed_markup_is_shown_and_not_obeyed():
    html = as_html('<script>alert(1)</script> & "x" &lt;')

    assert "<script" not in html
    assert '&lt;script&gt;alert(1)&lt;/script&gt; &amp; "x" &amp;lt;' in html


def test_each_paragraph_has_its_own_direction_and_lines_stay_lines():
    html = as_html("سلام\n\nhello\nagain")

    assert html == '<p dir="rtl">سلام</p>\n<p dir="ltr">hello<br>again</p>\n'


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("ssh وصل نمی‌شود", "rtl"),
        ("سرور web-01 restarts every hour on its own", "rtl"),
        ("nginx: 502 Bad Gateway پس از به‌روزرسانی", "rtl"),
        ("The console shows “سلام” the wrong way round", "ltr"),
        ("Cannot sign in", "ltr"),
        ("404", "auto"),
        ("", "auto"),
    ],
)
def test_a_text_is_read_from_the_side_of_its_words(text, direction):
    assert reading_direction(text) == direction


@pytest.mark.parametrize("answer", ["-", "*", "1.", "2) "])
def test_a_lone_mark_of_a_list_is_not_an_empty_bullet(answer):
    assert flat(answer) == f'<p dir="auto">{answer.strip()}</p>'


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://x.example/a_(b)", "https://x.example/a_(b)"),
        ("(see https://x.example/a_(b))", "https://x.example/a_(b)"),
        ("(see https://x.example/a)", "https://x.example/a"),
        ("https://x.example/a_(b)/c, d", "https://x.example/a_(b)/c"),
        ("https://x.example/a(b", "https://x.example/a"),
        ("https://" + "(" * 50_000, None),
        ("https://x.example/" + "(a" * 50_000, "https://x.example/"),
    ],
)
def test_the_closing_bracket_of_an_address_is_not_cut_off(typed, address):
    started = time.process_time()
    links = re.findall(r'href="([^"]*)"', as_html(typed))

    assert links == ([address] if address else [])
    assert time.process_time() - started < MOST_SECONDS


def test_lists_emphasis_and_words_of_code():
    html = flat("- یک\n- **دو**\n\n3. *سه* با `x = 1`")

    assert '<ul><li dir="rtl">یک</li><li dir="rtl"><strong>دو</strong></li></ul>' in html
    assert '<ol start="3"><li dir="rtl"><em>سه</em> با <code dir="ltr">x = 1</code>' in html


@pytest.mark.parametrize(
    "text",
    ["__init__ and _a_", r"C:\*temp\\server", "# one", "a ~~b~~", "![x] y", "one ` alone", "a | b"],
)
def test_what_is_no_markup_here_stays_as_typed(text):
    assert text in as_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4",
        "2 * 3 * 4 و a*b*c",
        "*.py,*.js و **/*.log",
        "/*یادداشت*/",
        "* * * * * /usr/bin/backup",
        "*/5 * * * * /usr/bin/backup",
        "+ افزوده",
        "- - - - -",
        ">90% CPU",
        "01. ژانویه",
        "SELECT * FROM a WHERE b = *",
        "C:\\new\\*backup*old",
    ],
)
def test_asterisks_and_signs_within_words_do_not_vanish(text):
    shown = re.sub("<[^>]+>", "", as_html(text)).strip()

    assert shown == text.replace(">", "&gt;")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*مهم*", "<em>مهم</em>"),
        ("**مهم**‌ترین", "<strong>مهم</strong>\u200cترین"),
        ("(**note:** x)", "(<strong>note:</strong> x)"),
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
        ("«*نقل*»", "«<em>نقل</em>»"),
        ("***both***", "<em><strong>both</strong></em>"),
        ("**`x`** و **[y](https://a.example)**", "<strong><code"),
    ],
)
def test_emphasis_around_words_is_shown(text, html):
    assert html in as_html(text)


def test_a_list_one_three_seven_does_not_show_one_two_three():
    html = flat("1. یک\n3. سه\n7. هفت\n8. هشت")

    assert re.findall(r"<li([^>]*)>", html) == [
        ' dir="rtl"',
        ' value="3" dir="rtl"',
        ' value="7" dir="rtl"',
        ' dir="rtl"',
    ]


def test_an_item_that_begins_with_a_latin_word_is_not_laid_out_from_the_left():
    html = flat("- nginx را از نو راه انداختیم\n- restart nginx\n- 5\n-\n```\nx\n```")

    assert re.findall(r"<li([^>]*)>", html)[:3] == [' dir="rtl"', ' dir="ltr"', ' dir="auto"']


def test_a_list_with_parentheses_keeps_them():
    assert '<ol class="parenthesis">' in as_html("1) یک\n2) دو")


YAML = "server:\n  port: 80\n  tags:\n    - web"
TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1\n    x = 1 * 2 * 3'
TABLE = "NAME      READY   STATUS\nweb-0     1/1     Running\nweb-10    0/1     Error"
TASKS = "- name: nginx\n  hosts: all\n  tasks:\n    - debug: *all*"


@pytest.mark.parametrize("text", [YAML, TRACE, TABLE, TASKS, "def a():\n\treturn 1"])
def test_indentation_of_yaml_and_traces_is_not_lost(text):
    html = as_html(f"پیش\n\n{text}\n\nپس")

    block = re.search(r'<p class="verbatim" dir="ltr">([^<]*)</p>', html)
    assert block.group(1).replace("&quot;", '"') == text
    assert html.startswith('<p dir="rtl">پیش</p>')
    assert html.endswith('<p dir="rtl">پس</p>\n')


@pytest.mark.parametrize(
    "text",
    [
        "/**\n * x\n * y\n */",
        "int a;\n/*\n * x\n */",
        "* Connected to x\n> GET / HTTP/1.1\n>\n< HTTP/1.1 200 OK",
        "3c3\n< old\n---\n> new",
        "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> b",
        "+----+---+\n| id | n |\n+----+---+\n|  1 | a |\n+----+---+",
    ],
)
def test_what_programs_print_is_no_list_and_no_quotation(text):
    html = as_html(f"پیش\n\n{text}\n\nپس")

    assert unescape(re.search(r'<p class="verbatim"[^>]*>([^<]*)</p>', html)[1]) == text


def test_what_begins_at_the_margin_below_a_list_is_no_part_of_its_last_item():
    html = as_html("1. یک\n3. سه\nبا تشکر")

    assert html.endswith('سه</li>\n</ol>\n<p dir="rtl">با تشکر</p>\n')
    assert "</li>" not in as_html("- a\n  more").partition("more")[0]


def test_backticks_typed_for_apostrophes_are_shown():
    assert "don`t and can`t" in as_html("don`t and can`t")
    assert "<code" in as_html("دستور `ls`، یا echo `date`")


@pytest.mark.parametrize(
    "text",
    [
        "- a\n  - b\n    - c",
        "1. **x**:\n   - a\n   - b",
        "- a\n  continued",
        "- x\n  ```\n  y\n  ```",
    ],
)
def test_a_nested_list_is_a_list(text):
    assert "verbatim" not in as_html(text)
    assert "<li" in as_html(text)


def test_the_first_line_of_yaml_is_no_horizontal_line():
    assert "<hr" not in as_html("---\nkey: value")
    assert "<hr" in as_html("a\n\n---\n\nb")


def test_an_address_in_angle_brackets_keeps_them():
    assert "Sara &lt;<a" in as_html("Sara <sara@pars.example>")
    assert "</a>&gt;" in as_html("Sara <sara@pars.example>")


def test_lone_backticks_on_two_lines_make_no_code():
    assert "it`s<br>not`code" in as_html("it`s\nnot`code")


def test_code_is_fenced_by_three_backticks_and_escaped():
    html = as_html("پیش\n```\n<a>  b\n```\nپس")

    assert '<pre tabindex="0">&lt;a&gt;  b</pre>' in html
    assert html.count("<p ") == 2
    assert html.count("data-copy") == 1


def test_a_language_beside_the_fence_is_not_shown_but_text_is():
    assert '<pre tabindex="0">x = 1</pre>' in as_html("```python\nx = 1\n```")
    assert '<pre tabindex="0">not a language\nx</pre>' in as_html("``` not a language\nx\n```")
    assert "never closed at all" in as_html("``` never closed at all")


def test_what_is_typed_right_below_a_quote_is_no_part_of_it():
    html = flat("> گفته بودید\n> دو خط\nپاسخ")

    assert html.startswith('<blockquote><p dir="rtl">گفته بودید<br>دو خط</p></blockquote>')
    assert html.endswith('<p dir="rtl">پاسخ</p>')


def test_an_address_is_a_link_without_the_full_stop_after_it():
    html = as_html("ببینید https://a.example/x?y=1&z=2.")

    assert 'href="https://a.example/x?y=1&amp;z=2"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "</a>." in html


def test_a_link_that_says_something_else_shows_where_it_leads():
    html = as_html("[https://bank.example](https://evil.example/x)")

    assert html.endswith("</a> <bdi>(evil.example)</bdi></p>\n")


@pytest.mark.parametrize(
    "address", ["https://a.example", "http://a.example", "mailto:a@b.example", "tel:+982100"]
)
def test_links_lead_to_the_web_to_mail_and_to_the_telephone(address):
    html = as_html(f"[x]({address})")

    assert f'<a href="{address}" rel="noopener noreferrer nofollow">x</a>' in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "ftp://a.example",
        "/accounts/logout/",
        "//evil.example",
        "#message-1",
        "https:evil.example",
        "&#106;avascript:alert(1)",
    ],
)
def test_other_links_are_no_links(address):
    for text in (address, f"[x]({address})", f"<{address}>", f"[x](<{address}>)"):
        assert "<a " not in as_html(text)


@pytest.mark.parametrize(
    "text",
    [
        'https://a.example/"onmouseover="x',
        '[x](https://a.example/"onclick=1)',
        '[x](https://a.example/ "<pre>onclick=1")',
        "[x](https://a.example/<pre>)",
        "<a href=javascript:x onclick=1>",
        "```\n</pre><img src=x onerror=1>\n```",
        "`</code><svg/onload=1>`",
        '<p style="x" dir="rtl">',
        "https://[bad <b>",
        "[x](https://[bad)",
    ],
)
def test_only_listed_tags_and_attributes_come_out(text):
    html = as_html(text)

    bare = re.sub(r'<div class="code-block">|</div>|<button .*?</button>', "", html)
    bare = bare.replace(' tabindex="0"', "")
    tags = re.findall(r"<(/?\w+)([^>]*)>", bare)
    assert {name.strip("/") for name, _rest in tags} <= {"p", "a", "pre", "code", "bdi", "br"}
    for _name, rest in tags:
        assert set(re.findall(r" ([\w-]+)=", rest)) <= {"href", "rel", "dir"}
    assert html.count("<pre") == html.count("</pre>") == html.count("data-copy")


def test_a_session_of_python_is_no_quotation_three_levels_deep():
    html = as_html("چرا این می‌شود؟\n\n>>> 2**3\n8")

    assert "<blockquote>" not in html
    assert "&gt;&gt;&gt; 2**3<br>8" in html
    assert as_html("> a\n>> b\n>>> c").count("<blockquote>") == 3


def test_nesting_deeper_than_people_write_is_shown_as_typed():
    html = as_html("> " * 40 + "پیام پنهان")

    assert "پیام پنهان" in html
    assert "<blockquote>" not in html


@pytest.mark.parametrize(
    "piece",
    [
        *("[", "*", ">", "> ", "- ", "1. ", "`", "```", "`a", "`\n`", "https://", "http://a.!!!!"),
        *("\n \n", "<", "[](", "**a ", "[a](<", "[x]*", "a***", '[a](b "', "- a\n", "(", "![", "_"),
    ],
)
def test_long_hostile_text_is_read_in_bounded_time(piece):
    text = (piece * 20_000)[:20_000]
    began = time.process_time()

    html = as_html(text)

    assert time.process_time() - began < MOST_SECONDS
    assert "<script" not in html


def test_nested_lists_and_brackets_are_read_in_bounded_time():
    stairs = "\n".join(" " * (2 * depth) + "- a" for depth in range(135))
    began = time.process_time()

    for text in (stairs, "[" * 10_000 + "]" * 10_000, "*[x](" * 4_000):
        as_html(text)

    assert time.process_time() - began < MOST_SECONDS


HOSTILE = [
    "[",
    "*a",
    "`a",
    "1. a\n",
    "- a\n",
    "> a\n",
    "a\n\n",
    "a\n",
    "1. a\n\n",
    "- ",
    ">>>> a\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_message_full_of_markup_keeps_no_thread_busy(piece):
    """Two hundred of them an hour are allowed, and a page shows them all. What is counted is the
    work, since a duration would depend on the machine."""
    text = (piece * 20_000)[:20_000]

    calls = calls_of(lambda: as_html_without_controls(text))

    assert calls < 250_000


def calls_of(work):
    """How many functions were called, of Python and of C."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return sum(each.callcount for each in profile.getstats())


def test_a_text_with_too_much_markup_is_shown_as_it_was_typed():
    page = as_html_without_controls("1. a < b\n" * 2100)

    assert page.count("1. a &lt; b") == 2100
    assert "<li" not in page


def test_the_longest_usual_list_is_a_list():
    assert as_html_without_controls("1. a\n" * 250).count("<li") == 250
