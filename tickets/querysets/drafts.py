"""Drafts of messages: each is its author's alone."""

from django.db import models
from django.db.models import Exists, OuterRef, Q


class MessageDraftQuerySet(models.QuerySet):
    def of(self, user, ticket):
        """What the person is writing on one ticket: at most a public message and a note."""
        return self.filter(user=user, ticket=ticket)

    def sent_as(self, kind, content):
        """Those that a new message of this kind was: by its form's key, or by the same text."""
        return self.filter(Q(form_key=content.form_key) | Q(body=content.body), kind=kind)

    def move(self, ticket, target):
        """Let what people are writing on a ticket be on another one, where they write nothing."""
        there = self.filter(ticket=target, user=OuterRef("user"), kind=OuterRef("kind"))
        self.filter(~Exists(there), ticket=ticket).update(ticket=target)

    def unchanged_since(self, at):
        return self.filter(updated_at__lt=at)
