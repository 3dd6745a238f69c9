"""The agent's pages: the queue and the page of one ticket."""

from django.http import HttpResponse

from tickets.access import staff_only


@staff_only
def _empty(request, number=None):
    return HttpResponse("")


queue_list = new = detail = _empty
accept = release = assign = reply = note = resume = _empty
close = reopen = hold = priority = category = _empty
