"""Drafts of messages: each is its author's alone."""

from django.db import models
from django.db.models import Q


class MessageDraftQuerySet(models.QuerySet):
    def of(self, user, ticket):
        """What the person is writing on one ticket: at most a public message and a note."""
        return self.filter(user=user, ticket=ticket)

    def sent_as(self, message):
        """The draft that the message was: by the key of its form, or by the same text."""
        is_it = Q(form_key=message.form_key) | Q(body=message.body)
        return self.of(message.author, message.ticket).filter(is_it, kind=message.kind)

    def unchanged_since(self, at):
        return self.filter(updated_at__lt=at)
