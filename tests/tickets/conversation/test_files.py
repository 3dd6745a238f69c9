"""Files: what is taken in, what is refused, who is handed them and in which form."""

import io
import uuid
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage, filesystem
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image

from organizations.services import remove_member
from tests.factories import NOW, again, make_content, make_pending_file, make_ticket
from tests.pages import read
from tickets import services
from tickets.errors import TicketError
from tickets.models import Attachment
from tickets.services.files import shown_name

pytestmark = pytest.mark.django_db


def picture(kind="PNG", size=(3, 2)):
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind)
    return buffer.getvalue()


def huge_picture():
    """A small file that says it is 60,000 by 60,000 pixels."""

    def chunk(name, content):
        checked = name + content
        return len(content).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    size = (60_000).to_bytes(4, "big") * 2
    header = chunk(b"IHDR", size + b"\x08\x02\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100))


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def move_to_full_disk(old_file, new_file, **options):
    """The disk takes the first bytes and no more."""
    Path(new_file).write_bytes(Path(old_file).read_bytes()[:2])
    raise OSError(28, "No space left on device")


def stored_files():
    """Every file under the store."""
    return [path for path in default_storage.base_location.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "tickets.attachments.stores.LocalStore",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        }
    }


# --- What is taken in -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.png", picture(), "image/png"),
        ("A.JPG", picture("JPEG"), "image/jpeg"),
        ("a.jpeg", picture("JPEG"), "image/jpeg"),
        ("a.pdf", PDF, "application/pdf"),
        ("گزارش.txt", "سلام".encode(), "text/plain"),
        ("a.log", "\ufeffbom".encode("utf-16"), "text/plain"),
    ],
)
def test_these_kinds_are_taken_by_their_content(requester, name, content, content_type):
    file = make_pending_file(requester, name=name, content=content)

    assert file.content_type == content_type
    assert file.name == name
    assert file.size == len(content)
    assert default_storage.open(file.path).read() == content


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.exe", b"MZ", "of the kind EXE, which cannot be sent"),
        ("a.svg", b"<svg/>", "of the kind SVG, which cannot be sent"),
        ("a.html", b"<p>", "of the kind HTML, which cannot be sent"),
        ("a.txt", b"", "is empty"),
        ("a.png", b"<script>alert(1)</script>", "There is text in"),
        ("a.txt", b"\x00\x01\x02", "could not be recognized"),
        ("a.png", huge_picture(), "with more than 50,000,000"),
    ],
)
def test_a_refused_file_is_named_with_the_reason_and_leaves_nothing(
    requester, name, content, sentence
):
    with override("en"), pytest.raises(TicketError) as refused:
        services.store_upload(requester, SimpleUploadedFile(name, content), now=NOW)

    assert sentence in refused.value.sentence
    assert name in refused.value.sentence
    assert not Attachment.objects.exists()
    assert not stored_files()


def test_a_file_over_the_limit_is_refused_and_one_at_it_is_taken(requester, settings):
    settings.ATTACHMENT_MAX_BYTES = 100

    make_pending_file(requester, content=b"x" * 100)
    with override("en"), pytest.raises(TicketError, match="is larger than 100 bytes"):
        make_pending_file(requester, content=b"x" * 101)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\sara\\گزارش.log", "گزارش.log"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie: x=1.txt"),
        ("photo\u202egnp.exe.txt", "photognp.exe.txt"),
        ("a\0b.txt", "ab.txt"),
        ("....", "file"),
        ("", "file"),
        (" .txt ", "txt"),
        ("می‌خواهم.txt", "می‌خواهم.txt"),
        ("x" * 300 + ".png", "x" * 146 + ".png"),
        ('"quoted"; filename=b.txt', '"quoted"; filename=b.txt'),
    ],
)
def test_hostile_names_become_plain_ones(raw, shown):
    assert shown_name(raw) == shown


def test_two_files_of_one_name_are_both_kept(requester):
    first, second = (make_pending_file(requester, content=text) for text in (b"1", b"2"))

    assert first.name == second.name
    assert first.path != second.path
    assert len(stored_files()) == 2


def test_the_stored_path_does_not_reveal_the_name(requester):
    file = make_pending_file(requester, name="salary.txt")

    assert "salary" not in file.path
    assert uuid.UUID(file.path.rpartition("/")[2])


