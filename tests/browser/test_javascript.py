"""Each module of static/js by itself: tests/js/<module>.test.mjs, run in a real browser.

Scripts are tested as production serves them, minified.
They need a document, dialogs, storage and the languages of the browser; no other engine with
these is at hand, and none would be truer than the one that people use.
"""

import re
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from helpdesk.static_files import minified

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "static" / "js"
TESTS = ROOT / "tests" / "js"
ENDING = ".test.mjs"
NAMED = re.compile(r'^test\("(.+?)", ', re.MULTILINE)


@cache
def cases():
    """(file, name) of every test, as they are written."""
    return [
        (path.name.removesuffix(ENDING), name)
        for path in sorted(TESTS.glob(f"*{ENDING}"))
        for name in NAMED.findall(path.read_text("utf-8"))
    ]


@cache
def script_as_served(name):
    """Each test loads its script again, and minifying takes longer than most tests."""
    return minified(name, (ROOT / "static" / name).read_text("utf-8"))


class Files(SimpleHTTPRequestHandler):
    """The files of the repository, and an empty page to run scripts in."""

    extensions_map = {".js": "text/javascript", ".mjs": "text/javascript"}

    def do_GET(self):
        if self.path.startswith("/static/js/"):
            name = self.path.removeprefix("/static/")
            return self._answer(200, "text/javascript", script_as_served(name))
        if self.path.startswith(("/static/", "/tests/js/")):
            return super().do_GET()
        status = 200 if self.path == "/" else 404
        return self._answer(status, "text/html", "<!doctype html><title>Tests</title>")

    def _answer(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Write nothing among the results of the tests."""


@pytest.fixture(scope="session")
def files_address():
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=ROOT)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def results_of(browser, files_address):
    """Results of all tests of a file, run once: {name: what went wrong, or ""}."""
    context = browser.new_context(locale="en-US", timezone_id="Asia/Tehran")
    page = context.new_page()

    @cache
    def run(module):
        page.goto(files_address)
        page.evaluate(f"import('/tests/js/{module}{ENDING}')")
        return page.evaluate("import('/tests/js/harness.mjs').then(({ run }) => run())")

    yield run
    context.close()


@pytest.mark.parametrize(("module", "name"), cases(), ids=lambda part: part.replace(" ", "_"))
def test_script(results_of, module, name):
    fault = results_of(module)[name]

    assert not fault, fault


def test_every_script_has_tests():
    assert {path.stem for path in SCRIPTS.glob("*.js")} == {module for module, _name in cases()}


# The rules of a stylesheet as the browser understands them, blocks written in one form.
RULES = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  const plain = (text) => text.replace(/\\s+/g, " ").replaceAll(", ", ",");
  return [...sheet.cssRules].map((rule) => plain(rule.cssText));
}"""


def test_a_minified_stylesheet_says_the_same(browser, files_address):
    page = browser.new_page()
    page.goto(files_address)
    for path in sorted((ROOT / "static" / "css").glob("*.css")):
        text = path.read_text("utf-8")
        short = minified(f"css/{path.name}", text)

        assert len(short) < len(text)
        assert page.evaluate(RULES, short) == page.evaluate(RULES, text), path.name
    page.close()
