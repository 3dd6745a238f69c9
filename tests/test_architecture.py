"""The rules of the code itself: layers, one way to write, one clock, sizes, templates.

What styles, scripts and inline code keep to is in test_look.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Every package and what it may import: `package = its modules <- packages that it may import`; one
# without "=" holds the module or folder of its name. A module that belongs to none fails.
PACKAGES_TABLE = """
schema <- nothing
ui <- nothing
plans.rules = plans.errors plans.signals plans.day_patterns plans.working_time plans.querysets <-
    nothing
plans.models <- ui plans.rules
plans.terms = plans.definitions plans.durations plans.promises plans.opening_hours
    plans.official_holidays <- ui plans.rules plans.models
plans.transactions <- nothing
plans.services <- ui plans.rules plans.models plans.terms plans.transactions
plans.admin = plans.admin plans.admin_calendar plans.admin_forms plans.admin_history
    plans.admin_rows plans.admin_saving plans.closure_forms plans.holiday_forms
    plans.version_changes <- ui
    plans.rules plans.models
    plans.terms plans.transactions plans.services
plans.apps = plans plans.apps <- nothing
organizations.rules = organizations.choices organizations.emails organizations.errors
    organizations.signals organizations.phones organizations.zones organizations.passwords
    organizations.querysets organizations.history organizations.sent_forms <- ui
organizations.models = organizations.models organizations.availability <- ui plans.models
    organizations.rules
organizations.permissions <- organizations.models
organizations.credentials = organizations.credentials organizations.devices
    organizations.sign_in_limits <- organizations.rules organizations.models
organizations.services <- ui plans.models plans.terms plans.transactions plans.services
    organizations.rules
    organizations.models organizations.permissions organizations.credentials
organizations.plan_matrix <- ui plans.models plans.terms organizations.models
    organizations.permissions
organizations.pages = organizations.account_forms organizations.accounts organizations.forms
    organizations.guards organizations.invitation_views organizations.member_forms
    organizations.member_list organizations.organization_history organizations.organization_views
    organizations.templatetags organizations.urls organizations.views organizations.middleware
    organizations.context_processors <- ui plans.models organizations.rules organizations.models
    organizations.permissions organizations.credentials organizations.services
    organizations.plan_matrix
organizations.admin = organizations.admin organizations.admin_custom_plan
    organizations.admin_forms <- ui plans.models plans.admin organizations.rules
    organizations.models organizations.credentials organizations.services organizations.pages
organizations.apps = organizations organizations.apps organizations.listeners <-
    organizations.credentials organizations.services
tickets.choices = tickets.choices tickets.errors tickets.signals <- nothing
tickets.event_types <- ui plans.models tickets.choices
tickets.search <- ui
tickets.rows = tickets.rows tickets.prepared tickets.kept_plans <- nothing
tickets.lists <- ui organizations.models tickets.rows
tickets.permissions = tickets.permissions tickets.reopening tickets.snoozes
    <- organizations.models
tickets.querysets <- plans.models organizations.rules tickets.choices tickets.search tickets.lists
    tickets.rows
tickets.cached_components <- plans.models tickets.choices tickets.querysets
tickets.canned <- ui
tickets.models <- plans.models organizations.models tickets.choices tickets.event_types
    tickets.search tickets.permissions tickets.querysets
tickets.reply_addresses <- organizations.models tickets.models
tickets.events <- tickets.event_types tickets.models tickets.rows
tickets.clocks <- plans.models plans.terms tickets.choices tickets.models tickets.rows
tickets.attachments <- nothing
tickets.freshness <- tickets.querysets tickets.models tickets.rows
tickets.services <- ui plans.models plans.terms plans.transactions plans.services
    organizations.models tickets.choices tickets.search tickets.canned tickets.permissions
    tickets.querysets tickets.models tickets.rows tickets.events tickets.clocks tickets.attachments
tickets.web <- tickets.choices tickets.models tickets.rows
tickets.due <- ui plans.models plans.terms tickets.choices tickets.models tickets.clocks
    tickets.web tickets.rows
tickets.templatetags <- ui tickets.choices tickets.cached_components tickets.lists tickets.due
tickets.conversation <- ui organizations.rules organizations.models tickets.choices tickets.search
    tickets.event_types tickets.permissions tickets.models tickets.attachments tickets.services
    tickets.web tickets.rows tickets.querysets
tickets.filing <- ui plans.models organizations.permissions organizations.plan_matrix
    tickets.choices
    tickets.services tickets.conversation
