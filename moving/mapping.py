"""What a status, a priority and a category of another system become here.

What the tables do not know becomes a default, and is named in the report; a file of the operator's
own says otherwise.
"""

import json
from collections import Counter
from dataclasses import dataclass, field

from plans.models import Priority
from tickets.choices import Category, Status
from tickets.search.folding import name_key

from .records import ImportRefused

_SAME = {each: each for each in (*Status.values, *Priority.values, *Category.values)}
# The usual words of other systems, in small letters.
STATUS = {
    **dict.fromkeys(("new", "waiting", "waiting for support", "reopened"), "awaiting_response"),
    **dict.fromkeys(
        ("open", "in progress", "assigned", "pending reminder", "on hold"), "in_progress"
    ),
    **dict.fromkeys(("pending", "pending close", "waiting for customer"), "awaiting_customer"),
    **dict.fromkeys(("answered", "awaiting customer"), "awaiting_customer"),
    **dict.fromkeys(("closed", "resolved", "solved", "merged", "archived", "done"), "closed"),
    "awaiting response": "awaiting_response",
}
PRIORITY = {
    **dict.fromkeys(("1 low", "lowest", "p4", "p5"), "low"),
    **dict.fromkeys(("2 normal", "medium", "p3"), "normal"),
    **dict.fromkeys(("3 high", "p2"), "high"),
    **dict.fromkeys(("highest", "emergency", "p1"), "urgent"),
    **dict.fromkeys(("blocker",), "critical"),
}
CATEGORY = {
    **dict.fromkeys(("billing", "accounting", "finance", "invoices", "payment"), "financial"),
    **dict.fromkeys(("presales", "pre-sales"), "sales"),
    **dict.fromkeys(("support", "technical support", "report a problem"), "technical"),
    **dict.fromkeys(("onboarding",), "activation"),
}
# Left out wholly: deleted there.
DROPPED = {"removed", "deleted"}
KNOWN = {"status": Status.values, "priority": Priority.values, "category": Category.values}
DEFAULTS = {
    "status": Status.AWAITING_RESPONSE.value,
    "priority": Priority.NORMAL.value,
    "category": Category.TECHNICAL.value,
}


def _keyed(table):
    """By what words share that look the same: «در حال بررسی» and «درحال بررسي»."""
    return {name_key(word): target for word, target in table.items()}


@dataclass
class Mapping:
    """From words there to words here. `seen` counts which were met, `unknown` which of them got a
    default."""

    tables: dict = field(
        default_factory=lambda: {
            "status": _keyed(STATUS | _SAME | dict.fromkeys(DROPPED, "skip")),
            "priority": _keyed(PRIORITY | _SAME),
            "category": _keyed(CATEGORY | _SAME),
        }
    )
    organizations: dict = field(default_factory=dict)
    seen: dict = field(default_factory=lambda: {kind: Counter() for kind in KNOWN})
    unknown: set = field(default_factory=set)

    @classmethod
    def read(cls, path):
        """The usual mapping, with what a file of JSON says otherwise. Raises ImportRefused."""
        mapping = cls()
        if path is None:
            return mapping
        try:
            given = json.loads(path.read_text("utf-8-sig"))
        except UnicodeError as error:
            raise ImportRefused(f"{path.name} is not UTF-8, or was cut off.") from error
        except (OSError, ValueError) as error:
            raise ImportRefused(f"{path.name} is no readable file of JSON: {error}.") from error
        if not isinstance(given, dict):
            raise ImportRefused(f"{path.name} is no object of JSON.")
        for kind, table in given.items():
            mapping._take(path.name, kind, table)
        return mapping

    def _take(self, name, kind, table):
        if kind not in {*KNOWN, "organization"} or not isinstance(table, dict):
            raise ImportRefused(f"{name}: “{kind}” is none of status, priority, category …")
        for word, target in table.items():
            if kind == "organization":
                self.organizations[word.strip()] = str(target)
                continue
            known = [*KNOWN[kind], *(["skip"] if kind == "status" else [])]
            if target not in known:
                raise ImportRefused(
                    f"{name}: {kind} “{word}” becomes “{target}”, which is none of "
                    f"{', '.join(known)}."
                )
            self.tables[kind][name_key(word)] = target

    def target(self, kind, word):
        """What the word becomes; counted."""
        found = self.tables[kind].get(name_key(word))
        if found is None:
            found = DEFAULTS[kind]
            self.unknown.add((kind, word))
        self.seen[kind][word, found] += 1
        return found

    def status(self, record, *, is_closed):
        """As `target`; an unknown status of a ticket that was closed there is closed."""
        word = record.status
        if is_closed and self.tables["status"].get(name_key(word)) is None:
            self.unknown.add(("status", word))
            self.seen["status"][word, Status.CLOSED.value] += 1
            return Status.CLOSED.value
        return self.target("status", word)
