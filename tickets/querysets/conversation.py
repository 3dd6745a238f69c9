"""Which messages, attachments and events of tickets."""

from uuid import UUID

from django.db import connection, models
from django.db.models import FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Replace
from django.db.models.lookups import IsNull

from organizations.querysets import name_of
from tickets.choices import MessageKind, Status
from tickets.rows import AnyOf

from .append_only import AppendOnlyQuerySet
from .horizon import horizon
from .rows import FeedRow, MessageRow


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """On tickets that the user sees already: agents see notes, nobody else does."""
        return self if user.is_agent else self.public()

    def public(self):
        return self.filter(kind=MessageKind.PUBLIC)

    def public_of_staff(self):
        return self.public().filter(is_from_staff=True)

    def waiting(self):
        return self.filter(is_waiting=True)

    def as_read_in(self, organization):
        """Tuples of what a conversation shows, as `MessageRow`; the role is what their authors are
        now in the organization, None of those who are no members."""
        way = "author__memberships"
        here = FilteredRelation(way, condition=Q(**{f"{way}__organization": organization}))
        rows = self.annotate(membership=here, author_name=name_of("author__"))
        return rows.values_list(*MessageRow.columns())

    def of_ticket(self, ticket):
        return self.filter(ticket=ticket)

    def of_ticket_keys(self, keys):
        return self.filter(AnyOf("ticket_id", keys))

    def of_tickets(self, tickets):
        return self.filter(ticket__in=tickets)

    def with_any_of(self, terms):
        """Those with one of the search terms, the latest first, with their text alone."""
        squashed = Replace("body_folded", Value(" "), Value(""), output_field=models.TextField())
        found = Q()
        for term in terms:
            found |= Q(squashed__contains=term)
        messages = self.alias(squashed=squashed).filter(found).order_by("-pk")
        return messages.only("ticket", "kind", "body", "body_folded")

    def written_since(self, author, at):
        return self.filter(author=author, created_at__gt=at)

    def of_form(self, author, form_key, *, or_by=None):
        """What this very form of the author made before, or of one of the people `or_by`: one
        message at most."""
        if not form_key:
            return self.none()
        who = {"author": author} if or_by is None else {"author__in": or_by}
        return self.filter(form_key=form_key, **who)


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Files of messages that the user may read, by the rule for tickets; never pending ones."""
        ticket = self.model.message.field.related_model.ticket.field.related_model
        seen = self.filter(message__ticket__in=ticket.objects.visible_to(user))
        return seen if user.is_agent else seen.filter(message__kind=MessageKind.PUBLIC)

    def with_message(self, key):
        """The one of that key with its message, or None. Raises ValueError for what is no key."""
        return self.select_related("message").filter(pk=UUID(str(key))).first()

    def of_messages(self, messages):
        """Of messages that are given by their keys."""
        return self.filter(AnyOf("message_id", messages))

    def downloadable_by(self, user):
        """What the user may see, and their own pending uploads."""
        pending = Q(message__isnull=True, uploaded_by=user)
        # Asked of each row: all that the user may see would be read for the one that is wanted.
        seen = self.model.objects.visible_to(user).filter(pk=OuterRef("pk"))
        is_seen = IsNull(Subquery(seen.values("pk")[:1]), False)
        return self.filter(Q(is_seen) | pending)

    def pending_of(self, user):
        """Uploads of a form of theirs that was refused; seen by nobody else."""
        return self.filter(message__isnull=True, uploaded_by=user)

    def wanting_thumbnail(self, most_tries):
        """Images whose thumbnail is still to be made, the oldest first."""
        wanted = self.filter(is_thumbnail_wanted=True, thumbnail_tries__lt=most_tries)
        return wanted.order_by("created_at")

    def pending_before(self, at):
        return self.filter(message__isnull=True, created_at__lt=at)


# More than are written at the same time by people; what a batch writes at once comes after these.
NEWEST = 200
# For each page of the queue: put together by Django, it costs more than its answer.
_SUM_OF_NEWEST = """
SELECT sum(newest.id) FROM (SELECT id FROM tickets_event ORDER BY id DESC LIMIT %s) newest"""


class EventQuerySet(AppendOnlyQuerySet):
    def sum_of_newest_ids(self):
        """A number that grows with every event, also with one whose transaction took longer than
        that of a later number: the highest number alone would miss it."""
        with connection.cursor() as cursor:
            cursor.execute(_SUM_OF_NEWEST, [NEWEST])
            return cursor.fetchone()[0]

    def held_in_words(self, sentences):
        """Where the system stopped an automatic close and one of the sentences says why."""
        return self.filter(
            kind=self.model.Kind.HELD, actor=None, changes__reason__in=list(sentences)
        )

    def of_instants(self, instants):
        return self.filter(created_at__in=instants)

    def of_automatic_close(self, at):
        return self.filter(kind=self.model.Kind.CLOSED_AUTOMATICALLY, created_at=at)

    def of_ticket(self, ticket):
        return self.filter(ticket=ticket)

    def after(self, key):
        """Those that were recorded after the event of that key."""
        return self.filter(pk__gt=key)

    def answers(self):
        """Public messages of support."""
        return self.filter(is_public=True, message__is_from_staff=True)

    def closes(self):
        """What closed a ticket; a merge is no close."""
        return self.filter(changes__status__1=Status.CLOSED).exclude(kind=self.model.Kind.MERGED)

    def splits(self):
        """What took a message out of a ticket."""
        return self.filter(kind=self.model.Kind.SPLIT_OFF)

    def changes_of_clocks(self):
        """Another priority or plan, a suspension, an edit of what is promised, a closure."""
        return self.filter(changes__has_any_keys=["priority", "due"])

    def of_split(self, actor, message):
        """That the person split the message off from the ticket."""
        kind = self.model.Kind.SPLIT_OFF
        return self.filter(kind=kind, actor=actor, changes__moved=message.pk)

    def of_message(self, message):
        """The event of the message, or None: its sending, or the opening that it describes."""
        return self.filter(message=message).order_by("pk").first()

    def status_after(self, event):
        """The status of the ticket just after what happened; None where no event says it."""
        moves = self.filter(ticket=event.ticket_id, pk__lte=event.pk, changes__has_key="status")
        latest = moves.order_by("-pk").values_list("changes", flat=True).first()
        return latest and latest["status"][1]

    def of_note(self, note):
        """The transfer that the note went with, or None."""
        transfers = self.filter(ticket=note.ticket_id, kind=self.model.Kind.TRANSFERRED)
        return transfers.filter(changes__note=note.pk).first()

    def latest_reason(self):
        """Why the priority was last changed, by a member, an agent or a macro; None if never."""
        changed = self.filter(changes__has_key="priority").order_by("-pk")
        return changed.values_list("changes__reason", flat=True).first()

    def latest_act(self):
        """Kind and actor of the latest event, as (kind, actor's id)."""
        return self.order_by("-pk").values_list("kind", "actor_id").first()

    def last_to_give_up(self, tickets):
        """Who last returned each of the tickets to the queue or transferred it, by its key."""
        gave_up = self.filter(
            ticket__in=tickets, kind__in=[self.model.Kind.RELEASED, self.model.Kind.TRANSFERRED]
        )
        return dict(gave_up.order_by("pk").values_list("ticket", "actor"))

    def horizon(self):
        """The event up to which the history is complete, whoever writes at this moment."""
        return horizon(self.model)

    def of_visible_tickets(self, user):
        """Those that the user may read on tickets that they may see."""
        if user.is_agent:
            return self
        ticket = self.model.ticket.field.related_model
        return self.public().filter(ticket__in=ticket.objects.visible_to(user).order_by())

    def in_feed(self, *, after, until):
        """Tuples of what the feed tells, as `FeedRow`, in the order of the feed."""
        rows = self.filter(pk__gt=after, pk__lte=until).order_by("pk")
        return rows.values_list(*FeedRow.columns())

    def public(self):
        return self.filter(is_public=True)

    def without_notes(self):
        """Those that are not about an internal note."""
        return self.exclude(message__kind=MessageKind.NOTE)

    def with_actors(self):
        """Tuples of what the history shows, as `EventRow`, in their order."""
        actor = name_of("actor__"), "actor__staff_role"
        shown = ("pk", "kind", "actor_id", "changes", "created_at")
        return self.order_by("pk").values_list(*shown, *actor)
