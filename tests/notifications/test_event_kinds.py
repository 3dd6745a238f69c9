"""A kind of event is declared in two places: its EventType, and its Notice. All else follows."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation

from notifications import notices
from notifications.models import Notification
from notifications.notices import NOTICES, Notice, Topic
from notifications.notices.declaration import always, the_assignee
from tests.factories import NOW
from tests.test_look import SYMBOLS
from tickets import event_types, events, services
from tickets.conversation.entries import conversation
from tickets.event_types import TYPES, EventType, ShownTo
from tickets.models import Event

SOON = NOW + timedelta(minutes=5)
MODULES = [
    *(event_types.changes, event_types.clocks, event_types.closing),
    *(event_types.conversation, event_types.merging, event_types.snoozing, event_types.work),
    *(event_types.moving, notices.moving),
    *(notices.changes, notices.clocks, notices.closing, notices.conversation),
    *(notices.merging, notices.snoozing, notices.work),
]


@pytest.fixture
def plant(monkeypatch):
    """Declare a kind that the product does not have, in its two places."""

    def declare(shown_to, **notice):
        planted = EventType(
            "escalated",
            "Escalated",
            shown_to,
            symbol="alert",
            agents_read="%(name)s escalated the ticket",
            customers_read="The ticket is with our engineers",
        )
        text = {"text": lambda facts: ["Escalated: %(title)s", "Engineers read %(number)s."]}
        monkeypatch.setitem(TYPES, planted.kind, planted)
        monkeypatch.setitem(NOTICES, planted.kind, Notice(kind="escalated", **text | notice))

    return declare


@pytest.fixture
def happen(ticket, agent):
    """Let the planted event happen to the accepted ticket; returns the event."""
    accepted = services.accept(ticket, actor=agent, now=NOW)
    Notification.objects.all().delete()

    def record(actor):
        [event] = events.record(events.prepare(accepted, "escalated", actor=actor, now=SOON))
        return event

    return record


def history(ticket, viewer):
    return [(entry.symbol, entry.text) for entry in conversation(ticket, viewer, now=SOON)]


# --- A planted kind -------------------------------------------------------------------------------


def test_a_new_kind_is_in_the_history_of_both_and_in_a_mail(
    plant, happen, ticket, agent, requester, deliver_all
):
    plant(ShownTo.EVERYONE, to_customers=always, topic=Topic.PROGRESS)
    happen(agent)

    deliver_all(SOON)

    assert ("alert", f"{agent.name} escalated the ticket") in history(ticket, agent)
    assert ("alert", "The ticket is with our engineers") in history(ticket, requester)
    assert mail.outbox[0].recipients() == [requester.email]
    assert f"Escalated: {ticket.title}" in mail.outbox[0].subject
    assert f"Engineers read {ticket.number}." in mail.outbox[0].body


def test_a_new_kind_is_among_the_choices_and_has_its_label(plant, happen, agent):
    plant(ShownTo.EVERYONE)

    event = happen(agent)

    assert ("escalated", "Escalated") in Event._meta.get_field("kind").flatchoices
    assert event.get_kind_display() == "Escalated"


def test_an_internal_kind_reaches_no_customer_though_its_notice_names_them(
    plant, happen, ticket, agent, requester, deliver_all
):
    plant(ShownTo.AGENTS, to_customers=always, to_staff=the_assignee)
    event = happen(actor=None)

    deliver_all(SOON)

    assert not event.is_public
    assert [text for _symbol, text in history(ticket, requester) if "engineers" in text] == []
    assert [message.to for message in mail.outbox] == [[agent.email]]


def test_a_mail_of_a_kind_that_became_internal_is_not_sent_any_more(
    plant, happen, agent, requester, deliver_all
):
    plant(ShownTo.EVERYONE, to_customers=always)
    happen(agent)
    plant(ShownTo.AGENTS)

    deliver_all(SOON)

    assert Notification.objects.by_external().get(recipient=requester).state == "skipped"
    assert mail.outbox == []


def test_an_internal_line_stays_internal_though_its_row_says_otherwise(
    plant, happen, ticket, agent, requester
):
    plant(ShownTo.EVERYONE)
    happen(agent)
    plant(ShownTo.AGENTS)

    assert [text for _symbol, text in history(ticket, requester) if "engineers" in text] == []


def test_an_internal_kind_that_changes_the_status_is_refused(plant, ticket, agent):
    plant(ShownTo.AGENTS)
    moved = {"status": ["awaiting_response", "in_progress"]}

    with pytest.raises(ValueError, match="for agents alone"):
        events.prepare(ticket, "escalated", actor=agent, now=SOON, **moved)


def test_a_kind_by_content_is_public_with_a_status_and_internal_without(plant, ticket, agent):
    plant(ShownTo.BY_CONTENT)
    moved = {"status": ["awaiting_response", "in_progress"]}

    assert events.prepare(ticket, "escalated", actor=agent, now=SOON, **moved).is_public
    assert not events.prepare(ticket, "escalated", actor=agent, now=SOON).is_public


def test_a_stored_kind_that_is_declared_no_more_breaks_no_page(
    plant, happen, ticket, agent, requester, monkeypatch
):
    plant(ShownTo.EVERYONE)
    happen(agent)
    monkeypatch.delitem(TYPES, "escalated")
    monkeypatch.delitem(NOTICES, "escalated")

    assert ("alert", "The ticket is with our engineers") not in history(ticket, requester)
    assert history(ticket, agent)


# --- The declared kinds ---------------------------------------------------------------------------


def test_every_kind_is_declared_in_both_places():
    assert set(TYPES) == set(NOTICES) == set(Event.Kind.values)


def test_no_kind_is_declared_twice():
    for declared in (EventType, Notice):
        kinds = [
            each.kind
            for module in MODULES
            for each in vars(module).values()
            if isinstance(each, declared)
        ]

        assert len(kinds) == len(set(kinds)) == len(TYPES)


def test_every_kind_has_a_symbol_of_the_sprite_and_fits_its_column():
    assert {each.symbol for each in TYPES.values()} - SYMBOLS == set()
    assert max(map(len, TYPES)) <= Event._meta.get_field("kind").max_length


@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_label_is_translated(language):
    with translation.override(language):
        labels = [str(each.label) for each in TYPES.values()]

    assert all(label.isascii() == (language == "en") for label in labels)


def test_the_choices_of_a_kind_are_no_matter_of_the_schema():
    _name, path, _args, options = Event._meta.get_field("kind").deconstruct()

    assert (path, options) == ("django.db.models.CharField", {"max_length": 30})