tickets.portal <- ui plans.models tickets.choices tickets.search tickets.lists
    tickets.permissions tickets.querysets tickets.models tickets.clocks tickets.services
    tickets.web tickets.due tickets.conversation tickets.filing tickets.freshness
    tickets.cached_components tickets.rows
tickets.workspace <- ui plans.models plans.terms organizations.rules organizations.models
    organizations.services
    tickets.choices tickets.search tickets.lists tickets.permissions tickets.querysets
    tickets.models tickets.services tickets.web tickets.due tickets.conversation tickets.filing
    tickets.freshness tickets.cached_components tickets.canned tickets.rows
tickets.reports <- ui plans.models organizations.models organizations.services tickets.choices
    tickets.lists tickets.querysets tickets.models tickets.services tickets.web tickets.freshness
tickets.plan_edits <- ui plans.models plans.admin tickets.choices tickets.models tickets.services
tickets.admin <- ui plans.admin tickets.choices tickets.search tickets.models
    tickets.conversation tickets.services tickets.plan_edits
tickets.entries = tickets tickets.apps tickets.listeners tickets.management tickets.tasks
    tickets.urls <- plans.rules organizations.rules organizations.services tickets.search
    tickets.attachments tickets.models tickets.events tickets.services tickets.due
    tickets.conversation
    tickets.portal tickets.workspace tickets.reports
notifications.channels <- nothing
notifications.reasons <- ui
notifications.notices <- organizations.models plans.models tickets.choices tickets.event_types
    notifications.reasons
notifications.models = notifications.models notifications.querysets notifications.topics
    notifications.preferences notifications.candidates notifications.audience
    <- organizations.models tickets.lists tickets.models tickets.rows
    notifications.channels notifications.reasons notifications.notices
notifications.return_paths <- tickets.reply_addresses notifications.models
notifications.news <- nothing
notifications.unsubscribing <- organizations.models notifications.notices
notifications.letters <- ui plans.models tickets.choices tickets.models tickets.reply_addresses
    notifications.news notifications.notices notifications.models notifications.return_paths
    notifications.unsubscribing
notifications.bundles <- ui tickets.event_types tickets.reply_addresses
    notifications.news notifications.return_paths
    notifications.letters
notifications.channels.bell <- notifications.channels
notifications.channels.email <- ui organizations.rules notifications.channels notifications.news
    notifications.letters notifications.bundles
notifications.bell = notifications.bell notifications.templatetags <- ui plans.models
    tickets.event_types tickets.models tickets.rows tickets.lists notifications.letters
    notifications.models
notifications.services = notifications.services notifications.alerts notifications.outbox
    notifications.planning notifications.relevance notifications.publishing
    notifications.timing notifications.holding
    notifications.undeliverable notifications.delivery_reports <- ui organizations.models
    organizations.services tickets.choices tickets.models tickets.rows tickets.services
    notifications.channels notifications.reasons notifications.notices notifications.models
notifications.mail_services <- organizations.models plans.models plans.services tickets.models
    notifications.models notifications.letters notifications.channels.email
    notifications.services
notifications.presence <- ui tickets.models tickets.services
notifications.polls <- organizations.models tickets.freshness tickets.querysets tickets.rows
    notifications.bell
notifications.views_live <- ui tickets.freshness tickets.models notifications.bell
    notifications.presence notifications.polls
notifications.deliveries <- tickets.lists notifications.channels notifications.reasons
    notifications.models
notifications.entries = notifications notifications.accounts notifications.admin
    notifications.apps notifications.delivery_views notifications.forms notifications.listeners
    notifications.middleware notifications.tasks notifications.urls notifications.views
    <- ui organizations.rules
    organizations.models organizations.services organizations.pages tickets.choices
    tickets.events tickets.services
    tickets.web notifications.channels notifications.reasons notifications.news
    notifications.models notifications.unsubscribing notifications.services
    notifications.mail_services notifications.deliveries notifications.bell
    notifications.polls notifications.views_live
intake.parsing = intake intake.parsing <- ui organizations.rules
intake.models = intake.models intake.querysets intake.choices <- tickets.models
intake.services <- ui plans.transactions organizations.rules organizations.models
    organizations.services tickets.choices
    tickets.permissions tickets.models tickets.services tickets.reply_addresses notifications.models
    notifications.return_paths notifications.letters notifications.unsubscribing
    notifications.services notifications.mail_services intake.parsing intake.models
intake.backlog <- tickets.lists tickets.models intake.models
intake.entries = intake.apps intake.mailbox intake.fetching intake.tasks intake.management
    intake.urls intake.views intake.templatetags <- ui tickets.search tickets.models
    tickets.services
    tickets.reply_addresses tickets.web tickets.choices intake.parsing intake.models
    intake.services intake.backlog
