"""Placeholders of canned replies: checked when saved, filled in once, and never markup."""

import pytest
from django.utils.translation import override

from tickets.canned.placeholders import GAP, fault_in, fill_in, keys_in
from ui.markup import as_html_without_controls

HOSTILE = [
    "*x* and **y**",
    "[here](http://evil.example)",
    "`rm -rf /` ```",
    "http://evil.example/x",
    "<http://evil.example>",
    "<mailto:a@evil.example>",
    "- one",
    "* one",
    "1. one",
    "> quoted",
    "a\n\n- b\n\n> c",
    "<script>alert(1)</script>",
]


def filled(text, language="en", **values):
    return fill_in(text, values, language=language)


def test_a_placeholder_is_replaced_by_either_of_its_names():
    text = "سلام {{مشتری}}، شماره {{ number }} از {{Customer}}"

    assert filled(text, "fa", customer="سارا", number="KT-1") == (
        "سلام سارا، شماره \u2068KT-1\u2069 از سارا"
    )


def test_a_missing_value_leaves_a_gap():
    assert filled("Due {{due}}.", due="") == f"Due {GAP}."


def test_single_braces_are_text():
    text = '{"a": {name}} {customer'

    assert fault_in(text) == ""
    assert filled(text, customer="Sara") == text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{nme}}", "{{nme}}"),
        ("{{", "{{"),
        ("{{name", "{{name"),
        ("a {{customer} b", "{{customer"),
        ("{{customer\n}}", "{{customer"),
        ("{{{customer}}}", "{{"),
        ("{{customer.password}}", "{{customer.password}}"),
        ("{{نام}}", "{{نام}}"),
    ],
)
def test_what_is_no_placeholder_is_named(text, named):
    with override("en"):
        assert f"“{named}”" in fault_in(text)


def test_a_very_long_name_is_named_shortly():
    assert len(fault_in("{{" + "x" * 5000 + "}}")) < 200


def test_a_value_that_looks_like_a_placeholder_stays_what_it_is():
    assert filled("{{title}}", title="{{agent}}", agent="Maryam") == "{{agent}}"


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_never_markup(value):
    html = as_html_without_controls(filled("{{title}}\n\nAbout {{title}}, hello.", title=value))

    assert not {"<a", "<em", "<strong", "<code", "<pre", "<li", "<blockquote", "<script"} & {
        f"<{part.split()[0].rstrip('>')}" for part in html.split("<")[1:] if part.split()
    }
    assert html.count("<p") == 2


def test_a_value_in_the_other_direction_does_not_turn_the_words_around_it():
    assert filled("درباره {{title}} (۲)", "fa", title="ssh: refused") == (
        "درباره \u2068ssh: refused\u2069 (۲)"
    )
    assert filled("{{title}}", title="ssh: refused") == "ssh: refused"


def test_the_keys_of_a_text_are_each_named_once():
    assert keys_in("{{due}} {{سررسید}} {{agent}} {{nothing}} {{agent") == ["due", "agent"]
