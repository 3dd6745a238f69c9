"""Queries of the outbox."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Max, Min, OuterRef, Prefetch, Q, Subquery
from django.db.models.lookups import IsNull

from tickets.lists.row_after import RowAfter
from tickets.models import Clock, Ticket
from tickets.rows import AnyOf

from .channels import BELL, internal_names
from .reasons import Reason

# What one run finds for one person waits for the end of the run, to be one message; no longer.
LONGEST_RUN = timedelta(minutes=2)
ON_BELL = Q(channel=BELL)


class OutboxQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(state=self.model.State.PENDING)

    def to_send(self, at):
        """What is pending and may be tried at `at`, oldest first."""
        return self.pending().filter(next_try_at__lte=at).order_by("next_try_at")

    def failed(self):
        return self.filter(state=self.model.State.FAILED)

    def finished_before(self, at):
        return self.exclude(state=self.model.State.PENDING).filter(created_at__lt=at)


class NotificationQuerySet(OutboxQuerySet):
    def by_channel(self, name):
        return self.filter(channel=name)

    def released_at(self, at):
        """What a run found that tells of it at `at` at the latest."""
        return self.pending().filter(is_bundled=True, next_try_at=at)

    def not_delivered(self):
        """What failed, or was not sent since e-mails to the address came back: it may be sent."""
        is_skipped = Q(state=self.model.State.SKIPPED, error=Reason.UNDELIVERABLE)
        return self.filter(Q(state=self.model.State.FAILED) | is_skipped)

    def sent_with(self, row):
        """The row, and what was sent in one message with it."""
        if not row.is_bundled or row.sent_at is None:
            return self.filter(pk=row.pk)
        together = Q(recipient=row.recipient_id, channel=row.channel, is_bundled=True)
        return self.filter(Q(pk=row.pk) | together & Q(sent_at=row.sent_at))

    def leads(self):
        """One row of each message that is to be sent: the first of what is bundled."""
        bundled = self.filter(is_bundled=True).order_by()
        message = ("recipient", "channel", "attempts", "next_try_at")
        leads = bundled.values(*message).annotate(lead=Min("pk"))
        return self.filter(Q(is_bundled=False) | Q(pk__in=leads.values("lead")))

    def bundled_with(self, row, at):
        """What else belongs into one message with the row: untried like it, or tried with it."""
        others = (
            self.pending()
            .exclude(pk=row.pk)
            .filter(
                is_bundled=True,
                recipient=row.recipient_id,
                channel=row.channel,
                attempts=row.attempts,
            )
        )
        if row.attempts:
            return others.filter(next_try_at__lte=at, next_try_at=row.next_try_at)
        # Of what a run has found only the lead is released: the others still wait for its end.
        is_unreleased = Q(next_try_at=F("created_at") + LONGEST_RUN)
        return others.filter(Q(next_try_at__lte=at) | is_unreleased)

    def on_bell_of(self, user):
        """What the bell shows to a person: of tickets that they may still see."""
        own = self.on_bell_of_staff(user)
        return own if user.is_agent else own.of_tickets(Ticket.objects.visible_to(user))

    def on_bell_of_staff(self, agent):
        """The same for somebody who sees all tickets."""
        return self.filter(ON_BELL, recipient=agent)

    def of_tickets(self, tickets):
        """Those of which each one's ticket is among `tickets`."""
        # A value that is asked row by row: with `IN` the planner reads and joins all of a person's
        # notifications, to show the newest.
        seen = tickets.order_by().filter(pk=OuterRef("ticket"))
        return self.filter(IsNull(Subquery(seen.values("pk")[:1]), False))

    def unread(self):
        return self.filter(read_at__isnull=True)

    def on_bells_of(self, tickets):
        """What the bells of all people show about tickets, by their keys."""
        return self.filter(ON_BELL, AnyOf("ticket", tickets))

    def of_kinds(self, kinds):
        return self.filter(event__kind__in=kinds)

    def of_one_ticket(self):
        """Those that tell of no more tickets than their own."""
        return self.filter(more=0)

    def up_to(self, key):
        return self.filter(pk__lte=key)

    def of_ticket(self, ticket):
        """Of the ticket, or the number of its row."""
        return self.filter(ticket=ticket)

    def newest_first(self):
        return self.order_by("-pk")

    def bell_older_than(self, at):
        return self.filter(ON_BELL, created_at__lt=at)

    def after(self, fields, values):
        return self.filter(RowAfter(fields, values))

    def before(self, fields, values):
        return self.filter(RowAfter(fields, values, operator="<"))

    def by_external(self):
        """By channels that leave the site."""
        return self.exclude(channel__in=internal_names())

    def by_none_of(self, names):
        """By channels that are not in use any more."""
        return self.exclude(channel__in=names)

    def for_staff(self):
        """The newest first, with all that a page about their delivery shows."""
        return self.select_related("recipient", "event", "ticket").order_by("-pk")

    def of_event(self, event):
        return self.filter(event=event)

    def arrived_at(self, person, *, before):
        """When the latest e-mail to a person was sent, of those until `before` that stayed sent."""
        sent = self.filter(recipient=person, channel="email", state=self.model.State.SENT)
        return sent.filter(sent_at__lte=before).aggregate(latest=Max("sent_at"))["latest"]

    def to_customers(self):
        return self.filter(recipient__staff_role="")

    def notified_or_pending(self):
        """What has reached its recipient or still may."""
        return self.filter(Q(state=self.model.State.SENT) | Q(state=self.model.State.PENDING))

    def with_story(self):
        """With all that is needed to check and to write it."""
        return self.select_related(
            "recipient__notification_timing",
            "event__actor",
            "event__message__author",
            "ticket__organization__plan",
            "ticket__assignee",
        )

    def with_running_clocks(self):
        """With the running clocks of the tickets, as `ticket.running_clocks`."""
        running = Clock.objects.running()
        return self.prefetch_related(
            Prefetch("ticket__clocks", queryset=running, to_attr="running_clocks")
        )


class PreferenceQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(user=user)

    def of_topic(self, topic, channel):
        return self.filter(topic=topic, channel=channel)

    def by_channels(self, names):
        return self.filter(channel__in=names)

    def wanted(self):
        return self.filter(is_wanted=True)

    def unwanted(self):
        return self.filter(is_wanted=False)
