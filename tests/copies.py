"""Many rows for tests of lists: copies of a ticket that the services made, which take a moment."""

from tickets.models import Clock, Event, Message, Ticket


def copies_of(ticket, count, *, vary=lambda number: {}):
    """`count` tickets like `ticket`, with messages, clocks and events of their own.

    `vary` gives the columns in which the copy of a number differs.
    """
    tickets = Ticket.objects.bulk_create(copy_of(ticket, **vary(number)) for number in range(count))
    messages = {
        (old.pk, new.ticket_id): new for old, new in copy_rows(Message, ticket, tickets, {})
    }
    for each in tickets:
        each.last_public_message = messages.get((ticket.last_public_message_id, each.pk))
    Ticket.objects.bulk_update(tickets, ["last_public_message"])
    copy_rows(Clock, ticket, tickets, {"answer": messages})
    copy_rows(Event, ticket, tickets, {"message": messages})
    return tickets


def copy_rows(model, ticket, tickets, references):
    """[(row, its copy)] of the rows of `ticket` for each of `tickets`."""
    pairs = []
    for each in tickets:
        for row in model.objects.filter(ticket=ticket).order_by("pk"):
            own = {
                name: rows.get((getattr(row, f"{name}_id"), each.pk))
                for name, rows in references.items()
            }
            pairs.append((row, copy_of(row, ticket=each, **own)))
    model.objects.bulk_create(new for _old, new in pairs)
    return pairs


def copy_of(row, **changes):
    """An unsaved copy of a row, which differs in `changes`."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del values[row._meta.pk.attname]
    copied = type(row)(**values)
    for name, value in changes.items():
        setattr(copied, name, value)
    return copied
