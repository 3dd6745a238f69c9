"""A canned reply on one ticket: its text with the ticket's values, and what else it would do."""

from dataclasses import dataclass, field

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from organizations.models import Language
from tickets.canned.placeholders import PLACEHOLDERS, fill_in, keys_in
from tickets.canned.values import values_of
from tickets.models import CannedReply, Tag
from ui.wording import listed

from .further import Part, assignee_part, category_part, priority_part, tags_part

# So many are offered at a time; typing finds the others.
MOST_OFFERED = 20


@dataclass
class Offer:
    """A canned reply as the composer of one ticket offers it."""

    reply: CannedReply
    text: str
    parts: list[Part] = field(default_factory=list)
    # What the agent should know before sending, in sentences.
    warnings: list[str] = field(default_factory=list)

    @property
    def keys(self):
        """What a message written with it names, so that its use is counted."""
        return [self.reply.pk]

    @property
    def summary(self):
        """What else it does, in one line."""
        return listed(part.text for part in self.parts)


class Filling:
    """Fills canned replies with the values of `ticket` (by `with_people`) for its requester."""

    def __init__(self, ticket, agent, *, now):
        self.ticket, self.agent, self.now = ticket, agent, now
        self.language = ticket.requester.language
        self._values = {}

    def offer(self, reply):
        """The reply on this ticket."""
        body, language = reply.body_for(self.language)
        values = self._values_in(language)
        offer = Offer(reply, fill_in(body, values, language=language))
        if language != self.language:
            offer.warnings.append(_other_language(language))
        if gaps := [PLACEHOLDERS[key][1] for key in keys_in(body) if not values[key]]:
            text = _("This ticket has no value for: %(names)s. Complete the “…”.")
            offer.warnings.append(text % {"names": listed(gaps)})
        self._add_parts(offer)
        return offer

    @cached_property
    def _tags(self):
        """All tags that macros may name, by key; read where one does."""
        return {tag.pk: tag for tag in Tag.objects.known()}

    def _values_in(self, language):
        if language not in self._values:
            self._values[language] = values_of(self.ticket, self.agent, language, now=self.now)
        return self._values[language]

    def _add_parts(self, offer):
        """What the macro would change on this ticket, or why a part of it is left out."""
        reply, ticket = offer.reply, self.ticket
        found = [
            priority_part(ticket, reply.priority, reply.reason) if reply.priority else None,
            category_part(ticket, reply.new_category) if reply.new_category else None,
            assignee_part(ticket, reply.assignee, self.agent) if reply.assignee else None,
        ]
        found = [each for each in found if each is not None]
        if (found or reply.tag_ids) and ticket.is_closed:
            offer.warnings.append(_("The ticket is closed: only the text is inserted."))
            return
        if reply.tag_ids:
            tags, gone = tags_part(ticket, reply.tag_ids, self._tags)
            found += [*gone, tags] if tags else gone
        offer.parts = [each for each in found if isinstance(each, Part)]
        offer.warnings += [each for each in found if not isinstance(each, Part)]


def _other_language(language):
    if language == Language.FA:
        return _("In Persian: there is no English text, which the customer reads.")
    return _("In English: there is no Persian text, which the customer reads.")


def offers_for(ticket, agent, *, text="", now):
    """The canned replies that fit the ticket and the text, in one statement."""
    found = CannedReply.objects.usable_by(agent).found_by(text).fitting(ticket.category)
    filling = Filling(ticket, agent, now=now)
    return [filling.offer(reply) for reply in found.select_related("assignee")[:MOST_OFFERED]]
