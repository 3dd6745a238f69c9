"""What holds for the tests themselves."""

import ast
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parent
# How often these files look into the context of a page instead of reading what it shows. The
# numbers only fall.
CONTEXT = "." + "context["
LOOKS_INTO_CONTEXT = {
    "notifications/test_channels.py": 5,
    "notifications/test_preferences.py": 2,
    "organizations/test_admin.py": 16,
    "organizations/test_invitations.py": 3,
    "organizations/test_organization_page.py": 9,
    "organizations/test_passwords.py": 7,
    "organizations/test_plans_page.py": 6,
    "organizations/test_profile.py": 5,
    "organizations/test_second_factor.py": 5,
    "organizations/test_sign_in.py": 5,
    "organizations/test_sign_up.py": 3,
    "plans/test_admin.py": 4,
    "plans/test_closures.py": 3,
    "plans/test_history.py": 1,
    "plans/test_official_holidays.py": 9,
    "tickets/conversation/test_files.py": 2,
    "tickets/conversation/test_watchers.py": 5,
    "tickets/plan_edits/test_plan_admin.py": 4,
    "tickets/portal/test_portal.py": 8,
    "tickets/portal/test_portal_actions.py": 13,
    "tickets/portal/test_portal_list.py": 20,
    "tickets/portal/test_portal_live.py": 1,
    "tickets/portal/test_rating.py": 1,
    "tickets/reports/test_rating_report.py": 7,
    "tickets/reports/test_reports.py": 2,
    "tickets/test_tickets_admin.py": 1,
    "tickets/workspace/test_queue_list.py": 13,
    "tickets/workspace/test_queue_new.py": 10,
    "tickets/workspace/test_queue_ticket.py": 12,
}


def test_no_test_looks_into_the_context_of_a_page_that_did_not():
    found = {
        str(path.relative_to(TESTS)): path.read_text("utf-8").count(CONTEXT)
        for path in TESTS.rglob("test_*.py")
    }

    more = {name: n for name, n in found.items() if n > LOOKS_INTO_CONTEXT.get(name, 0)}
    assert not more


def test_no_fixture_is_written_three_times():
    written = defaultdict(set)
    for path in TESTS.rglob("*.py"):
        for function in fixtures(ast.parse(path.read_text("utf-8"))):
            body = ast.unparse([each for each in function.body if not is_docstring(each)])
            written[function.name, ast.unparse(function.args), body].add(path.name)

    copied = {key[0]: sorted(files) for key, files in written.items() if len(files) > 2}
    assert not copied


def fixtures(tree):
    for each in ast.walk(tree):
        marks = each.decorator_list if isinstance(each, ast.FunctionDef) else []
        if any("fixture" in ast.unparse(mark) for mark in marks):
            yield each


def is_docstring(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
