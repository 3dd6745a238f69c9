"""Which tickets, in which order, with what a row of a list needs."""

from django.apps import apps
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Sum, When
from django.db.models.functions import Left

from organizations.querysets import name_of
from plans.models import Named
from tickets.choices import Status
from tickets.lists.row_after import RowAfter
from tickets.rows import AnyOf
from tickets.search.ticket_numbers import numbers_from

from .list_order import order_of, place_in
from .queue_list import QueueListQuerySet
from .rows import PORTAL_ROW, PUBLIC_FACTS, QUEUE_ORDER, QUEUE_ROW, TURN
from .tags import TagsOf
from .text_search import TextSearch

MOST_CHANGED = 25


class TicketQuerySet(QueueListQuerySet):
    # Whether a search has left out tickets that match, or may have.
    is_partial = False

    def _clone(self):
        clone = super()._clone()
        clone.is_partial = self.is_partial
        return clone

    def visible_to(self, user):
        """The one rule of who may see which ticket; the only way from a request to a ticket."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_agent:
            return self
        memberships = user.membership_by_organization
        whole = [pk for pk, membership in memberships.items() if membership.sees_all]
        own = [pk for pk, membership in memberships.items() if not membership.sees_all]
        seen = Q(organization__in=whole)
        if own:
            seen |= Q(organization__in=own) & self._concerning(user)
        return self.filter(seen)

    def with_sight_of_target(self, seen):
        """With `sees_target`: whether the ticket that it was merged into is one of `seen`."""
        return self.annotate(sees_target=Exists(seen.filter(pk=OuterRef("merged_into"))))

    def visible_in(self, organization, user, *, sees_all):
        """As `visible_to`, of one organization that the person is a member of: all of it, as their
        membership says, or what they requested or watch. Both may be keys."""
        found = self.of_organization(organization)
        return found if sees_all else found.filter(self._concerning(user))

    def _concerning(self, user):
        watched = self.model.watchers.rel.related_model.objects.filter(
            ticket=OuterRef("pk"), user=user
        )
        return Q(requester=user) | Exists(watched)

    def closed(self):
        return self.filter(status=Status.CLOSED)

    def opened_since(self, opener, at):
        return self.filter(opened_by=opener, created_at__gt=at)

    def of_organization(self, organization):
        return self.filter(organization=organization)

    def counted_by(self, plan=None, calendar=None):
        """Open tickets of the organizations whose plan it is, or counts in the calendar."""
        if plan is not None:
            return self.open().filter(organization__plan=plan)
        return self.open().filter(organization__plan__calendar=calendar)

    def with_response_to_count(self):
        """Those with a running clock, or where one might start since something waits."""
        clock = self.model.clocks.rel.related_model
        running = clock.objects.running().filter(ticket=OuterRef("pk"))
        return self.filter(Q(waiting_since__isnull=False) | Exists(running))

    def with_shared_organizations(self):
        """With their organizations and plans: one instance of each, however many tickets it has."""
        organizations = self.model.organization.field.related_model.objects
        with_plans = organizations.select_related("plan")
        return self.prefetch_related(Prefetch("organization", with_plans))

    def counted_in(self, calendar):
        """Open tickets with a running clock in any version of the calendar."""
        clock = self.model.clocks.rel.related_model
        running = clock.objects.running().filter(
            ticket=OuterRef("pk"), calendar_version__calendar=calendar
        )
        return self.open().filter(Exists(running))

    def concerned_by(self, job):
        """Open tickets that the job is to change, whether or not it has come to them."""
        if job.agent_id:
            return self.open().assigned_to(job.agent_id)
        tickets = self.open().of_organization(job.organization_id)
        return tickets if job.pk is None else tickets.filter(pk__lte=job.last_concerned)

    def with_unfinished_jobs(self):
        """Whether an unfinished job concerns the organization or the assignee, or an edit of a
        plan still has clocks to start, as `has_unfinished_job`."""
        job = self.model.handled_by_jobs.rel.related_model
        concerned = Q(organization=OuterRef("organization")) | Q(agent=OuterRef("assignee"))
        unfinished = job.objects.unfinished().order_by().filter(concerned)
        edits = apps.get_model("tickets", "Recalculation").objects.starting().order_by()
        edits = edits.filter(last_ticket__lt=OuterRef("pk"))
        return self.annotate(has_unfinished_job=Exists(unfinished) | Exists(edits))

    def requested_by(self, user):
        return self.filter(requester=user)

    def of_requesters_who_belong(self, which):
        """Those, among `which`, whose requester can sign in and is still a member there."""
        belongs = Q(organization__memberships__user=F("requester"), requester__is_active=True)
        return self.filter(which, belongs, requester__is_service=False)

    def your_turn(self, user):
        """Awaiting the customer, of what the person requested or watches; the first to close
        first."""
        waiting = self.filter(self._concerning(user), status=Status.AWAITING_CUSTOMER)
        return waiting.order_by(F("auto_close_at").asc(nulls_last=True), "id").values_list(*TURN)

    def other_than(self, number):
        return self.exclude(pk=number)

    def linked_with(self, ticket):
        """Those that belong to the ticket, the latest first, with what each is to it as
        `relation`: one walk of the links' index."""
        linked = self.filter(linked_from__ticket=ticket).order_by("-pk")
        return linked.annotate(relation=F("linked_from__relation"))

    def assigned_to(self, user):
        return self.filter(assignee=user)

    def routed_to(self, team):
        """Those of a team, or of none: also those whose team was deleted."""
        nobodys = Q(team__isnull=True) | Q(team__ended_at__isnull=False)
        return self.filter(nobodys) if team is None else self.filter(team=team)

    def returned_to_absent(self, until):
        """Open tickets on which a customer wrote, or which were reopened, while their assignee was
        absent, at `until` or earlier. Who is outside their working hours keeps a ticket as long as
        nobody else could take it."""
        absent = F("assignee__absent_since")
        wrote = Q(
            support_spoke_last=False,
            last_public_message_at__gte=absent,
            last_public_message_at__lte=until,
        )
        waits = Q(waiting_since__gte=absent, waiting_since__lte=until)
        available = self.model.assignee.field.related_model.objects.available().order_by()
        others = Exists(available.filter(in_teams__team=OuterRef("team")))
        others |= Q(team=None) & Exists(available)
        found = self.waiting().filter(assignee__absent_since__isnull=False)
        return found.filter(wrote | waits, Q(assignee__is_present=False) | others)

    def marked_of(self, agent):
        """Which open tickets an agent has, as a mark that differs once these are others."""
        had = self.open().assigned_to(agent).aggregate(n=Count("pk"), sum=Sum("pk"))
        return f"{had['n']}-{had['sum'] or 0}"

    def with_team_members(self, which):
        """Those, among `which`, whose team has members: a row for each of these."""
        return self.filter(which, team__members__isnull=False).order_by()

    def to_take(self, agent):
        """What waits to be accepted by the agent: assigned to them, or to nobody."""
        return (
            self.with_status(Status.AWAITING_RESPONSE)
            .awake()
            .filter(Q(assignee=agent) | Q(assignee__isnull=True))
        )

    def taken_by_form(self, agent, form_key):
        """The ticket that this very form made the agent's and that they still work on, or None."""
        event = self.model.events.rel.related_model
        took = event.objects.filter(
            ticket=OuterRef("pk"), actor=agent, changes__form_key=str(form_key)
        )
        mine = self.assigned_to(agent).with_status(Status.IN_PROGRESS)
        return mine.filter(Exists(took)).first()

    def unassigned(self):
        return self.filter(assignee__isnull=True)

    def waiting(self):
        """Open tickets on which something waits for an answer."""
        return self.open().filter(waiting_since__isnull=False)

    def due_before(self, at):
        return self.open().filter(due_at__lt=at)

    def due_soon_by(self, at):
        """Tickets whose due time is soon, or has passed, at `at`. Only open tickets have one, so
        their status is not asked: a condition that is always true misleads the planner."""
        return self.filter(due_soon_at__lte=at)

    def overdue_at(self, at):
        return self.filter(due_at__lte=at)

    def with_due(self):
        """Those that somebody was promised an answer for."""
        return self.filter(due_at__isnull=False)

    def without_due(self):
        return self.filter(due_at__isnull=True)

    def changed_publicly_since(self, at):
        return self.filter(public_updated_at__gte=at)

    def unchanged_publicly_since(self, at):
        return self.filter(public_updated_at__lt=at)

    def last_spoken_by(self, *, support):
        """Whose last public message is of support's side, or of the customer's."""
        return self.filter(support_spoke_last=support)

    def with_status(self, status):
        return self.filter(status=status)

    def with_priority(self, priority):
        return self.filter(priority=priority)

    def in_category(self, category):
        return self.filter(category=category)

    def tagged(self, tags):
        """Those with every one of the tags (keys)."""
        marks = self.model.ticket_tags.rel.related_model.objects
        each_of = [Exists(marks.filter(ticket=OuterRef("pk"), tag=key)) for key in tags]
        return self.filter(*each_of)

    def with_tags(self):
        """The tags of each as the text `tags_text`, which `tags_in` reads; for agents alone."""
        return self.annotate(tags_text=self._tags())

    def _tags(self):
        return TagsOf(self.model.ticket_tags.rel.related_model.objects)

    def of_keys(self, keys):
        return self.filter(AnyOf("pk", keys))

    def of_number(self, number):
        return self.filter(pk=number)

    def imported_as(self, number):
        """Those that had this number in the system that they were imported from."""
        named = self.exclude(earlier_number="").filter(earlier_number__iexact=number)
        return named.order_by("-pk")

    def numbered_above(self, number):
        return self.filter(pk__gt=number)

    def numbered(self, number):
        """The ticket of that number, or None."""
        return None if number is None else self.filter(pk=number).first()

    def numbered_from(self, number):
        """The ticket of that number, then the newest of those whose number begins with its digits:
        by their numbers, however many there are."""
        last = self.order_by("-pk").values_list("pk", flat=True).first() or 0
        wanted = numbers_from(number, last)
        exact = Case(When(pk=number, then=0), default=1)
        return self.filter(pk__in=[number, *wanted]).order_by(exact, "-pk")

    def matching(self, text, reader, *, number=None):
        """The ticket of that number and the newest with every word and quoted phrase of the text,
        in any order, in the title or in messages that `reader` may see. Asks the database; of
        what it gives `is_partial` tells whether there may be more. See `TextSearch`."""
        found = TextSearch(self, text, reader, number).find()
        matching = self.filter(pk__in=found.ids)
        matching.is_partial = found.is_partial
        return matching

    def closing_by(self, at):
        """What the automatic close has to close at `at`."""
        return self.filter(auto_close_at__lte=at).order_by("auto_close_at")

    def to_remind_of_close(self, at):
        """Whose requester is to be reminded at `at`; not once the close itself is due."""
        return self.filter(auto_close_remind_at__lte=at).order_by("auto_close_remind_at")

    def titled(self):
        """In the order of the queue, with what a line that names a ticket shows."""
        return self.named().in_queue_order()

    def named(self):
        """With what a line that names a ticket shows."""
        return self.only("title", "title_folded", "status")

    def public_state(self, number):
        """The freshness marker of a customer's ticket page; None for one that is not theirs."""
        return self.filter(pk=number).values_list(*PUBLIC_FACTS).first()

    def public_states_changed_last(self):
        """What customers see change of the tickets that changed last, for a freshness marker. So
        many that a change which was written late is among them."""
        return self.last_changed_first().values_list("pk", *PUBLIC_FACTS)[:MOST_CHANGED]

    def version_of(self, number):
        """The version of the ticket of that number, or None."""
        return self.filter(pk=number).values_list("version", flat=True).first()

    def in_queue_order(self):
        return self.order_by(*QUEUE_ORDER)

    def with_queue_row(self):
        """Named tuples of what a row of the agents' lists shows, and no more: names and the
        beginning of the last public message beside the ticket's own fields.
        """
        last = "last_public_message__"
        names = {
            "organization_name": F("organization__name"),
            "plan_name": F(f"organization__plan__{Named.name_field()}"),
            "assignee_name": name_of("assignee__"),
            # One that was deleted routes no more: see `of_teams`.
            "team_name": Case(When(team__ended_at__isnull=True, then="team__name")),
            "last_is_from_staff": F(f"{last}is_from_staff"),
            "last_author_name": name_of(f"{last}author__"),
            "snippet": Left(f"{last}body", 200),
            "tags_text": self._tags(),
        }
        place = ["place"] if "place" in self.query.annotations else []
        return self.annotate(**names).values_list(*QUEUE_ROW, *names, *place, named=True)

    def for_portal(self, user):
        """The latest public change first, with what a row of the customer's list shows."""
        return self.with_portal_row(user).last_changed_first()

    def with_portal_row(self, user):
        """Named tuples of what a row of the customer's list shows, and no more: who wrote the last
        public message, when `user` last saw the ticket (or None) and whether they watch it,
        beside the ticket's own fields and, where it has one, its place in the order.
        """
        author, mine = "last_public_message__author", {"ticket": OuterRef("pk"), "user": user}
        seen = self.model.sightings.rel.related_model.objects.filter(**mine)
        watched = self.model.watchers.rel.related_model.objects.filter(**mine)
        shown = {
            "last_author_id": F(author),
            "last_author_name": name_of(f"{author}__"),
            "seen_at": Subquery(seen.values("seen_at")[:1]),
            "is_watched": Exists(watched),
        }
        place = ["place"] if "place" in self.query.annotations else []
        return self.annotate(**shown).values_list(*PORTAL_ROW, *shown, *place, named=True)

    def sorted_by(self, column, *, falling):
        """In the order of a column of the customer's list; see `order_of`."""
        place = place_in(column, falling=falling)
        placed = self.annotate(place=place) if place else self
        return placed.order_by(*order_of(column, falling=falling))

    def last_changed_first(self):
        return self.order_by("-public_updated_at", "-id")

    def with_people(self):
        """What the page of one ticket shows of whose it is."""
        return self.with_owners().with_clocks()

    def with_owners(self):
        """As `with_people`, without the clocks."""
        # Leaving out columns of one row would take longer than reading them.
        return self.select_related("organization__plan", "requester", "assignee", "team", "rating")

    def with_clocks(self):
        """The clocks as `clock_list`, the newest first."""
        clock = self.model.clocks.rel.related_model
        return self.prefetch_related(
            Prefetch(
                "clocks",
                # A calendar is long, and parsed ones are kept: see `promise_of`.
                queryset=clock.objects.select_related("plan_version", "calendar_version")
                .defer("calendar_version__definition")
                .order_by("-started_at", "-pk"),
                to_attr="clock_list",
            )
        )

    def after(self, fields, values):
        return self.filter(RowAfter(fields, values))

    def before(self, fields, values):
        return self.filter(RowAfter(fields, values, operator="<"))
