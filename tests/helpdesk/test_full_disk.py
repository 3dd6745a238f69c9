"""A disk without room, wherever something is written: nobody loses what they typed, nobody sees a
broken page, and nothing that was half written is taken for whole."""

import errno
import os
import sqlite3
import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files import uploadhandler
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from PIL import Image
from waitress import buffers

from helpdesk.web import INPUT_IN_MEMORY, BoundedInput
from helpdesk.whole_body import BODY_IS_CUT
from moving import staging
from moving.records import ImportRefused, MessageRecord
from tests.factories import make_pending_file
from tickets import services
from tickets.models import Attachment, Message
from tickets.services import thumbnails

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def refuse(*args, **kwargs):
    raise FULL


class WithoutRoom(UploadedFile):
    """A temporary file of Django, on a full disk: it is made, and takes nothing."""

    def __init__(self, name, content_type, size, charset, extra):
        file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 closed with its upload
        super().__init__(file, name, content_type, size, charset, extra)


@pytest.fixture(params=["that cannot be made", "that takes nothing"])
def temporary_files(request, monkeypatch):
    made = refuse if request.param == "that cannot be made" else WithoutRoom
    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", made)


# --- A form with files that arrives ---------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("temporary_files")
def test_a_file_without_room_on_the_way_no_longer_breaks_the_page_and_drops_the_text(
    requester, ticket, client_of
):
    before = Message.objects.count()
    sent = {"body": "typed text", "attachments": SimpleUploadedFile("disk.log", b"full\n" * 20_000)}

    response = client_of(requester).post(reverse("tickets:reply", args=[ticket]), sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert "typed text" in page
    assert "disk.log" in page
    assert (Message.objects.count(), Attachment.objects.count()) == (before, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("temporary_files")
def test_a_file_sent_by_itself_is_refused_as_for_a_while(requester, client_of):
    file = SimpleUploadedFile("disk.log", b"full\n")

    response = client_of(requester).post("/attachments/", {"file": file})

    assert response.status_code == 503
    assert "disk.log" in response.json()["error"]


class Full:
    """What waitress keeps a body in, on a disk that takes so many bytes."""

    def __init__(self, most):
        self.file, self.most = tempfile.TemporaryFile("w+b", buffering=0), most  # noqa: SIM115

    def write(self, data):
        room = self.most - self.file.tell()
        if len(data) > room:
            self.file.write(data[:room])
            raise FULL
        return self.file.write(data)

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.mark.parametrize("room", [0, 1000, INPUT_IN_MEMORY + 70_000])
def test_the_beginning_of_a_body_without_room_is_kept_and_its_length_is_right(monkeypatch, room):
    monkeypatch.setattr(buffers.TempfileBasedBuffer, "newfile", lambda self: Full(room))
    body, piece = BoundedInput(10_000_000), b"0123456789" * 1000

    for _n in range(50):
        body.append(piece)

    kept = body.getfile().read()
    assert body.is_cut
    assert len(body) == 500_000
    assert len(kept) >= INPUT_IN_MEMORY
    assert kept == (piece * 50)[: len(kept)]


@pytest.mark.django_db
def test_a_form_for_whose_end_there_was_no_room_gives_back_what_was_typed(requester, ticket):
    client, before = Client(), Message.objects.count()
    client.force_login(requester)
    sent = {"body": "typed text", "attachments": SimpleUploadedFile("disk.log", b"full\n" * 200)}
    body = encode_multipart(BOUNDARY, sent)
    environ = {
        BODY_IS_CUT: True,
        "wsgi.input": BytesIO(body[: len(body) // 2]),
        "CONTENT_LENGTH": str(len(body)),
    }

    response = client.generic(
        "POST",
        reverse("tickets:reply", args=[ticket]),
        b"-",
        content_type=MULTIPART_CONTENT,
        **environ,
    )

    assert response.status_code == 503
    assert b"typed text" in response.content
    assert Message.objects.count() == before


# --- What is made for download --------------------------------------------------------------------


@pytest.mark.django_db
def test_a_report_without_room_is_no_fault_of_ours(supervisor, client_of, monkeypatch):
    monkeypatch.setattr("tickets.reports.export.tempfile.TemporaryFile", refuse)
    client = client_of(supervisor)
    client.raise_request_exception = False

    response = client.post("/reports/export/", {"file": "table-xlsx"})

    assert response.status_code == 503


# --- By a worker, and by commands -----------------------------------------------------------------


@pytest.mark.django_db
def test_a_picture_is_not_given_up_because_the_disk_was_full_for_a_while(requester, monkeypatch):
    picture = BytesIO()
    Image.new("RGB", (3, 2)).save(picture, "PNG")
    file = make_pending_file(requester, name="shot.png", content=picture.getvalue())
    with monkeypatch.context() as full:
        full.setattr(default_storage, "_save", refuse)
        for _n in range(thumbnails.MOST_TRIES + 1):
            services.make_thumbnails()

    made = services.make_thumbnails()

    file.refresh_from_db()
    assert made == 1
    assert file.thumbnail_path


def test_an_import_without_room_for_what_it_reads_ends_with_a_sentence(monkeypatch):
    records = (MessageRecord(str(n), "agent", "a" * 1000, "2024-03-01") for n in range(1000))

    def small(*args, **kwargs):
        database = connect(*args, **kwargs)
        database.execute("PRAGMA max_page_count = 20")
        return database

    connect = sqlite3.connect
    monkeypatch.setattr(staging.sqlite3, "connect", small)

    with (
        pytest.raises(ImportRefused, match=r"database or disk is full.*TMPDIR"),
        staging.staged(records),
    ):
        pass
