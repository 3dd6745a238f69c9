"""Queries of the outbox."""

from django.db import models
from django.db.models import Q


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

    def by_none_of(self, names):
        """By channels that are not in use any more."""
        return self.exclude(channel__in=names)

    def of_event(self, event):
        return self.filter(event=event)

    def to_customers(self):
        return self.filter(recipient__staff_role="")

    def notified_or_pending(self):
        """What has reached its recipient or still may."""
        return self.filter(Q(state=self.model.State.SENT) | Q(state=self.model.State.PENDING))

    def with_story(self):
        """With all that is needed to check and to write it."""
        return self.select_related(
            "recipient",
            "event__actor",
            "event__message__author",
            "ticket__organization__plan",
            "ticket__assignee",
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
