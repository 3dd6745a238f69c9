"""How people are notified of one kind of event: whom it concerns, its topic and its text."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.models import StaffRole
from tickets.event_types import Kind

from .following import followed, followed_in_brief


class Topic(models.TextChoices):
    """What a person chooses by; the first four are for customers, the others for staff."""

    REPLIES = "replies", _("Replies")
    PROGRESS = "progress", _("Progress")
    REMINDERS = "reminders", _("Reminders")
    RECEIPTS = "receipts", _("Receipts")
    NEW_TICKETS = "new", _("New tickets")
    CUSTOMERS = "customers", _("What customers do")
    HANDOVERS = "handovers", _("Assignment")
    DUE_SOON = "due_soon", _("Due soon")
    MENTIONS = "mentions", _("Mentions")
    SNOOZED = "snoozed", _("Snoozed tickets")
    FOLLOWED = "followed", _("Followed tickets")


# --- Of which events ------------------------------------------------------------------------------


def always(event):
    return True


def never(event):
    return False


def when_status_changes(event):
    return "status" in event.changes


def is_handed_on(event):
    """Whether somebody else than its actor becomes or was the assignee."""
    return bool(set(event.changes.get("assignee", ())) - {None, event.actor_id})


# --- Which of the helpdesk's own people; `roles` are those of all who are active, by id -----------

ABOVE_AGENTS = {StaffRole.SUPERVISOR, StaffRole.ADMIN}


class Roles(dict):
    """The roles of the helpdesk's active people by id; `away` are those who are not on duty,
    `teams` the members of the team of each ticket, by the ticket's id."""

    def __init__(self):
        super().__init__()
        self.away, self.teams = set(), defaultdict(set)


def nobody(event, roles):
    return set()


def the_assignee(event, roles):
    return {event.ticket.assignee_id}


def old_and_new_assignee(event, roles):
    return set(event.changes.get("assignee", ()))


def the_mentioned(event, roles):
    """The agents whom a note names."""
    return set(event.changes.get("mentioned", ()))


def the_assignee_or_all(event, roles):
    """All while nobody, or nobody who is active, has the ticket."""
    assignee = event.ticket.assignee_id
    return {assignee} if assignee in roles else set(roles)


def the_assignee_or_on_duty(event, roles):
    """Those of the ticket's team who are on duty while nobody has the ticket, without a team, or of
    one without members, the agents on duty; where none is, the supervisors.

    A helpdesk without supervisors alerts its agents though they are away.
    """
    if event.ticket.assignee_id in roles:
        return {event.ticket.assignee_id}
    agents = the_team(event, roles) or {user for user in roles if roles[user] == StaffRole.AGENT}
    return (agents - roles.away) or supervisors(event, roles) or agents


def the_team_on_duty(event, roles):
    """Those of the ticket's team who are on duty, else the supervisors; without a team nobody."""
    team = the_team(event, roles)
    return team and ((team - roles.away) or supervisors(event, roles))


def the_team(event, roles):
    """The active members of the ticket's team, whatever their role."""
    return roles.teams.get(event.ticket_id, set()) & roles.keys()


def supervisors(event, roles):
    return {user for user in roles if roles[user] in ABOVE_AGENTS}


def supervisors_too(event, roles):
    return the_assignee_or_all(event, roles) | supervisors(event, roles)


# --- The declaration ------------------------------------------------------------------------------


