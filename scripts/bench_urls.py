"""The floor of `make bench`: what a page of Django costs that does next to nothing.

One query by an index, 25 rows, one template without includes; session, user and all middleware as
for every page of the product.
"""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from helpdesk.urls import urlpatterns as product
from tickets.models import Ticket

ROWS = 25
TEMPLATE = engines["django"].from_string(
    """<!doctype html>
<html lang="{{ LANGUAGE_CODE }}"><head><meta charset="utf-8"><title>Floor</title></head>
<body><p>{{ user }}</p>
<table>
{% for ticket in tickets %}<tr>
<td><a href="{{ ticket.get_absolute_url }}">{{ ticket.number }}</a></td><td>{{ ticket.title }}</td>
<td>{{ ticket.get_status_display }}</td><td>{{ ticket.get_priority_display }}</td>
<td>{{ ticket.created_at }}</td>
</tr>{% endfor %}
</table></body></html>"""
)


def floor(request):
    tickets = Ticket.objects.order_by("-pk")[:ROWS]
    context = {"user": request.user, "tickets": tickets}
    return HttpResponse(TEMPLATE.render(context, request))


urlpatterns = [path("floor/", floor), *product]
