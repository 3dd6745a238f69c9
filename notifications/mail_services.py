"""E-mails of no ticket: about an account, a closure, a leaver's tickets, and to the admins."""

from collections import defaultdict
from datetime import timedelta
from functools import partial

from django.utils import timezone

from organizations.models import User
from plans import services as plan_services
from plans.models import Calendar
from tickets.models import Ticket

from . import letters, outbox
from .audience import followers
from .channels.email.channel import channel as email
from .channels.email.rendering import letter
from .models import AccountMail, Outbox, Preference
from .publishing import publish_on_commit
from .services import DELIVER_ACCOUNT_MAIL
from .topics import Topic

KEPT = timedelta(days=30)


def deliver_account_mail(pk, *, now=None):
    """Send one mail of no ticket; its text is blanked when it is sent or given up."""
    now = now or timezone.now()
    row = outbox.claim(AccountMail.objects.all(), pk, now=now, give_up=outbox.fail)
    if row is not None:
        send = partial(email.send, letter(letters.of_account_mail(row)), row.recipient)
        outbox.attempt(row, send, now=now, give_up=outbox.fail)


def send_account_mail(mail, *, is_wanted=True):
    """Keep an unsaved AccountMail and hand it over after commit.

    An unwanted one takes the same way and the same time, and is not sent: an answer must not tell
    whether an address has an account. One whose `once_key` is known already is dropped.
    """
    if not is_wanted:
        mail.state, mail.body = Outbox.State.SKIPPED, ""
    if mail.once_key:
        # The database does not return whether it was new; the sweep sends it within a minute.
        AccountMail.objects.bulk_create([mail], ignore_conflicts=True)
        return
    mail.save(force_insert=True)
    publish_on_commit(DELIVER_ACCOUNT_MAIL, [mail.pk])


def notify_of_departure(organization, leaver, *, actor, now):
    """Mail those who are notified of a leaver's open tickets from now on; returns how many mails.

    These are the watchers, else the owners (domain.md); not who did it themselves.
    """
    tickets = Ticket.objects.of_organization(organization).requested_by(leaver).open()
    theirs = defaultdict(list)
    for ticket, people in followers(list(tickets.order_by("pk"))).items():
        for person in people:
            theirs[person].append(ticket)
    recipients = User.objects.active().filter(pk__in=theirs).exclude(pk=actor and actor.pk)
    reached = _reached(recipients)
    for person in reached:
        mail = letters.departure(person, leaver, organization, theirs[person.pk])
        mail.created_at = mail.next_try_at = now
        send_account_mail(mail)
    return len(reached)


def _reached(people):
    """Those of the people who have an address that works, and want to hear how tickets go on."""
    unwanted = Preference.objects.unwanted().of_topic(Topic.PROGRESS, email.name)
    wanting = people.exclude(pk__in=unwanted.values("user"))
    return [person for person in wanting if email.address_of(person)]


def warn_of_bare_calendars(*, now=None):
    """Mail the admins, at most once a week, of calendars without a holiday in the coming 90 days.

    Returns how many calendars there are.
    """
    now = now or timezone.now()
    calendars = list(Calendar.objects.without_coming_holidays(now))
    year, week, _day = now.isocalendar()
    for calendar in calendars:
        for person in User.objects.admins():
            mail = letters.calendar_warning(calendar, person)
            mail.once_key = f"calendar {calendar.pk} {year}-W{week:02} {person.pk}"
            mail.created_at = mail.next_try_at = now
            send_account_mail(mail)
    return len(calendars)


def propose_holidays(*, now=None):
    """Near the end of a Persian year propose the next one's holidays, and mail the admins once.

    Returns how many proposals wait for an admin.
    """
    now = now or timezone.now()
    proposals = plan_services.propose_holidays(now=now)
    for proposal in proposals:
        for person in User.objects.admins():
            mail = letters.holiday_proposal(proposal, person)
            mail.once_key = f"holidays {proposal.calendar_id} {proposal.year} {person.pk}"
            mail.created_at = mail.next_try_at = now
            send_account_mail(mail)
    return len(proposals)


def notify_of_closure(recalculation, *, now):
    """Mail once, in the transaction that ends the recalculation, whom a closure concerns and who
    wants to hear of it."""
    for person in _reached(recalculation.concerned.active()):
        mail = letters.closure(recalculation, person)
        mail.once_key = f"closure {recalculation.pk} {person.pk}"
        mail.created_at = mail.next_try_at = now
        send_account_mail(mail)


def forget_account_mail(*, now=None):
    """Delete settled account mail after a while: it holds addresses of strangers too."""
    now = now or timezone.now()
    deleted, _by_model = AccountMail.objects.finished_before(now - KEPT).delete()
    return deleted