moving.models = moving moving.models <- nothing
moving.readers = moving.readers moving.records moving.times <- nothing
moving.resolving = moving.mapping moving.parties moving.resolving moving.report moving.staging <-
    ui plans.models organizations.rules organizations.models tickets.choices tickets.search
    intake.parsing moving.models moving.readers
moving.services <- plans.transactions organizations.rules organizations.models
    organizations.services tickets.rows tickets.models
    tickets.services notifications.models intake.models moving.models moving.resolving
moving.entries = moving.apps moving.importing moving.exporting moving.management moving.tasks <-
    organizations.rules organizations.models tickets.models tickets.services
    moving.readers moving.resolving moving.services
api.rules = api api.scopes api.credentials api.errors api.problems api.querysets api.reading
    api.reference <- organizations.rules
api.models <- organizations.models api.rules
api.services <- ui plans.transactions organizations.models organizations.services api.rules
    api.models
api.v1 <- ui plans.models plans.terms organizations.models organizations.permissions
    organizations.plan_matrix tickets.choices tickets.search tickets.event_types tickets.lists
    tickets.permissions tickets.querysets tickets.models tickets.services tickets.due
    tickets.conversation tickets.filing tickets.portal tickets.workspace tickets.reports
    tickets.rows api.rules
api.entries = api.apps api.admin api.authenticating api.management api.middleware api.tasks api.urls
    api.views api.key_views api.key_forms api.organization_key_views <- ui organizations.rules
    organizations.models organizations.permissions organizations.credentials organizations.pages
    tickets.choices tickets.events tickets.models tickets.rows tickets.services
    api.rules api.models api.services api.v1
webhooks.rules = webhooks webhooks.choices webhooks.errors webhooks.kinds webhooks.signing
    webhooks.addresses webhooks.posting <- tickets.event_types
webhooks.models = webhooks.models webhooks.querysets <- organizations.models tickets.models
    notifications.models webhooks.rules
webhooks.payloads <- tickets.models api.v1 webhooks.rules
webhooks.services <- ui plans.transactions organizations.models tickets.event_types tickets.models
    tickets.rows
    notifications.models
    notifications.services notifications.mail_services webhooks.rules webhooks.models
    webhooks.payloads
webhooks.backlog <- tickets.lists webhooks.models
webhooks.entries = webhooks.apps webhooks.listeners webhooks.tasks webhooks.urls webhooks.keepers
    webhooks.forms webhooks.views webhooks.log_views <- ui organizations.models
    organizations.permissions organizations.pages tickets.events tickets.services tickets.web
    webhooks.rules webhooks.models webhooks.services
helpdesk <- schema ui plans.models organizations.credentials tickets.attachments tickets.models
    tickets.services tickets.web
    tickets.lists tickets.portal notifications.models notifications.services
    notifications.deliveries intake.backlog intake.entries webhooks.backlog webhooks.services
demo <- plans.models plans.terms plans.services organizations.models organizations.services
    tickets.choices tickets.events tickets.search tickets.models tickets.clocks tickets.services
    notifications.models notifications.services
    api.rules api.models api.services webhooks.rules webhooks.models webhooks.payloads
    webhooks.services
