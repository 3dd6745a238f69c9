"""Files that are sent one by one while the form is still being filled in."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from organizations import services as people
from tests.factories import NOW, make_pending_file, make_ticket
from tests.pages import read
from tickets.models import Attachment

pytestmark = pytest.mark.django_db
URL = "/attachments/"


def send(client, name="server.log", content=b"one line\n"):
    return client.post(URL, {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_kept_and_named_as_it_will_be_shown(client_of, requester):
    response = send(client_of(requester), name="gpj.\u202eexe.log")

    file = Attachment.objects.get()
    assert response.status_code == 201
    assert response.json() == {"id": str(file.pk), "name": "gpj.exe.log", "size": "۹ بایت"}
    assert file.message is None
    assert file.uploaded_by == requester


def test_a_kept_file_goes_with_the_form_that_names_it(client_of, requester):
    client = client_of(requester)
    key = send(client).json()["id"]

    client.post(
        "/tickets/new/",
        {
            "title": "سرور",
            "category": "technical",
            "priority": "normal",
            "description": "قطع است.",
            "kept": key,
        },
    )

    assert Attachment.objects.get().message.body == "قطع است."
    assert client.get(URL).json() == {"files": []}


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.svg", b"<svg/>"), ("a.png", b"no picture"), ("a.txt", b""), ("a.txt", b"x" * 2000)],
)
def test_a_refused_file_has_a_sentence_and_is_not_kept(
    client_of, requester, settings, name, content
):
    settings.ATTACHMENT_MAX_BYTES = 1000

    response = send(client_of(requester), name, content)

    assert response.status_code == 422
    assert name in response.json()["error"]
    assert not Attachment.objects.exists()


def test_a_request_without_a_file_is_refused_with_a_sentence(client_of, requester):
    response = client_of(requester).post(URL, {"file": "text"})

    assert response.status_code == 422
    assert response.json()["error"]


def test_more_than_wait_at_once_are_refused(client_of, requester, settings):
    settings.PENDING_UPLOADS_PER_PERSON = 1
    client = client_of(requester)
    send(client)

    assert send(client).status_code == 422
    assert Attachment.objects.count() == 1


def test_more_than_an_hour_allows_are_refused(client_of, requester, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"upload": "2/h/user"}
    client = client_of(requester)

    answers = [send(client).status_code for _ in range(3)]

    assert answers == [201, 201, 429]


def test_somebody_without_an_organization_that_writes_sends_no_files(
    client_of, requester, organization, admin
):
    people.suspend(organization, actor=admin, now=NOW)

    response = send(client_of(requester))

    assert response.status_code == 403
    assert not Attachment.objects.exists()


def test_one_whose_session_ended_gets_an_explanation(client):
    assert send(client).status_code == 403


def test_only_ones_own_waiting_files_are_listed_and_removed(client_of, requester, colleague):
    mine, theirs = make_pending_file(requester), make_pending_file(colleague)
    sent = make_pending_file(requester)
    make_ticket(requester, files=[sent])
    client = client_of(requester)

    listed = client.get(URL).json()["files"]
    answers = [
        client.post(f"{URL}{key}/remove/").status_code
        for key in (mine.pk, theirs.pk, sent.pk, uuid.uuid4())
    ]

    assert [file["id"] for file in listed] == [str(mine.pk)]
    assert answers == [204] * 4
    assert set(Attachment.objects.values_list("pk", flat=True)) == {theirs.pk, sent.pk}


def test_files_of_a_form_that_was_left_give_way(requester, settings):
    settings.PENDING_UPLOADS_PER_PERSON = 2
    old = make_pending_file(requester, now=NOW - timedelta(minutes=61))
    fresh = make_pending_file(requester, now=NOW - timedelta(minutes=59))

    sent = make_pending_file(requester, now=NOW)

    assert set(Attachment.objects.all()) == {fresh, sent}
    assert old not in Attachment.objects.all()


@pytest.mark.parametrize("name", ["گزارش‌های‌ماه.txt", "نامه‌ای.log"])
def test_a_file_keeps_the_half_spaces_of_its_name(client_of, requester, name):
    response = send(client_of(requester), name, b"text")

    assert response.status_code == 201
    assert Attachment.objects.get().name == name


def test_a_name_of_invisible_letters_alone_is_none(client_of, requester):
    send(client_of(requester), "ㅤ⠀ᅟ.txt", b"text")

    assert Attachment.objects.get().name == "txt"


def test_a_form_whose_file_is_gone_is_not_sent_without_it(client_of, requester):
    ticket = make_ticket(requester)
    client, path = client_of(requester), f"{ticket.get_absolute_url()}reply/"
    stays, goes = send(client, "stays.log").json()["id"], send(client, "goes.log").json()["id"]
    form = {"body": "پیوست را ببینید.", "form_key": str(uuid.uuid4())}
    client.post(f"{URL}{goes}/remove/")

    refused = client.post(path, form | {"kept": [stays, goes]})
    sent = [client.post(path, form | {"kept": [stays]}) for _press in range(2)]

    page = read(refused)
    assert refused.status_code == 422
    assert page.errors()["attachments"]
    assert [each["value"] for each in page.all("input[name=kept]")] == [stays]
    assert [each.status_code for each in sent] == [302, 302]
    assert ticket.messages.latest("pk").attachments.get().name == "stays.log"
