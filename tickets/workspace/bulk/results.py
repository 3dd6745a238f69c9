"""The pages of runs: the latest ones, and one with its progress and a line for each ticket."""

from dataclasses import dataclass

from tickets.choices import BulkOutcome
from tickets.lists.filters import Choice
from tickets.lists.pages import page_by_key
from tickets.lists.query import ListQuery
from tickets.models import BulkItem, BulkRun

from .selection import page_url
from .words import counts_in_words, detail_of, reason_of, title_of

RUNS, LINES = 30, 50
LEFT = (BulkOutcome.SKIPPED, BulkOutcome.WAITING)


class RunQuery(ListQuery):
    """Which lines of a run."""

    show = Choice(
        options={BulkOutcome.SKIPPED.value: BulkOutcome.SKIPPED.label},
        narrow=lambda items, _value, _reader: items.skipped(),
    )


@dataclass(frozen=True)
class Line:
    """One ticket of a run: its outcome and, where it was skipped, why."""

    ticket: object
    outcome: str
    label: str
    reason: str


@dataclass(frozen=True)
class RunRow:
    """One run of the list."""

    run: BulkRun
    title: str
    detail: str
    counts: str


def list_page(person, params):
    """The latest runs: one's own, or a supervisor's view of everybody's."""
    runs = BulkRun.objects.visible_to(person).with_starters()
    page = page_by_key(runs, params, order=["-id"], size=RUNS)
    return {
        "rows": [_row_of(run) for run in page.rows],
        "previous_query": page.previous_query,
        "next_query": page.next_query,
    }


def _row_of(run):
    counts = counts_in_words(run.counts, was_stopped=True) if run.is_finished else ""
    return RunRow(run, title_of(run.action, run.total), detail_of(run), counts)


def run_page(run, params):
    """One run: how far it is, and a page of its lines."""
    wanted = RunQuery.read(params)
    items = BulkItem.objects.of_run(run)
    counts = run.counts if run.is_finished else items.counts()
    lines = wanted.narrow(items.with_tickets(), None)
    page = page_by_key(lines, params, order=["place"], size=LINES, keep=wanted.pairs())
    return {
        "run": run,
        "title": title_of(run.action, run.total),
        "detail": detail_of(run),
        "looked_at": run.total - counts.get(BulkOutcome.WAITING, 0),
        "counts": counts_in_words(counts, was_stopped=bool(run.stopped_at)),
        "skipped": counts.get(BulkOutcome.SKIPPED, 0),
        "left": sum(counts.get(each, 0) for each in LEFT) if run.is_finished else 0,
        "wanted": wanted,
        "lines": [_line_of(item, run) for item in page.rows],
        "previous_query": page.previous_query,
        "next_query": page.next_query,
        "list_url": page_url(run.list_query),
    }


def _line_of(item, run):
    return Line(item.ticket, item.outcome, item.get_outcome_display(), reason_of(item, run))