"""


def _parsed_table():
    """{package: (its modules, the packages it may import)}, in the order of PACKAGES_TABLE."""
    table = {}
    for row in re.sub(r"\n +", " ", PACKAGES_TABLE.strip()).splitlines():
        head, _arrow, may = row.partition(" <- ")
        name, _equals, held = head.partition(" = ")
        table[name] = (held or name, "" if may == "nothing" else may)
    return table


PACKAGES = _parsed_table()
APPS = list(dict.fromkeys(name.split(".")[0] for name in PACKAGES))
PACKAGE_OF = {module: name for name, (held, _may) in PACKAGES.items() for module in held.split()}
# Where the clock may be read: what people, beat and operators call.
READS_THE_CLOCK = re.compile(
    r"(views|middleware|admin|forms|commands|health|templatetags|workspace/ticket)", re.ASCII
)
LOCAL = {"timezone.localtime", "timezone.localdate"}
# Loads and moves whole histories of made-up tickets; nothing of the product runs it.
MAKES_DATA = {"demo/"}

TEMPLATES = [
    *sorted((ROOT / "templates").rglob("*.html")),
    *sorted((ROOT / "notifications").rglob("templates/**/*.html")),
]

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


def package_of(dotted):
    """The row of PACKAGES that `tickets.services.base` belongs to, or None for what is in none.

    The module of an app itself holds nothing but what its row names: a module that was added beside
    it belongs to no package until somebody decides on one.
    """
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        name = PACKAGE_OF.get(".".join(parts[:length]))
        if name and (length > 1 or name in APPS or len(parts) == 1):
            return name
    return None


def own_name(path):
    return ".".join(Path(path).with_suffix("").parts).removesuffix(".__init__")


def wrong_imports(found):
    """A line for each import of modules (path, tree) that PACKAGES does not allow."""
    names = {own_name(path) for path, _tree in modules()}
    for path, tree in found:
        own = package_of(own_name(path))
        if own is None:
            yield f"{path} belongs to no package of PACKAGES"
            continue
        for name, node in imports(path, tree):
            if name.split(".")[0] not in APPS:
                continue
            # The last part is a module, or something in one.
            module = name if name in names else name.rpartition(".")[0]
            other = package_of(module)
            if other != own and other not in PACKAGES[own][1].split():
                yield f"{at(path, node)} ({own}) imports {module} ({other})"


# --- Layers ---------------------------------------------------------------------------------------


def test_packages_import_what_the_table_allows():
    assert list(wrong_imports(modules())) == []


def test_the_table_has_no_cycle_and_only_lower_packages_before_higher_ones():
    order = list(PACKAGES)

    for name, (_held, may) in PACKAGES.items():
        assert may == "" or max(map(order.index, may.split())) < order.index(name), name


def test_the_table_allows_nothing_that_nobody_imports():
    """A right that is not used hides the next wrong import."""
    used = set()
    names = {own_name(path) for path, _tree in modules()}
    for path, tree in modules():
        for name, _node in imports(path, tree):
            if name.split(".")[0] in APPS:
                module = name if name in names else name.rpartition(".")[0]
                used.add((package_of(own_name(path)), package_of(module)))

    unused = {
        (name, other)
        for name, (_held, may) in PACKAGES.items()
        for other in may.split()
        if (name, other) not in used
    }

    assert unused == set()


def test_pages_of_one_kind_of_reader_do_not_know_each_other():
    pages = {"tickets.portal", "tickets.workspace", "tickets.reports"}

    for page in pages:
        assert not pages & set(PACKAGES[page][1].split())


def test_services_know_no_page():
    pages = {
        *("tickets.portal", "tickets.workspace", "tickets.reports", "tickets.conversation"),
        *("tickets.filing", "tickets.due", "tickets.web", "tickets.templatetags"),
    }

    below = set()
    wanted = ["tickets.services"]
    while wanted:
        below |= set(PACKAGES[wanted[-1]][1].split())
        wanted = [*wanted[:-1], *PACKAGES[wanted[-1]][1].split()]

    assert not pages & below


@pytest.mark.parametrize(
    ("path", "planted"),
    [
        ("ui/wording.py", "from plans.models import Plan"),
        ("plans/services.py", "from organizations.models import Organization"),
        ("tickets/querysets/tickets.py", "from tickets.services import base"),
        ("tickets/clocks/ledger.py", "from ..services.base import finish"),
        ("tickets/services/working.py", "from tickets.workspace import forms"),
        ("tickets/portal/query.py", "from tickets.workspace.query import QueueQuery"),
        ("tickets/workspace/list.py", "from ..reports import filters"),
        ("tickets/models/ticket.py", "from notifications.models import Notification"),
        ("notifications/models.py", "import helpdesk.health"),
    ],
)
def test_a_planted_import_upwards_is_found(path, planted):
    tree = ast.parse(planted + "\n" + (ROOT / path).read_text("utf-8"))

    found = list(wrong_imports([(path, tree)]))

    assert len(found) == 1
    assert path in found[0]


@pytest.mark.parametrize("path", ["tickets/leftover.py", "plans/extras.py", "stray/module.py"])
def test_a_module_of_no_package_is_found(path):
    assert list(wrong_imports([(path, ast.parse(""))])) == [
        f"{path} belongs to no package of PACKAGES"
    ]


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
    """A CheckConstraint enforces this too; the field itself refuses assignment on an instance."""
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


def test_views_ask_querysets_instead_of_filtering():
    wrong = [
        at(path, call)
        for path, tree in modules()
        if "views" in Path(path).stem.split("_")
        for call in calls(tree)
        if name_of(call) in {"filter", "exclude", "annotate"}
    ]

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


def test_events_are_published_in_one_place():
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
            called = ast.unparse(call.func)
            if called in {"datetime.now", "datetime.utcnow", "date.today", "datetime.today"} or (
                (called == "timezone.now" or (called in LOCAL and not call.args))
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
            *((str(path.relative_to(ROOT)), LONGEST_TEMPLATE) for path in TEMPLATES),
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
