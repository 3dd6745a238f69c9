"""The floors of `make bench`: what a page and a form of Django cost that do next to nothing.

The page: one query by an index, 25 rows, one template without includes. The form: one ticket and
one message inserted in a transaction. Session, user and all middleware as for every page.
"""

from bench_api import floors
from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path
from django.utils import timezone

from helpdesk.urls import urlpatterns as product
from tickets.models import Message, Ticket

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


class FloorForm(forms.Form):
    title = forms.CharField(max_length=200)
    body = forms.CharField(max_length=20_000)
    organization = forms.IntegerField()


def floor_form(request):
    form = FloorForm(request.POST)
    if not form.is_valid():
        return HttpResponse(str(form.errors), status=422)
    insert(form.cleaned_data, request.user, timezone.now())
    return redirect("/floor/")


@transaction.atomic
def insert(data, user, now):
    ticket = Ticket.objects.create(
        organization_id=data["organization"],
        requester=user,
        opened_by=user,
        title=data["title"],
        title_folded=data["title"],
        category="technical",
        created_at=now,
        updated_at=now,
        public_updated_at=now,
        last_public_message_at=now,
        queue_band=2,
        queue_at=now,
    )
    Message.objects.create(
        ticket=ticket,
        author=user,
        kind="public",
        is_from_staff=False,
        body=data["body"],
        body_folded=data["body"],
        created_at=now,
    )
    return ticket


urlpatterns = [
    path("floor/", floor),
    path("floor/form/", floor_form),
    path("floor/api/", floors.urls),
    *product,
]
