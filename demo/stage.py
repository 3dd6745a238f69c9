"""Plays the stories through the services, in the order of time, as if each had just happened."""

from datetime import timedelta
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile

from plans.promises import current_promise
from tickets import services
from tickets.models import Ticket

from . import files, story, tags
from .timing import instants

MINUTE = timedelta(minutes=1)


class Stage:
    """People and organizations by key, tags by words, the tickets so far, and the time of the
    play."""

    def __init__(self, people, organizations, vocabulary=None):
        self.people, self.organizations = people, organizations
        self.vocabulary = vocabulary or {}
        self.tickets = {}
        # By ticket: the minutes ahead at which the periodic work will find something.
        self.ahead = {}

    def play(self, programme, *, now):
        """Play `programme`, pairs of an organization's key and a story, and end at `now`."""
        scenes = sorted(self._scenes(programme, now), key=lambda scene: scene[:2])
        for at, _order, key, organization, tale, act in scenes:
            self.let_time_pass(at)
            if act is None:
                ticket = self._open(organization, tale, now=at)
            elif isinstance(act, story.Aside):
                self._aside(self.tickets[key], act, now=at)
                continue
            else:
                ticket = self._act(self.tickets[key], act, now=at)
            self.tickets[key] = ticket
            self.ahead[ticket.pk] = _minutes_ahead(ticket, at)
        self.let_time_pass(now)

    def _scenes(self, programme, now):
        order = count()
        promises = {key: current_promise(each.plan) for key, each in self.organizations.items()}
        for key, (organization, tale) in enumerate(programme):
            times = instants(tale, promise=promises[organization], now=now)
            for at, act in zip(times, [None, *tale.acts], strict=True):
                yield at, next(order), key, organization, tale, act

    def let_time_pass(self, until):
        """Run the periodic work at each full minute up to `until` at which it finds something."""
        while (at := self._next_work()) and at <= until:
            services.close_due(at)
            services.remind_of_close(at)
            services.scan_clocks(at)
            for minutes in self.ahead.values():
                minutes.discard(at)

    def _next_work(self):
        return min((each for minutes in self.ahead.values() for each in minutes), default=None)

    def _open(self, organization, tale, *, now):
        requester = self.people[tale.who]
        opener = self.people[tale.filed_by or tale.who]
        draft = services.Draft(
            title=tale.title,
            description=story.prose(tale.text),
            category=tale.category,
            priority=tale.priority,
            files=self._files(opener, tale.files, now),
        )
        ticket = services.open_ticket(
            requester=requester,
            opened_by=opener,
            organization=self.organizations[organization],
            draft=draft,
            now=now,
        )
        if not self.vocabulary:
            return ticket
        return tags.put_on(ticket, self.vocabulary, actor=self.people["maryam"], now=now)

    def _aside(self, ticket, act, *, now):
        by = {"actor": self.people[act.who], "now": now}
        if isinstance(act, story.Rates):
            verdict = services.Verdict(act.is_solved, act.score, story.prose(act.text))
            services.rate(ticket, verdict=verdict, **by)
        else:
            people = [self.people[key].pk for key in act.people]
            services.add_watchers(ticket, people=people, **by)

    def _act(self, ticket, act, *, now):
        actor = self.people[act.who]
        content = services.NewMessage(
            story.prose(act.text), files=self._files(actor, act.files, now)
        )
        by = {"actor": actor, "now": now}
        match act:
            case story.Answers():
                ticket = services.reply_as_agent(ticket, content=content, then=act.then, **by)
            case story.Thanks():
                ticket = services.reply_as_customer(ticket, content=content, intent="thanks", **by)
            case story.Says():
                ticket = services.reply_as_customer(ticket, content=content, intent="problem", **by)
            case story.Notes():
                ticket = services.add_note(ticket, content=content, **by)
            case story.TakesOver():
                present = Ticket.objects.get(pk=ticket.pk).assignee
                ticket = services.accept(ticket, take_over_from=present, **by)
            case story.Assigns():
                ticket = services.assign(ticket, to=self.people[act.to], **by)
            case story.Prioritizes():
                ticket = services.change_priority(ticket, priority=act.to, reason=act.text, **by)
            case story.Categorizes():
                ticket = services.change_category(ticket, category=act.to, **by)
            case story.Holds():
                ticket = services.hold_auto_close(ticket, reason=act.text, **by)
            case _:
                ticket = SIMPLE[type(act)](ticket, **by)
        return ticket

    def _files(self, owner, names, now):
        return tuple(
            services.store_upload(owner, SimpleUploadedFile(name, files.content(name)), now=now)
            for name in names
        )


SIMPLE = {
    story.Accepts: services.accept,
    story.Releases: services.release,
    story.Resumes: services.resume,
    story.Closes: services.close_by_customer,
    story.Reopens: services.reopen,
}


def _minutes_ahead(ticket, now):
    """When the automatic close, its reminder and the scan will want this ticket: beat comes by
    once a minute."""
    instants_ahead = {ticket.auto_close_at, ticket.auto_close_remind_at}
    for clock in ticket.clocks.running():
        instants_ahead |= {clock.due_at, clock.due_soon_at}
    minutes = {_full_minute(each) for each in instants_ahead - {None}}
    return {each for each in minutes if each > now}


def _full_minute(at):
    """`at`, or the next full minute."""
    return at + (-timedelta(seconds=at.second, microseconds=at.microsecond)) % MINUTE
