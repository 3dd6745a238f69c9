"""What becomes of files on their way in: checked, kept as pending, taken by a message, swept."""

import gzip
import hashlib
import io
import os
import shutil
import struct
import uuid
import zipfile
import zlib
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image

from tests.factories import NOW, make_content, make_pending_file, make_ticket
from tickets import services
from tickets.errors import TicketError
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def image(kind, size=(4, 3)):
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, kind)
    return content.getvalue()


def png_that_claims(width, height):
    """A PNG of a few bytes whose header promises as many pixels as asked."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10)
    chunks = b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def stored_files():
    root = project.ATTACHMENT_ROOT
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


# --- What is let in -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("screen.png", image("PNG"), "image/png"),
        ("SCREEN.PNG", image("PNG"), "image/png"),
        ("photo.jpg", image("JPEG"), "image/jpeg"),
        ("photo.jpeg", image("JPEG"), "image/jpeg"),
        ("invoice.pdf", PDF, "application/pdf"),
        ("server.log", "خطا در خط ۳\n".encode(), "text/plain"),
        ("notes.txt", "سلام".encode("utf-16"), "text/plain"),
        ("bom.txt", "سلام".encode("utf-8-sig"), "text/plain"),
    ],
)
def test_the_kinds_that_are_asked_for_are_kept_as_pending(name, content, kind, requester):
    file = make_pending_file(requester, name=name, content=content)

    assert (file.name, file.content_type, file.size) == (name, kind, len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert (file.message, file.uploaded_by, file.created_at) == (None, requester, NOW)
    with default_storage.open(file.path) as stored:
        assert stored.read() == content


MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


# Endings that tables of types know, which differ from one machine to the next.
TEXT_ENDINGS = ["bak", "crt", "md", "patch", "pem", "py", "sh", "sql", "tsv", "1"]


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for each in names:
            archive.writestr(each, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("windows.txt", "سلام، خطای ۵۰۳".encode("cp1256", "replace"), "text/plain"),
        ("latin.txt", "é".encode("latin-1"), "text/plain"),
        ("cut.log", "خطا در خط".encode()[:-1], "text/plain"),
        ("cut-at-the-start.log", "خطا در خط".encode()[1:], "text/plain"),
        ("one-nul.log", b"line\0line\n" * 1, "text/plain"),
        ("colours.log", b"\x1b[31merror\x1b[0m\n", "text/plain"),
        ("server.log.1", b"line\n", "text/plain"),
        ("README", b"text\n", "text/plain"),
        ("trace.har", b"{}", "text/plain"),
        ("values.yaml", b"a: 1\n", "text/plain"),
        ("photo.png", image("JPEG"), "image/jpeg"),
        ("screen.jpg", image("PNG"), "image/png"),
        ("no-ending", image("PNG"), "image/png"),
        ("mail.pdf", b"\r\n\r\n" + PDF, "application/pdf"),
        ("moving.gif", image("GIF"), "image/gif"),
        ("small.webp", image("WEBP"), "image/webp"),
        ("phone.heic", HEIC, "image/heic"),
        ("screen.mp4", MP4, "video/mp4"),
        ("logs.zip", zipped("a.log"), "application/zip"),
        ("logs.gz", gzip.compress(b"line", mtime=0), "application/gzip"),
        (
            "sheet.xlsx",
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("half.png", image("PNG")[:20], "image/png"),
        ("registry.txt", "Windows Registry Editor\r\n".encode("utf-16-le"), "text/plain"),
        ("powershell.log", "خطا در خط ۳\r\n".encode("utf-16-be"), "text/plain"),
        ("wide.txt", "سلام".encode("utf-32"), "text/plain"),
        ("truncated.log", bytes(5000) + b"2026-11-29 started\n", "text/plain"),
        ("man.txt", b"N\x08NA\x08AM\x08ME\x08E\n", "text/plain"),
        ("letters.txt", b"BM is the code of Bermuda\n", "text/plain"),
        ("player.log", b"ID3 tags are broken\n", "text/plain"),
        ("codes.csv", b"MZ;Mozambique\n", "text/plain"),
        ("server.log.2", b"%PDF-1.7 could not be read\n", "application/pdf"),
        ("server.log", b"%PDF-1.7 could not be read\n", "text/plain"),
        ("screen.txt", b"GIF89a is what it begins with\n", "text/plain"),
        ("small.log", gzip.compress(b"line", mtime=0), "application/gzip"),
        *((f"a.{ending}", b"text\n", "text/plain") for ending in TEXT_ENDINGS),
    ],
)
def test_a_sound_file_is_not_refused_for_its_ending_or_dialect(name, content, kind, requester):
    file = make_pending_file(requester, name=name, content=content)

    assert file.content_type == kind
    with default_storage.open(file.path) as stored:
        assert stored.read() == content


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("virus.exe", b"MZ\x90\x00", "EXE"),
        ("screen.png", b"MZ\x90\x00" + bytes(60), "EXE"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("page.html", b"<script>alert(1)</script>", "HTML"),
        ("page.png", b"<script>alert(1)</script>", "There is text in"),
        ("program.jar", zipped("META-INF/MANIFEST.MF"), "JAR"),
        ("macros.docm", zipped("word/document.xml"), "DOCM"),
        ("start.bat", b"del x\n", "BAT"),
        ("letters.txt", b"MZ\x90\0\3\0\0\0\4\0\0\0" + bytes(range(256)), "EXE"),
        ("movie.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "MOV"),
        ("unknown.bin", bytes(range(256)), "recognized"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_a_refusal_names_the_file_and_the_true_reason(name, content, reason, requester):
    before = stored_files()

    with override("en"), pytest.raises(TicketError) as refused:
        make_pending_file(requester, name=name, content=content)

    assert name in refused.value.sentence
    assert reason in refused.value.sentence
    assert not Attachment.objects.exists()
    assert stored_files() == before


def test_a_file_of_exactly_the_limit_is_kept_and_one_byte_more_is_not(requester, settings):
    settings.ATTACHMENT_MAX_BYTES = 100

    assert make_pending_file(requester, content=b"x" * 100).size == 100
    with pytest.raises(TicketError) as refused:
        make_pending_file(requester, content=b"x" * 101)
    assert refused.value.code == "file"


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (10_000, 5_001), (0, 10)])
def test_an_image_that_would_fill_the_memory_is_refused(width, height, requester):
    with pytest.raises(TicketError):
        make_pending_file(requester, name="bomb.png", content=png_that_claims(width, height))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("C:\\Users\\sara\\خطا.txt", "خطا.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("bill\u202egpj.txt", "billgpj.txt"),
        ("line\r\nbreak.txt", "line break.txt"),
        ("یک\u200cفایل.log", "یک\u200cفایل.log"),
        ("x" * 300 + ".txt", "x" * 146 + ".txt"),
    ],
)
def test_a_hostile_name_is_cleaned_for_showing_and_never_a_path(typed, shown, requester):
    upload = SimpleUploadedFile("plain.txt", b"text")
    upload._name = typed

    file = services.store_upload(requester, upload, now=NOW)

    assert file.name == shown
    assert file.path.rpartition("/")[0] == "2026/05"
    assert not set(file.path.rpartition("/")[2]) - set("0123456789abcdef")


def test_a_person_keeps_no_more_pending_files_than_the_quota(requester, colleague, settings):
    settings.PENDING_UPLOADS_PER_PERSON = 2
    for _n in range(2):
        make_pending_file(requester)
    before = stored_files()

    with pytest.raises(TicketError):
        make_pending_file(requester)

    assert stored_files() == before
    assert make_pending_file(colleague)


def test_a_full_disk_is_explained_and_leaves_nothing(requester, monkeypatch):
    def fill(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "_save", fill)

    with pytest.raises(TicketError) as refused:
        make_pending_file(requester)

    assert refused.value.code == "store"
    assert not Attachment.objects.exists()


# --- Taken by a message ---------------------------------------------------------------------------


def test_a_message_takes_the_pending_files_of_its_author(requester, agent):
    ticket = make_ticket(requester, files=[make_pending_file(requester)])
    shot = make_pending_file(agent, name="shot.png", content=image("PNG"))

    services.reply_as_agent(ticket, actor=agent, content=make_content(files=[shot]), now=NOW)

    first, second = ticket.messages.all()
    assert first.attachments.get().uploaded_by == requester
    assert second.attachments.get() == shot
    assert not Attachment.objects.pending_of(agent).exists()


def test_an_agent_who_opens_for_a_member_sends_files_of_their_own(requester, agent):
    file = make_pending_file(agent)

    ticket = make_ticket(requester, opened_by=agent, files=[file])

    assert ticket.messages.get().attachments.get() == file


@pytest.mark.parametrize("whose", ["colleague", "taken already", "nobody"])
def test_a_file_that_is_not_ones_own_and_pending_stops_the_whole_message(
    whose, requester, colleague
):
    ticket = make_ticket(requester)
    file = make_pending_file(colleague if whose == "colleague" else requester)
    if whose == "taken already":
        content = make_content(files=[file])
        services.reply_as_customer(ticket, actor=requester, content=content, now=NOW)
    if whose == "nobody":
        file = Attachment(pk=uuid.uuid4())
    messages, version = Message.objects.count(), Ticket.objects.get().version

    with pytest.raises(TicketError) as refused:
        services.reply_as_customer(
            ticket, actor=requester, content=make_content(files=[file]), now=NOW
        )

    assert refused.value.code == "file_gone"
    assert (Message.objects.count(), Ticket.objects.get().version) == (messages, version)


def test_a_message_takes_no_more_files_than_the_limit(requester, settings):
    settings.ATTACHMENTS_PER_MESSAGE = 2
    files = [make_pending_file(requester) for _n in range(3)]

    with pytest.raises(TicketError):
        make_ticket(requester, files=files)

    assert not Ticket.objects.exists()
    assert Attachment.objects.pending_of(requester).count() == 3


def test_files_of_notes_are_for_agents_only(requester, agent):
    ticket = make_ticket(requester)
    content = make_content(files=[make_pending_file(agent)])

    services.add_note(ticket, actor=agent, content=content, now=NOW)

    assert not Attachment.objects.visible_to(requester).exists()
    assert Attachment.objects.visible_to(agent).count() == 1


# --- Left behind ----------------------------------------------------------------------------------


def test_pending_files_are_swept_after_a_day_and_those_of_messages_never(
    requester, django_capture_on_commit_callbacks
):
    old, kept = make_pending_file(requester), make_pending_file(requester)
    make_ticket(requester, files=[kept])
    young = make_pending_file(requester, now=NOW + SECOND)

    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep_pending(now=NOW + DAY + SECOND) == 1

    assert set(Attachment.objects.all()) == {kept, young}
    assert not default_storage.exists(old.path)
    assert default_storage.exists(kept.path)


def test_a_person_removes_pending_files_of_their_own_only(
    requester, colleague, django_capture_on_commit_callbacks
):
    mine, theirs, sent = (make_pending_file(each) for each in (requester, colleague, requester))
    make_ticket(requester, files=[sent])

    with django_capture_on_commit_callbacks(execute=True):
        assert services.discard(requester, [mine.pk, theirs.pk, sent.pk]) == 1

    assert set(Attachment.objects.all()) == {theirs, sent}
    assert not default_storage.exists(mine.path)


def test_only_ones_own_pending_files_are_found_again(requester, colleague):
    mine, theirs = make_pending_file(requester), make_pending_file(colleague)

    found = services.pending_of(requester, [mine.pk, theirs.pk, uuid.uuid4()])

    assert found == [mine]
    assert not Attachment.objects.visible_to(requester).exists()
    assert set(Attachment.objects.downloadable_by(requester)) == {mine}


@pytest.fixture
def loose_file():
    """A file that was written and whose row was not."""

    def write(name, *, age):
        path = default_storage.save(f"2026/11/{name}", ContentFile(b"lost"))
        moment = (NOW - age).timestamp()
        os.utime(default_storage.path(path), (moment, moment))
        return path

    yield write
    shutil.rmtree(default_storage.path("2026"), ignore_errors=True)


def test_a_file_left_between_writing_and_its_row_is_removed_after_a_day(requester, loose_file):
    ours = make_pending_file(requester)
    Attachment.objects.filter(pk=ours.pk).update(thumbnail_path=f"{ours.path}.jpg")
    default_storage.save(f"{ours.path}.jpg", ContentFile(b"small"))
    for path in (ours.path, f"{ours.path}.jpg"):
        os.utime(default_storage.path(path), (0, 0))
    old = loose_file(uuid.uuid4().hex, age=DAY + SECOND)
    old_thumbnail = loose_file(f"{uuid.uuid4().hex}.jpg", age=DAY + SECOND)
    young = loose_file(uuid.uuid4().hex, age=DAY - SECOND)

    services.sweep_orphans(now=NOW)

    kept = {ours.path, f"{ours.path}.jpg", young}
    assert {each for each in {*kept, old, old_thumbnail} if default_storage.exists(each)} == kept


def test_no_file_is_removed_while_the_database_has_no_row_of_any(loose_file):
    path = loose_file(uuid.uuid4().hex, age=2 * DAY)

    assert services.sweep_orphans(now=NOW) == 0
    assert default_storage.exists(path)
