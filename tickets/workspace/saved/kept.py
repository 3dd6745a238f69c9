"""What an agent keeps for the queue: the layout, and the saved views with what each shows."""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import BooleanField, Case, CharField, F, IntegerField, Value, When

from tickets.lists.counts import MOST_CHOICES, count_up_to, counting
from tickets.lists.filters import Reader
from tickets.models import ListPreference, SavedView, Ticket
from tickets.prepared import Prepared
from tickets.workspace.layout import Layout
from tickets.workspace.query import QueueQuery

# So many views have a number beside the queue.
MOST_NUMBERED = 40


class KeptView(NamedTuple):
    """A saved view as the queue needs it."""

    pk: int
    name: str
    query: str
    team_id: int | None
    team_name: str
    owner_id: int
    version: int


@dataclass(frozen=True)
class Shown:
    """A saved view with the list that it is now, and what it refers to in vain."""

    view: KeptView
    wanted: QueueQuery
    missing: list = field(default_factory=list)
    may_edit: bool = False

    @property
    def name(self):
        """By which its number is known among those of other lists."""
        return f"saved_{self.view.pk}"

    @property
    def address(self):
        """The query string that opens it."""
        return address_of(self.view.query, self.view.pk)

    def is_as_saved(self, wanted):
        """Whether a list that began from the view shows what was saved."""
        return wanted.without("view") == self.wanted


@dataclass(frozen=True)
class Kept:
    """All of it; `current` is the view that the list began from, if it is one of these."""

    layout: Layout
    wanted: QueueQuery
    missing: list
    views: list
    current: Shown | None


@Prepared
def _kept(agent):
    """The agent's layout and the views beside the queue, in one statement."""
    preference = ListPreference.objects.filter(user=agent).annotate(
        is_view=Value(False, BooleanField()),
        name=Value("", CharField()),
        kept_team=Value(None, IntegerField()),
        team_name=Value("", CharField()),
        kept_owner=F("user"),
        place=Value(0, IntegerField()),
        version=Value(0, IntegerField()),
        kept_pk=F("user"),
    )
    views = SavedView.objects.beside_queue_of(agent).annotate(
        is_view=Value(True, BooleanField()),
        # Of a team that was deleted it is its maker's alone.
        kept_team=Case(When(team__ended_at=None, then=F("team")), output_field=IntegerField()),
        team_name=F("team__name"),
        kept_owner=F("owner"),
        kept_pk=F("pk"),
    )
    columns = (
        *("is_view", "kept_pk", "name", "query", "kept_team", "team_name", "kept_owner", "version"),
        "place",
    )
    found = preference.values_list(*columns).union(views.values_list(*columns), all=True)
    return found.order_by("is_view", "team_name", "kept_team", "place", "kept_pk")[:MOST_CHOICES]


def address_of(query, key):
    """The query string of a list that began from the view of that key; from none without one."""
    return "&".join(filter(None, [query, key and f"view={key}"]))


def kept_of(agent, params):
    """What the agent keeps, and the list that the parameters of an address ask for."""
    layout, views = Layout(), []
    for is_view, *row, _place in _kept.rows(agent=agent.pk):
        if is_view:
            views.append(KeptView(*row))
        else:
            layout = Layout.read(row[2])
    (wanted, missing), *read = QueueQuery.read_all([params, *(each.query for each in views)])
    shown = [
        Shown(view, its.without("view"), gone, _may_edit(view, agent))
        for view, (its, gone) in zip(views, read, strict=True)
    ]
    # A person's own first, whatever the database takes an absent name for.
    shown.sort(key=lambda each: each.view.team_id is not None)
    current = next((each for each in shown if each.view.pk == wanted.view), None)
    if current and any(not each.name for each in missing):
        labels = SavedView.objects.labels_of(current.view.pk)
        missing = [each.named(labels) for each in missing]
    return Kept(layout, wanted if current else wanted.without("view"), missing, shown, current)


def _may_edit(view, agent):
    """As `is_editable_by` of the row."""
    return view.owner_id == agent.pk or (view.team_id is not None and agent.is_supervisor)


def numbers_of(views, agent, *, now):
    """{`name` of the view: number of tickets} of those that are counted, each up to what a page can
    say: of open tickets, without a text. To look through all that was ever closed takes long."""
    lists = {
        each.name: each.wanted.without("columns", "sort")
        for each in views[:MOST_NUMBERED]
        if each.wanted.is_of_open and not each.wanted.text
    }
    lasting = {key: its for key, its in lists.items() if not its.reckons_from_now}
    other = {key: its for key, its in lists.items() if its.reckons_from_now}
    numbers = {}
    if lasting:
        [found] = _NUMBERS.rows(tuple(lasting.values()), agent=agent.pk, at=now)
        numbers = dict(zip(lasting, found, strict=True))
    if other:
        numbers |= count_up_to({key: _tickets(its, agent, now) for key, its in other.items()})
    return numbers


def _tickets(wanted, agent, at):
    return wanted.apply(Ticket.objects.order_by(), Reader(agent, at))


def _build_numbers(lists, agent, at):
    return counting({str(place): _tickets(its, agent, at) for place, its in enumerate(lists)})


_NUMBERS = Prepared(_build_numbers)


def layout_of(agent):
    """The agent's own layout."""
    kept = ListPreference.objects.queries_of(agent).first()
    return Layout.read(kept[0]) if kept else Layout()
