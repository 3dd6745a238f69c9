"""Copies the played tickets: with other people, other texts and other times."""

import random
from bisect import bisect_right
from datetime import timedelta

from organizations.models import Organization, User
from tickets import services
from tickets.models import Event, Message, Ticket

from . import lives as played
from .cast import AGENTS, gather
from .lives import MODELS, WEEK, columns
from .rows import Batch
from .texts import Texts

BATCH = 5000
# 5 % are open.
ONE_OPEN_IN = 20
FARTHEST = timedelta(weeks=104)
FARTHEST_OPEN = timedelta(weeks=6)


def generate(count, *, seed, now, one_open_in=ONE_OPEN_IN, say=lambda done: None):
    """Add `count` tickets as the services would have left them by `now`, the latest ones open.

    The same seed, moment and database give the same rows.
    """
    dice = random.Random(seed)  # noqa: S311 the same numbers each time are what is wanted
    cast = gather(now=now)
    lives = played.play(cast, now=now, farthest=FARTHEST)
    copier = Copier(cast, lives, dice, now)
    closed = count - count // one_open_in
    batch = Batch(MODELS)
    for number in range(count):
        if number < closed:
            copier.copy_closed(batch, FARTHEST * (1 - number / closed))
        else:
            copier.copy_open(batch)
        if (number + 1) % BATCH == 0 or number + 1 == count:
            batch.write()
            say(number + 1)
    # The services would have marked each day of the reports as they went.
    services.mark_all_stale()


class Copier:
    """Chooses a life, an organization and a time, and adds the rows of one more ticket."""

    def __init__(self, cast, lives, dice, now):
        self.cast, self.dice, self.now = cast, dice, now
        self.texts = Texts(dice)
        self.companies = {plan: cast.on_plan(plan) for plan in played.PLANS}
        self.closed = self._by_plan(life for life in lives if life.is_closed)
        self.open = self._by_plan(life for life in lives if not life.is_closed)
        self.shapes = [Shape(model) for model in MODELS]

    @staticmethod
    def _by_plan(lives):
        by_plan = {plan: [] for plan in played.PLANS}
        for life in lives:
            by_plan[life.plan].append(life)
        return by_plan

    def copy_closed(self, batch, age):
        """A closed ticket that was opened about `age` ago."""
        life, company = self._cast(self.closed)
        wanted = max(timedelta(0), age - (self.now - life.opened_at))
        self._copy(batch, life, company, self._back(life, min(wanted, life.room)))

    def copy_open(self, batch):
        """An open ticket: one with a running clock is recent, one that waits may be older."""
        life, company = self._cast(self.open)
        farthest = min(life.room, FARTHEST_OPEN)
        self._copy(batch, life, company, self._back(life, farthest * self.dice.random()))

    def _cast(self, lives):
        company = self.dice.choice(self.cast.companies)
        return self.dice.choice(lives[company.plan]), company

    @staticmethod
    def _back(life, wanted):
        """How far the life is moved: as far as wanted, or the whole weeks before that."""
        if life.weeks is None:
            return wanted
        return life.weeks[bisect_right(life.weeks, wanted // WEEK) - 1] * WEEK

    def _copy(self, batch, life, company, back):
        people = self._people(life, company)
        keys = {
            model: dict(zip((row[0] for row in rows), batch.keys(model, len(rows)), strict=True))
            for model, rows in life.rows.items()
        }
        for shape in self.shapes:
            copied = [
                shape.copy(row, back=back, people=people, keys=keys, organization=company.key)
                for row in life.rows[shape.model]
            ]
            if shape.texts is not None:
                pool = self.texts.titles if shape.model is Ticket else self.texts.bodies
                for row in copied:
                    text = self.dice.choice(pool)
                    row[shape.texts : shape.texts + len(text)] = text
                    if shape.model is Ticket:
                        shape.place(row, company.place, self.cast.places)
            batch.add(shape.model, copied)

    def _people(self, life, company):
        """Map each person of the played ticket to a person of the chosen company."""
        played_by = self.companies[life.plan][0].people
        first = self.dice.randrange(AGENTS)
        agents = self.cast.agents
        people = {played_by[role]: company.people[role] for role in played_by}
        return people | {agents[0]: agents[first], agents[1]: agents[(first + 1) % AGENTS]}


class Shape:
    """The positions of the key, times, people and foreign keys in the rows of a model."""

    def __init__(self, model):
        fields = list(enumerate(model._meta.concrete_fields))
        self.model = model
        self.times = [at for at, field in fields if field.get_internal_type() == "DateTimeField"]
        self.people = [at for at, field in fields if field.related_model is User]
        self.organizations = [at for at, field in fields if field.related_model is Organization]
        self.ties = [(at, field.related_model) for at, field in fields]
        self.ties = [(at, related) for at, related in self.ties if related in MODELS]
        self.changes = columns(model).index("changes") if model is Event else None
        text = {Ticket: "title", Message: "body"}.get(model)
        self.texts = text and columns(model).index(text)
        names = ("organization_place", "assignee_place", "assignee_id")
        self.named = [columns(model).index(name) for name in names] if model is Ticket else []

    def copy(self, row, *, back, people, keys, organization):
        copied = list(row)
        copied[0] = keys[self.model][row[0]]
        for at in self.times:
            if copied[at] is not None:
                copied[at] -= back
        for at in self.people:
            if copied[at] is not None:
                copied[at] = people[copied[at]]
        for at, related in self.ties:
            if copied[at] is not None:
                copied[at] = keys[related][copied[at]]
        for at in self.organizations:
            copied[at] = organization
        if self.changes is not None:
            copied[self.changes] = _changes(copied[self.changes], people)
        return copied

    def place(self, row, of_organization, of_agents):
        """Give the row of a ticket its place by the names of its organization and assignee."""
        organization_place, assignee_place, assignee = self.named
        row[organization_place] = of_organization
        row[assignee_place] = of_agents[row[assignee]]


def _changes(changes, people):
    if "assignee" not in changes:
        return changes
    return changes | {"assignee": [key and people[key] for key in changes["assignee"]]}