def _is_current(notification, now):
    return ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """How people are notified of one kind of event. Nobody is, unless this names them.

    `text` makes the subject and the paragraphs from the facts of `notifications.letters`: texts
    in which `%(title)s` and so on stand for facts; what is empty is left out.
    """

    kind: str
    text: Callable = lambda facts: []
    # The sentence of the bell, which stands under the ticket's number and title; without one it is
    # the first paragraph of the text.
    brief: Callable | None = None
    # Whether the requester and the watchers are notified, and by which topic they choose it; None
    # for what is sent whatever they chose.
    to_customers: Callable = never
    topic: Topic | None = Topic.PROGRESS
    # The topic of the receipt for a customer who did it themselves; None where there is none.
    receipt_topic: Topic | None = None
    # The fact of the event that names the only watchers who are notified, not the requester.
    only_watchers_in: str = ""
    # Whether of the customers only the owners of the organization are notified.
    only_owners: bool = False
    # Customers are notified of what their history shows; a reminder alone is not in it.
    is_reminder: bool = False
    # Customers read the name of an agent who did it; else only that of one who wrote a message.
    is_signed: bool = False
    # Which of the helpdesk's own people, of which events; without a topic whatever they chose.
    to_staff: Callable = nobody
    staff_when: Callable = always
    # Whether the ticket's team is among them while nobody has the ticket.
    is_for_team: bool = False
    staff_topic: Topic | None = None
    # Whether the periodic work finds it, many at a time: what one run found for one person is one
    # message.
    is_found_by_run: bool = False
    # Whether those of one bulk run are one message for one person: they tell whose tickets are, not
    # what somebody wrote.
    is_bundled_in_bulk: bool = False
    # Of which notifications quiet hours and digests hold back none.
    is_pressing: Callable = never
    # What the button that leads to the ticket is called.
    button: str = _("Open the ticket")
    # Why a notification is no news any more at the moment of sending, as a code, or "".
    outdated: Callable = _is_current
    # After which events alerts about the ticket may be untrue; those are then read on all bells.
    ends_alerts: Callable = always

    @property
    def is_alert(self):
        """Whether it is news only for a while."""
        return self.outdated is not _is_current

    @property
    def is_summed_up(self):
        """Whether of many that a run finds only the first have a row each: alerts to staff, whose
        list of tickets is the queue."""
        return self.is_found_by_run and self.is_alert and self.to_customers is never

    @property
    def is_silent(self):
        """Whether nobody is ever notified."""
        return self.to_customers is never and self.to_staff is nobody

    def is_for_customers(self, event):
        """Whether the requester and the watchers are notified; never of what is internal."""
        return (event.is_public or self.is_reminder) and self.to_customers(event)

    def tells_followers(self, event):
        """Whether agents who follow the ticket are notified: of messages, the status and breaches.
        What is for a team names another audience than theirs."""
        if self.is_for_team:
            return False
        happened = event.message_id is not None or "status" in event.changes
        return happened or self.kind == Kind.BREACHED

    def is_to_follower(self, event, person):
        """Whether this agent is notified because they follow the ticket, and for nothing else."""
        if not (person.staff_role and self.tells_followers(event)):
            return False
        roles, assignee = Roles(), event.ticket.assignee_id
        roles |= {} if assignee is None else {assignee: StaffRole.AGENT}
        roles[person.pk] = person.staff_role
        return not (self.is_for_staff(event) and person.pk in self.to_staff(event, roles))

    def is_for_staff(self, event):
        """Whether it may concern somebody of the helpdesk's own people."""
        return self.to_staff is not nobody and self.staff_when(event)

    def topic_for(self, event, person):
        """The topic that it is of for a person; None for what is sent whatever they chose."""
        if self.is_to_follower(event, person):
            return Topic.FOLLOWED
        if person.staff_role:
            return self.staff_topic
        is_receipt = self.receipt_topic and event.actor_id == person.pk
        return self.receipt_topic if is_receipt else self.topic

    def sentence(self, facts):
        """What happened, in the present language."""
        if facts["is_follower"]:
            return str(followed_in_brief(facts)) % facts
        if self.brief is not None:
            return str(self.brief(facts)) % facts
        _subject, *paragraphs = [str(text) % facts for text in self.text(facts) if text]
        return paragraphs[0] if paragraphs else ""

    def letter(self, facts):
        """The subject and the paragraphs, in the active language."""
        if facts["is_follower"]:
            return [str(text) % facts for text in followed(facts)]
        return [(str(text) % facts).strip() for text in self.text(facts) if text]
