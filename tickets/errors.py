"""What the domain refuses, each with a sentence for the person who asked."""


class TicketError(Exception):
    """Refused by the rules; `sentence` is shown to the person unchanged."""

    code = "refused"

    def __init__(self, sentence, *, code=None):
        super().__init__(sentence)
        self.sentence = sentence
        if code:
            self.code = code


class TicketClosed(TicketError):
    """The ticket closed before the message came; the text is kept and a reopening is offered."""

    code = "closed"


class ClosedForLong(TicketError):
    """The ticket can no longer be reopened; the text is kept and a follow-up ticket is offered."""

    code = "closed_for_long"


class TicketTaken(TicketError):
    """Somebody else has accepted the ticket; `assignee` says who."""

    code = "taken"

    def __init__(self, sentence, *, assignee):
        super().__init__(sentence)
        self.assignee = assignee


class StaleTicket(TicketError):
    """The ticket changed since the person saw it, in a way that they should know of first. Of
    other rows too: `row` is then what was found under lock, which a second look may not find."""

    code = "stale"

    def __init__(self, sentence, *, row=None):
        super().__init__(sentence)
        self.row = row


class AlreadySent(TicketError):
    """The same form sent something else before; `message` is what it sent then."""

    code = "already_sent"

    def __init__(self, sentence, *, message):
        super().__init__(sentence)
        self.message = message


class TooMany(TicketError):
    """More than one person may send in an hour."""

    code = "too_many"


class TicketMerged(TicketError):
    """The ticket was merged into another one; `target_id` says into which."""

    code = "merged"

    def __init__(self, sentence, *, target_id):
        super().__init__(sentence)
        self.target_id = target_id


class ShowsToOthers(TicketError):
    """People would see what they do not see now; `people`, their ids, are named by the sentence."""

    code = "shown_to"

    def __init__(self, sentence, *, people):
        super().__init__(sentence)
        self.people = people
