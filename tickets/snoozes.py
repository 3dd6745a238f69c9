"""Which tickets agents may put away; for the pages and the service alike."""


def is_overdue(ticket, now):
    return ticket.due_at is not None and ticket.due_at <= now


def may_be_snoozed(ticket, now):
    """Whether it is ours to handle and in the queue; nothing hides a promise that was broken."""
    return ticket.is_ours and not ticket.is_snoozed and not is_overdue(ticket, now)
