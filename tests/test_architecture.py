"""The rules of the code itself: layers, one way to write, one clock, sizes, templates.

What styles, scripts and inline code keep to is in test_look.
"""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Each may import those before it, never those after it.
APPS = ["ui", "plans", "organizations", "tickets", "notifications", "helpdesk", "demo"]
# Inside an app likewise. What is not named here (pages, forms, tasks, admin …) comes last.
LAYERS = [
    {"words", "folding", "emails", "names", "day_patterns", "working_time", "errors"},
    {"permissions", "querysets", "clock_querysets"},
    {"models", "history"},
    {"signals", "events", "definitions", "promises", "terms", "sla", "queue_order"},
    {"services"},
]
ENTRIES = {"views", "forms", "tasks", "admin", "urls", "templatetags", "management", "listeners"}
# Where the clock may be read: what people, beat and operators call.
READS_THE_CLOCK = re.compile(
    r"(views|admin|forms|commands|health|templatetags|workspace/ticket)", re.ASCII
)
LOCAL = {"timezone.localtime", "timezone.localdate"}
# Loads and moves whole histories of made-up tickets; nothing of the product runs it.
MAKES_DATA = {"demo/"}

LONGEST_MODULE, LONGEST_TEMPLATE, LONGEST_FUNCTION = 400, 120, 40


def modules(*, migrations=False):
    """(path from the root, tree) of every module of the product."""
    return [
        (path, tree)
        for path, tree in _parsed()
        if migrations or "migrations" not in Path(path).parts
    ]


