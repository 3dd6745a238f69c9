"""Which tickets an agent selected in the queue: rows, or the whole view."""

import re

from django.http import QueryDict
from django.urls import reverse

from tickets import services
from tickets.lists.filters import Reader
from tickets.models import BulkItem, Ticket
from tickets.search.ticket_numbers import typed_number
from tickets.workspace.query import QueueQuery

# What a page of the queue showed: "549-12" is ticket 549 in its version 12.
_SEEN = re.compile(r"([1-9][0-9]{0,17})-([0-9]{1,9})(?![0-9])", re.ASCII)


def seen_of(tickets):
    """The versions of the rows of a page, for the form that selects among them."""
    return " ".join(f"{ticket.id}-{ticket.version}" for ticket in tickets)


def read_selection(posted):
    """The Selection of a form, and the query string of the page of the queue to get back to.

    What is no number is ignored: it names no ticket.
    """
    page = QueueQuery.page_query(QueryDict(posted.get("list", "")))
    if posted.get("whole"):
        return services.Selection(query=QueueQuery.from_address(page).query), page
    typed = [part for text in posted.getlist("ticket") for part in text.split(",")]
    numbers = (typed_number(part) for part in typed)
    numbers = tuple(dict.fromkeys(number for number in numbers if number is not None))
    seen = {int(key): int(version) for key, version in _SEEN.findall(posted.get("seen", ""))}
    return services.Selection(numbers, page, seen), page


def selection_of(run):
    """The Selection of what a finished run left as it was."""
    left = BulkItem.objects.of_run(run).left_as_they_are()
    return services.Selection(tuple(left.values_list("ticket_id", flat=True)), run.list_query)


def tickets_for(selection, agent, *, now):
    """What the agent sees of the tickets from which is selected, in the order of the list."""
    everything = Ticket.objects.visible_to(agent)
    if not selection.is_whole_view:
        return everything.in_queue_order()
    wanted = QueueQuery.from_address(selection.query)
    found = wanted.apply(everything, Reader(agent, now))
    return wanted.sorted(found)


def page_url(page):
    """The address of a page of the queue by its query string."""
    return reverse("queue:list") + (f"?{page}" if page else "")
