"""The composer renders its fields in its own templates, for speed, as Django's widgets would."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from pytest_django.asserts import assertInHTML

from tests.factories import make_ticket
from tickets.workspace.forms import AgentReplyForm, NoteForm


def form_as_first_shown(ticket, agent):
    return AgentReplyForm.empty(ticket, agent)


def note_with_a_prefix_of_ids(ticket, agent):
    return NoteForm(user=agent, auto_id="note-%s")


def form_without_text(ticket, agent):
    return AgentReplyForm(QueryDict("body=&seen_message=1234567&seen_assignee="), user=agent)


def form_with_a_refused_file(ticket, agent):
    files = MultiValueDict({"attachments": [SimpleUploadedFile("tool.exe", b"MZ\0\1")]})
    return NoteForm(QueryDict("body=%0A<b>&form_key=<i>"), files, user=agent)


@pytest.mark.parametrize(
    "make_form",
    [
        form_as_first_shown,
        note_with_a_prefix_of_ids,
        form_without_text,
        form_with_a_refused_file,
    ],
)
def test_the_fields_of_the_composer_are_as_django_renders_them(requester, agent, make_form):
    """With the focus in what was refused."""
    form = make_form(make_ticket(requester), agent)

    html = render_to_string(
        "components/_composer_form.html", {"form": form, "mode": "note", "action": "/queue/KT-1/"}
    )

    fields = [*form.hidden_fields(), form["body"], form["attachments"]]
    assert len(fields) > 2
    for field in fields:
        refused = {"autofocus": True} if field.errors else {}
        assertInHTML(field.as_widget(attrs=refused), html, count=1)
        assert str(field.errors) in html
