"""What holds for the tests themselves."""

import ast
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest

from organizations.models import User
from plans.models import Plan, ResponseTarget
from tests import shipped_rows
from tests.factories import make_user
from tests.selection import leave_to_the_full_run

TESTS = Path(__file__).parent
# Split, or this file would be found too.
CONTEXT = "." + "context["


def test_pages_are_asserted_by_what_they_show_not_by_their_context():
    found = [
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("test_*.py")
        if CONTEXT in path.read_text("utf-8")
    ]

    assert found == []


def test_no_fixture_is_written_three_times():
    written = defaultdict(set)
    for path in TESTS.rglob("*.py"):
        for function in fixtures(ast.parse(path.read_text("utf-8"))):
            body = ast.unparse([each for each in function.body if not is_docstring(each)])
            written[function.name, ast.unparse(function.args), body].add(path.name)

    copied = {key[0]: sorted(files) for key, files in written.items() if len(files) > 2}
    assert not copied


@pytest.mark.parametrize(
    ("marks", "fixtures_used", "arguments", "left"),
    [
        ([], ["db"], [], ["c"]),
        ([], ["db"], ["tests/test_tests.py::test_it"], []),
        ([], ["tmp_path"], [], []),
        (["every"], ["db"], [], []),
    ],
    ids=["everything", "a named file", "no database", "every"],
)
def test_a_run_of_everything_leaves_the_third_variation_to_the_full_run(
    marks, fixtures_used, arguments, left
):
    config = SimpleNamespace(
        args=[str(TESTS.parent / each) for each in arguments], option=SimpleNamespace(keyword="")
    )
    items = [Variation(name, fixtures_used, marks) for name in "abc"]

    leave_to_the_full_run(config, items)

    assert [each.name for each in items if "full" in each.marks] == left


class Variation:
    """A test as pytest collects it."""

    callspec = object()

    def __init__(self, name, fixtures_used, marks):
        self.name, self.fixturenames, self.marks = name, fixtures_used, set(marks)
        self.nodeid = f"tests/test_it.py::test_it[{name}]"

    def get_closest_marker(self, name):
        return name in self.marks

    def add_marker(self, mark):
        self.marks.add(mark.name)


def fixtures(tree):
    for each in ast.walk(tree):
        marks = each.decorator_list if isinstance(each, ast.FunctionDef) else []
        if any("fixture" in ast.unparse(mark) for mark in marks):
            yield each


def is_docstring(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_put_back_to_what_migrations_shipped():
    names, count = (
        set(Plan.objects.values_list("name_en", flat=True)),
        ResponseTarget.objects.count(),
    )
    make_user()
    Plan.objects.update(name_en="Changed")
    ResponseTarget.objects.all().delete()

    shipped_rows.restore()

    assert not User.objects.exists()
    assert set(Plan.objects.values_list("name_en", flat=True)) == names
    assert ResponseTarget.objects.count() == count > 0