@cache
def _parsed():
    found = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return [(str(each.relative_to(ROOT)), ast.parse(each.read_text("utf-8"))) for each in found]


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def name_of(call):
    """`filter` of `a.b.filter(…)`, `print` of `print(…)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def at(path, node):
    return f"{path}:{node.lineno}"


def imports(path, tree):
    """(dotted name from the root, node) of all that a module imports; relative ones resolved."""
    package = list(Path(path).parent.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *(node.module or "").split(".")]
            yield from ((".".join([*filter(None, base), alias.name]), node) for alias in node.names)


def layer_of(dotted):
    """The layer inside its app of `tickets.services.base`, or None for what is in none."""
    parts = dotted.split(".")
    if parts[0] not in APPS[:-1] or len(parts) < 2:
        return None
    if parts[1] in ENTRIES:
        return len(LAYERS)
    return next((place for place, names in enumerate(LAYERS) if parts[1] in names), None)


def own_name(path):
    return ".".join(Path(path).with_suffix("").parts)


# --- Layers ---------------------------------------------------------------------------------------


def test_apps_import_in_one_direction():
    wrong = [
        f"{at(path, node)} imports {name}"
        for path, tree in modules()
        for name, node in imports(path, tree)
        if name.split(".")[0] in APPS
        and APPS.index(name.split(".")[0]) > APPS.index(Path(path).parts[0])
    ]

    assert wrong == []


def test_layers_of_an_app_import_in_one_direction():
    wrong = []
    for path, tree in modules():
        own = layer_of(own_name(path))
        for name, node in imports(path, tree):
            other = layer_of(name)
            is_same_app = name.split(".")[0] == Path(path).parts[0]
            if is_same_app and None not in {own, other} and other > own:
                wrong.append(f"{at(path, node)} imports {name}")

    assert wrong == []


def test_nothing_is_imported_inside_a_function_but_what_apps_listen_with():
    wrong = [
        at(path, node)
        for path, tree in modules()
        if Path(path).name != "apps.py"
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert wrong == []


def test_migrations_that_move_rows_import_nothing_of_ours():
    """A checker of a field, which the framework writes into a migration, does no harm."""
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules(migrations=True)
        if "migrations" in Path(path).parts and "RunPython" in ast.dump(tree)
        for name, _node in imports(path, tree)
        if name.split(".")[0] in APPS
    ]

    assert wrong == []


def test_no_module_is_called_after_nothing():
    names = {Path(path).stem for path, _tree in modules()}

    assert names & {"utils", "helpers", "common", "misc", "selectors", "managers"} == set()


# --- One way to write -----------------------------------------------------------------------------


def test_a_status_is_assigned_by_transitions_only():
    """A CheckConstraint stands behind this; the field itself refuses assignment on an instance."""
    wrong = []
    for path, tree in modules():
        for node in ast.walk(tree):
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                wrong += [
                    at(path, node) for each in targets if getattr(each, "attr", "") == "status"
                ]
        for call in calls(tree):
            names_status = any(keyword.arg == "status" for keyword in call.keywords)
            if name_of(call) in {"update", "Ticket", "update_or_create"} and names_status:
                wrong.append(at(path, call))
            if name_of(call) == "setattr" and "'status'" in ast.dump(call.args[1]):
                wrong.append(at(path, call))

    assert wrong == []


def test_tickets_are_narrowed_in_their_querysets_and_services():
    allowed = ("tickets/querysets/", "tickets/services/", *MAKES_DATA)
    wrong = [
        at(path, call)
        for path, tree in modules()
        if not path.startswith(tuple(allowed))
        for call in calls(tree)
        if name_of(call) in {"filter", "exclude"} and "Ticket.objects" in ast.unparse(call.func)
    ]

    assert wrong == []


def test_a_request_comes_to_a_ticket_through_what_its_person_may_see():
    wrong = [
        at(path, call)
        for path, tree in modules()
        for call in calls(tree)
        if name_of(call) in {"get_object_or_404", "get_list_or_404"}
        and re.match(r"(Ticket|Message|Attachment)\b(?!\.objects\.\w+_(to|by)\()", source(call, 0))
    ]

    assert wrong == []


def source(call, place):
    return ast.unparse(call.args[place]) if len(call.args) > place else ""


def test_events_are_told_at_one_place():
    wrong = [
        at(path, call)
        for path, tree in modules()
        for call in calls(tree)
        if ast.unparse(call.func) in {"ticket_events.send", "ticket_events.send_robust"}
        and path != "tickets/events.py"
    ]

    assert wrong == []


def test_saving_has_no_effects():
    names = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
    wrong = [
        f"{at(path, node)} {name}"
        for path, tree in modules()
        for name, node in imports(path, tree)
        if name.rpartition(".")[2] in names
    ]
    wrong += [
        at(path, node)
        for path, tree in modules()
        if "models" in path and path != "tickets/models/append_only.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]

    assert wrong == []


def test_no_error_is_swallowed_whole():
    wrong = []
    for path, tree in modules(migrations=True):
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                if re.search(r"\b(everything|Exception|BaseException)\b", caught):
                    wrong.append(at(path, node))
            if isinstance(node, ast.keyword) and node.arg == "fail_silently":
                wrong.append(path)

    assert wrong == []


# --- One clock ------------------------------------------------------------------------------------


def test_the_clock_is_read_at_the_top_of_an_operation():
    """Services only where `now` was not given; what is below them never."""
    wrong = []
    for path, tree in modules():
        as_default = {
            id(node.values[-1])
            for node in ast.walk(tree)
            if isinstance(node, ast.BoolOp) and ast.unparse(node.values[0]).endswith("now")
        }
        for call in calls(tree):
            said = ast.unparse(call.func)
            if said in {"datetime.now", "datetime.utcnow", "date.today", "datetime.today"} or (
                (said == "timezone.now" or (said in LOCAL and not call.args))
                and not READS_THE_CLOCK.search(path)
                and not (id(call) in as_default and "services" in path)
            ):
                wrong.append(at(path, call))

    assert wrong == []


# --- Sizes ----------------------------------------------------------------------------------------


def test_modules_and_templates_stay_readable():
    long = {
        path: lines
        for path, most in (
            *((path, LONGEST_MODULE) for path, _tree in modules()),
            *(
                (str(path.relative_to(ROOT)), LONGEST_TEMPLATE)
                for path in (ROOT / "templates").rglob("*.html")
            ),
        )
        if (lines := (ROOT / path).read_text("utf-8").count("\n")) > most
    }

    assert long == {}


def test_functions_stay_readable():
    long = [
        f"{at(path, node)} {node.name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]

    assert long == []


# --- Templates ------------------------------------------------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_every_form_that_posts_carries_its_token():
    posts = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)

    wrong = [
        path.name
        for path in TEMPLATES
        for form in posts.findall(path.read_text("utf-8"))
        if "{% csrf_token %}" not in form
    ]

    assert wrong == []


def test_a_partial_begins_with_what_it_needs():
    partials = [path for path in TEMPLATES if path.name.startswith("_")]

    wrong = [path.name for path in partials if not path.read_text("utf-8").startswith("{#")]

    assert wrong == []


def test_a_template_outputs_nothing_unescaped():
    unsafe = r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\s+off"

    wrong = [path.name for path in TEMPLATES if re.search(unsafe, path.read_text("utf-8"))]

    assert wrong == []
