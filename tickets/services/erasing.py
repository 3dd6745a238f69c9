"""Taking what identifies a person out of the tickets they took part in. Events and clocks stay."""

import re

from django.db import transaction
from django.db.models import Q

from plans.transactions import in_transaction
from tickets import rows
from tickets.attachments import uploads
from tickets.models import Alert, Attachment, Event, Message, Rating, Ticket
from tickets.search.folding import alphabetical, fold

from . import base
from .changing import changes_of, write

BATCH = 200
# What stands where something was taken out.
GONE = "[…]"
# A shorter name is part of too many words.
SHORTEST_NAME = 4


def words_of(names, emails, phones):
    """A pattern of all that a person was called and reached by."""
    wanted = {each for each in [*emails, *phones] if each}
    wanted |= {each for each in names if len(each) >= SHORTEST_NAME}
    longest_first = sorted(wanted, key=len, reverse=True)
    words = "|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in longest_first)
    return re.compile(words or r"(?!)", re.IGNORECASE)


def tickets_of(person):
    """The ids of tickets that the person requested, wrote on or watched, in order."""
    wrote = Message.objects.filter(author=person).values("ticket")
    took_part = Q(requester=person) | Q(opened_by=person) | Q(pk__in=wrote)
    took_part |= Q(watchers__user=person)
    return list(
        Ticket.objects.filter(took_part).order_by("pk").values_list("pk", flat=True).distinct()
    )


@in_transaction(durable=True)
def erase_in_tickets(keys, person, words, *, with_messages, now):
    """Take `words` out of titles, messages, names of files and history of these tickets, and with
    `with_messages` all that the person wrote and attached. One event for each that changed; returns
    how many did. Run again it finds nothing more.
    """
    held = Ticket.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys)
    tickets = [base.caught_up(each) for each in held.with_unfinished_jobs().order_by("pk")]
    changed = _erase_messages(keys, person, words, with_messages)
    changed |= _erase_files(keys, person, words, with_messages)
    changed |= _erase_history(keys, words)
    changed |= _erase_ratings(keys, person, words, with_messages)
    changed |= _erase_alerts(keys, words)
    changes = [
        change
        for change in changes_of(tickets, actor=None, now=now)
        if _erase_title(change.ticket, person, words, with_messages) or change.ticket.pk in changed
    ]
    for change in changes:
        change.record(Event.Kind.PERSON_ERASED)
    if changes:
        write(changes)
    return len(changes)


def _erase_title(ticket, person, words, with_messages):
    is_own = with_messages and ticket.requester_id == person.pk
    title = GONE if is_own else words.sub(GONE, ticket.title)[:200]
    if title == ticket.title:
        return False
    ticket.title, ticket.title_folded = title, fold(title)[:400]
    ticket.title_place = alphabetical(fold(title))
    return True


def _erase_messages(keys, person, words, with_messages):
    changed = []
    for message in Message.objects.filter(ticket__in=keys).order_by("pk"):
        is_own = message.author_id == person.pk
        body = GONE if is_own and with_messages else words.sub(GONE, message.body)
        # The signature and the quote, and the address that a mail came from.
        aside = "" if is_own else words.sub(GONE, message.aside)
        sent_from = "" if is_own else message.sent_from
        if (body, aside, sent_from) != (message.body, message.aside, message.sent_from):
            message.body, message.body_folded = body, fold(body)
            message.aside, message.sent_from = aside, sent_from
            changed.append(message)
    rows.update_columns(Message, changed, {"body", "body_folded", "aside", "sent_from"})
    return {each.ticket_id for each in changed}


def _erase_files(keys, person, words, with_messages):
    files = Attachment.objects.filter(message__ticket__in=keys).select_related("message")
    gone, renamed = [], []
    for file in files:
        if with_messages and file.message.author_id == person.pk:
            gone.append(file)
        elif (name := words.sub(GONE, file.name)) != file.name:
            file.name = name[:150]
            renamed.append(file)
    Attachment.objects.bulk_update(renamed, ["name"])
    Attachment.objects.filter(pk__in=[each.pk for each in gone]).delete()
    paths = [path for each in gone for path in each.paths]
    transaction.on_commit(lambda: uploads.remove_quietly(*paths))
    return {each.message.ticket_id for each in [*gone, *renamed]}


def _erase_history(keys, words):
    """The facts of events that are texts; what happened when stays, although it is append-only."""
    changed = []
    for event in Event.objects.filter(ticket__in=keys).order_by("pk"):
        facts = _without(event.changes, words)
        if facts != event.changes:
            event.changes = facts
            changed.append(event)
    rows.update_columns(Event, changed, {"changes"})
    return {each.ticket_id for each in changed}


def _without(facts, words):
    if isinstance(facts, str):
        return words.sub(GONE, facts)
    if isinstance(facts, dict):
        return {name: _without(value, words) for name, value in facts.items()}
    return [_without(each, words) for each in facts] if isinstance(facts, list) else facts


def _erase_ratings(keys, person, words, with_messages):
    changed = []
    for rating in Rating.objects.filter(ticket__in=keys).exclude(words=""):
        is_own = with_messages and rating.rated_by_id == person.pk
        text = "" if is_own else words.sub(GONE, rating.words)
        if text != rating.words:
            rating.words = text
            changed.append(rating)
    Rating.objects.bulk_update(changed, ["words"])
    return {each.ticket_id for each in changed}


def _erase_alerts(keys, words):
    """What faults are called. Their sources and fingerprints stay, by which they are known."""
    changed = []
    for alert in Alert.objects.of_tickets(keys).order_by("pk"):
        if (title := words.sub(GONE, alert.title)) != alert.title:
            alert.title = title[:200]
            changed.append(alert)
    Alert.objects.bulk_update(changed, ["title"])
    return {each.ticket_id for each in changed}


@in_transaction
def drop_pending_files(person):
    """Remove the uploads of a person that wait for a message."""
    waiting = Attachment.objects.pending_of(person)
    paths = [path for each in waiting for path in each.paths]
    waiting.delete()
    transaction.on_commit(lambda: uploads.remove_quietly(*paths))
