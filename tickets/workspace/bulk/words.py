"""What bulk runs are called, and why tickets were skipped, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from plans.models import Priority
from tickets.choices import BulkAction, BulkOutcome, Category
from ui.wording import listed, number

# By the code of the refusal, as stored.
REASONS = {
    "stale": gettext_lazy("It changed in the meantime."),
    "closed": gettext_lazy("It is closed."),
    "closed_for_long": gettext_lazy("It is closed."),
    "merged": gettext_lazy("It was merged into another ticket."),
    "forbidden": gettext_lazy("You are not allowed to do this with the ticket."),
    "assignee": gettext_lazy("Only the assignee or a supervisor can hand the ticket over."),
    "waiting": gettext_lazy("The customer waits for an answer."),
    "reason": gettext_lazy("Lowering the priority needs a reason, and the macro has none."),
    "gap": gettext_lazy("The macro names a value that this ticket does not have."),
    "tags": gettext_lazy("A tag is gone or retired, or the ticket would have too many tags."),
    "unknown": gettext_lazy("What was chosen no longer exists."),
    "gone": gettext_lazy("The ticket is no longer there."),
    "failed": gettext_lazy("It could not be changed because of a fault. Try it alone."),
}
OTHER = gettext_lazy("Its state does not allow it.")
STOPPED = gettext_lazy("The run was stopped before.")


def reason_of(item, run):
    """Why nothing was done to a ticket; "" for one that was changed, or is still to be."""
    if item.outcome == BulkOutcome.SKIPPED:
        return REASONS.get(item.code, OTHER)
    return STOPPED if item.outcome == BulkOutcome.WAITING and run.stopped_at else ""


def title_of(action, count):
    """What is done to so many tickets."""
    return _TITLES[action](count) % {"count": number(count)}


_TITLES = {
    BulkAction.ASSIGN: lambda n: ngettext("Assign %(count)s ticket", "Assign %(count)s tickets", n),
    BulkAction.PRIORITY: lambda n: ngettext(
        "Change the priority of %(count)s ticket", "Change the priority of %(count)s tickets", n
    ),
    BulkAction.CATEGORY: lambda n: ngettext(
        "Change the category of %(count)s ticket", "Change the category of %(count)s tickets", n
    ),
    BulkAction.TAGS: lambda n: ngettext(
        "Change the tags of %(count)s ticket", "Change the tags of %(count)s tickets", n
    ),
    BulkAction.MACRO: lambda n: ngettext(
        "Send a macro on %(count)s ticket", "Send a macro on %(count)s tickets", n
    ),
    BulkAction.CLOSE: lambda n: ngettext("Close %(count)s ticket", "Close %(count)s tickets", n),
}


def detail_of(run):
    """What was chosen for the action, in one line; "" where there is nothing to choose."""
    facts = run.facts
    if run.action == BulkAction.ASSIGN:
        return facts["name"] or _("No assignee")
    if run.action == BulkAction.PRIORITY:
        label = dict(Priority.choices).get(facts["priority"], facts["priority"])
        return f"{label} – {facts['reason']}"
    if run.action == BulkAction.CATEGORY:
        return dict(Category.choices).get(facts["category"], facts["category"])
    if run.action == BulkAction.TAGS:
        names = facts["names"]
        signed = [("+", "add"), ("−", "remove")]
        return listed(f"{sign}{names[str(key)]}" for sign, fact in signed for key in facts[fact])
    return facts["macro"]["title"] if run.action == BulkAction.MACRO else ""


def counts_in_words(counts, *, was_stopped=False):
    """How many tickets were done, were so already, and were skipped, in one line."""
    left = counts.get(BulkOutcome.WAITING, 0) if was_stopped else 0
    parts = (
        (ngettext("%(count)s done", "%(count)s done", _of(counts, BulkOutcome.DONE)), "done"),
        (
            ngettext(
                "%(count)s unchanged", "%(count)s unchanged", _of(counts, BulkOutcome.UNCHANGED)
            ),
            "unchanged",
        ),
        (
            ngettext("%(count)s skipped", "%(count)s skipped", _of(counts, BulkOutcome.SKIPPED)),
            "skipped",
        ),
    )
    shown = [
        text % {"count": number(_of(counts, name))}
        for text, name in parts
        if name == "done" or _of(counts, name)
    ]
    if left:
        text = ngettext("%(count)s not started", "%(count)s not started", left)
        shown.append(text % {"count": number(left)})
    return listed(shown)


def _of(counts, outcome):
    return counts.get(outcome, 0)