def test_a_full_disk_is_explained_and_leaves_nothing(requester, client_of, monkeypatch):
    requester.language = "en"
    requester.save()

    monkeypatch.setattr(filesystem, "file_move_safe", move_to_full_disk)
    sent = {
        "title": "typed title",
        "category": "technical",
        "priority": "normal",
        "description": "typed text",
        "attachments": SimpleUploadedFile("a.txt", b"text"),
    }

    response = client_of(requester).post("/tickets/new/", sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert "could not be saved" in page
    assert "typed title" in page
    assert "typed text" in page
    assert not Attachment.objects.exists()
    assert not requester.requested_tickets.exists()
    assert not stored_files()


# --- How many ---------------------------------------------------------------------------------


def new_ticket(client, files, **fields):
    sent = {"title": "t", "category": "technical", "priority": "normal", "description": "d"}
    return client.post("/tickets/new/", sent | {"attachments": files} | fields)


def test_of_several_files_the_good_ones_are_kept_and_each_bad_one_is_named(client_of, requester):
    files = [
        SimpleUploadedFile("good.txt", b"text"),
        SimpleUploadedFile("bad.exe", b"MZ"),
        SimpleUploadedFile("empty.txt", b""),
    ]

    response = new_ticket(client_of(requester), files)

    assert response.status_code == 422
    errors = read(response).errors()["attachments"]
    assert "bad.exe" in errors
    assert "empty.txt" in errors
    assert "good.txt" not in errors
    assert Attachment.objects.get().name == "good.txt"


def test_more_files_than_a_message_takes_are_kept_to_choose_from(client_of, requester, settings):
    settings.ATTACHMENTS_PER_MESSAGE = 2
    files = [SimpleUploadedFile(f"{number}.txt", b"text") for number in range(3)]
    client = client_of(requester)

    refused = new_ticket(client, files)
    kept = [each["value"] for each in read(refused).all("input[name=kept]")]
    sent = new_ticket(client, [], kept=kept[:2])

    assert refused.status_code == 422
    assert len(kept) == 3
    assert sent.status_code == 302
    assert Attachment.objects.filter(message__isnull=False).count() == 2


def test_pending_uploads_have_a_quota(requester, settings):
    settings.PENDING_UPLOADS_PER_PERSON = 2
    for _upload in range(2):
        make_pending_file(requester)

    with pytest.raises(TicketError) as refused:
        make_pending_file(requester)

    assert refused.value.code == "quota"
    assert len(stored_files()) == 2


@pytest.mark.django_db(transaction=True)
def test_pending_uploads_are_swept_after_a_day_and_sent_ones_stay(requester):
    ticket = make_ticket(requester)
    sent = make_pending_file(requester)
    services.reply_as_customer(ticket, actor=requester, content=make_content(files=[sent]), now=NOW)
    make_pending_file(requester)
    young = make_pending_file(requester, now=NOW + timedelta(hours=1))

    swept = services.sweep_pending(NOW + timedelta(days=1, minutes=1))

    assert swept == 1
    assert set(Attachment.objects.all()) == {sent, young}
    assert len(stored_files()) == 2


def test_more_than_a_form_may_hold_is_refused_without_a_look(client_of, requester, settings):
    settings.REQUEST_MAX_BYTES = 3000

    response = new_ticket(client_of(requester), [SimpleUploadedFile("a.txt", b"x" * 3000)])

    assert response.status_code == 413
    assert not Attachment.objects.exists()


def test_more_parts_than_a_form_may_hold_are_refused(client_of, requester, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    files = [SimpleUploadedFile(f"{number}.txt", b"text") for number in range(4)]

    response = new_ticket(client_of(requester), files)

    assert response.status_code == 413
    assert not Attachment.objects.exists()


# --- Who is handed a file, and how ------------------------------------------------------------


@pytest.fixture
def sent_file(requester):
    ticket = make_ticket(requester)
    file = make_pending_file(requester, name='گزارش "نهایی"; a.txt', content=b"<script>")
    services.reply_as_customer(ticket, actor=requester, content=make_content(files=[file]), now=NOW)
    return again(file)


def test_a_file_comes_as_an_inert_download(client_of, colleague, sent_file):
    response = client_of(colleague).get(sent_file.get_absolute_url())

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"<script>"
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert '"' not in disposition
    assert disposition.count(";") == 1


def test_a_plain_name_with_quotes_is_escaped(client_of, requester):
    file = make_pending_file(requester, name='a"b.txt')

    response = client_of(requester).get(file.get_absolute_url())

    assert response.headers["Content-Disposition"] == 'attachment; filename="a\\"b.txt"'


def test_files_are_handed_to_nobody_else(client, client_of, outsider, sent_file):
    address = sent_file.get_absolute_url()

    assert client.get(address).status_code == 302
    assert client_of(outsider).get(address).status_code == 404
    assert client_of(outsider).get(f"/attachments/{uuid.uuid4()}/").status_code == 404


def test_a_pending_upload_is_its_owners_alone(client_of, requester, colleague, agent, settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    address = make_pending_file(requester).get_absolute_url()

    assert client_of(requester).get(address).status_code == 200
    assert client_of(colleague).get(address).status_code == 404
    assert client_of(agent).get(address).status_code == 404


def test_a_removed_member_loses_the_files_at_once(
    client_of, requester, colleague, organization, sent_file
):
    client = client_of(colleague)
    remove_member(organization, colleague, actor=requester, now=NOW)

    assert client.get(sent_file.get_absolute_url()).status_code == 404


def test_a_file_that_the_disk_lost_is_missing_not_an_error(client_of, requester, sent_file):
    default_storage.delete(sent_file.path)

    assert client_of(requester).get(sent_file.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_files_are_only_read(client_of, requester, sent_file, method):
    response = getattr(client_of(requester), method)(sent_file.get_absolute_url())

    assert response.status_code == 405
