"""Bootstrap as production serves it: what a page may use is there, the rest is not."""

import re
from pathlib import Path

import pytest

from helpdesk.static_files import minified
from helpdesk.trimming import trimmed

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = "vendor/bootstrap-5.3.9"
CLASSES = re.compile(r'class="([^"]*)"')
NAMED = re.compile(r"\.([a-zA-Z][\w-]*)")
WORD = re.compile(r"[\w-]+")


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".a{color:red}.b{color:red}", ".a{color:red}"),
        (".a,.b,p{margin:0}", ".a,p{margin:0}"),
        (".a.b{margin:0}.a:not(.b){margin:0}.a:is(p,.b){margin:0}", ""),
        (".b .a{margin:0}.a>p::after{margin:0}", ".a>p::after{margin:0}"),
        ("@media print{.a{margin:0}.b{margin:0}}", "@media print{.a{margin:0}}"),
        ("@media print{.b{margin:0}}p{margin:0}", "p{margin:0}"),
        ("@keyframes b{0%{margin:0}to{margin:1px}}", "@keyframes b{0%{margin:0}to{margin:1px}}"),
        ('@charset "UTF-8";/* .b{ */.a{margin:0}', '@charset "UTF-8";.a{margin:0}'),
        (".a-1\\.5{margin:0}.a{margin:.5rem}", ".a{margin:.5rem}"),
    ],
)
def test_a_selector_stays_where_all_its_classes_are_known(css, kept):
    assert trimmed(css, {"a"}) == kept


@pytest.mark.parametrize("name", ["bootstrap.min.css", "bootstrap.rtl.min.css"])
def test_each_class_of_a_template_that_bootstrap_has_is_served(name):
    whole = (ROOT / "static" / FOLDER / name).read_text("utf-8")
    served = minified(f"{FOLDER}/{name}", whole)
    texts = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    used = {word for text in texts for each in CLASSES.findall(text) for word in WORD.findall(each)}

    known = used & set(NAMED.findall(whole))

    assert {"btn", "form-control", "visually-hidden"} <= known <= set(NAMED.findall(served))
    assert len(served) < len(whole) / 4
    assert served.count("{") == served.count("}")
