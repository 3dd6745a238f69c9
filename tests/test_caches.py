"""docs/caches.md lists every cache of a process: what it holds, its bound, why it is fresh."""

import ast
import re
from pathlib import Path

import pytest

from tests.test_architecture import modules, name_of, own_name

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `([\w.]+)`(.*)", re.MULTILINE)
CACHES = {"cache", "lru_cache", "cached", "cachedmethod"}
CHANGES = {"append", "add", "setdefault", "update", "insert", "extend", "appendleft", "clear"}


def caches_of(path, tree):
    """The dotted names of what a module keeps for as long as its process lives: functions whose
    results are kept, and names of the module that its functions change."""
    module = own_name(path)
    yield from (f"{module}.{name}" for name in [*_kept_results(tree), *_changed_names(tree)])


def _kept_results(tree):
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in [*tree.body, *(part for each in classes for part in each.body)]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(_is_cache(each) for each in node.decorator_list):
                yield node.name
        elif (
            # `kept = lru_cache(maxsize=8)(function)` and `kept = cache(function)`
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and _is_cache(node.value.func)
        ):
            yield from (each.id for each in node.targets if isinstance(each, ast.Name))


def _is_cache(node):
    while isinstance(node, ast.Call):
        node = node.func
    return getattr(node, "attr", getattr(node, "id", "")) in CACHES


def _changed_names(tree):
    of_module = {
        *(node.name for node in tree.body if isinstance(node, ast.ClassDef)),
        *(
            name.id
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for name in ast.walk(node)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        ),
    }
    changed = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            own = {
                *(each.arg for each in ast.walk(function) if isinstance(each, ast.arg)),
                *(
                    each.id
                    for each in ast.walk(function)
                    if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
                ),
            }
            changed |= set(_changed_in(function)) & (of_module - own)
            changed |= {
                name
                for each in ast.walk(function)
                if isinstance(each, ast.Global)
                for name in each.names
            }
    return sorted(changed)


def _changed_in(function):
    """The names that stand first in `name[key] = …`, `name.part = …` and `name.append(…)`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield _first_name(node.value)
        elif isinstance(node, ast.Call) and name_of(node) in CHANGES:
            yield _first_name(getattr(node.func, "value", node.func))


def _first_name(node):
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return getattr(node, "id", "")


def listed():
    """{dotted name: the other cells of its row} of docs/caches.md."""
    return dict(ROW.findall((ROOT / "docs" / "caches.md").read_text("utf-8")))


def test_every_cache_of_a_process_is_listed():
    found = {name for path, tree in modules() for name in caches_of(path, tree)}

    assert found == set(listed())


def test_every_listed_cache_has_its_content_its_bound_and_its_reason():
    incomplete = [
        name
        for name, rest in listed().items()
        if len([cell for cell in rest.strip(" |").split("|") if cell.strip()]) != 3
    ]

    assert incomplete == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("@lru_cache(maxsize=8)\ndef words(language): return language", "words"),
        ("@functools.cache\ndef words(): return 1", "words"),
        ("class Zone:\n  @lru_cache\n  def words(self): return 1", "words"),
        ("words = lru_cache(maxsize=8)(str)", "words"),
        ("KEPT = {}\ndef words(key): KEPT[key] = 1", "KEPT"),
        ("KEPT: dict = {}\ndef words(key): return KEPT.setdefault(key, 1)", "KEPT"),
        ("KEPT = []\ndef words(key):\n  KEPT.append(key)", "KEPT"),
        ("class Quiet:\n  until = 0\ndef words(now): Quiet.until = now", "Quiet"),
        ("KEPT = None\ndef words(now):\n  global KEPT\n  KEPT = now", "KEPT"),
    ],
)
def test_a_planted_cache_is_found(code, name):
    assert list(caches_of("plans/rules.py", ast.parse(code))) == [f"plans.rules.{name}"]


@pytest.mark.parametrize(
    "code",
    [
        "WORDS = {}\ndef words(key): return WORDS[key]",
        "def words(key):\n  kept = {}\n  kept[key] = 1\n  return kept",
        "WORDS = []\ndef words(WORDS): WORDS.append(1)",
        "def words(now):\n  once = cache(partial(str, now))\n  return once(1)",
        "class Row:\n  @cached_property\n  def words(self): return 1",
    ],
)
def test_what_lives_no_longer_than_its_function_or_object_is_none(code):
    assert list(caches_of("plans/rules.py", ast.parse(code))) == []
