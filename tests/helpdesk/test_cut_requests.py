"""A form that is cut off on the way takes no effect: no message goes without the file behind it."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from tickets.models import Attachment, Message

pytestmark = pytest.mark.django_db


def post_part(person, ticket, share):
    """Send a reply with a file, of which only a share arrives."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    client.get(ticket.get_absolute_url())
    form = {
        "csrfmiddlewaretoken": client.cookies["csrftoken"].value,
        "body": "دیسک پر است.",
        "attachments": SimpleUploadedFile("disk.log", b"disk full\n" * 2000),
    }
    body = encode_multipart(BOUNDARY, form)
    environ = {
        "wsgi.input": BytesIO(body[: int(len(body) * share)]),
        "CONTENT_LENGTH": str(len(body)),
    }
    address = reverse("tickets:reply", args=[ticket])
    return client.generic("POST", address, b"-", content_type=MULTIPART_CONTENT, **environ)


@pytest.mark.parametrize("share", [0, 0.02, 0.5, 0.99])
def test_a_reply_whose_file_was_cut_off_is_not_sent_without_it(requester, ticket, share):
    before = Message.objects.count()

    response = post_part(requester, ticket, share)

    assert response.status_code == 403
    assert (Message.objects.count(), Attachment.objects.count()) == (before, 0)


def test_a_reply_that_arrives_whole_is_sent_with_its_file(requester, ticket):
    response = post_part(requester, ticket, 1)

    assert response.status_code == 302
    assert Attachment.objects.get().message.body == "دیسک پر است."


def test_a_form_without_files_is_read_to_its_end(requester, client):
    form = f"login={requester.email}&password=a+long+road+to+Tabriz"

    response = client.post("/accounts/login/", form, "application/x-www-form-urlencoded")

    assert response.status_code == 302
