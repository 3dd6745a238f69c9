"""An archive of a real database: whole while people write, refused when it was changed."""

import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from helpdesk import backups
from notifications.models import Notification
from tests import s3
from tests.factories import make_ticket
from tickets.models import Attachment, Ticket
from tickets.services import files

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
COUNTS = """
import json, os
from django.apps import apps
from notifications.models import Notification
skipped = {"django_session", "helpdesk_cache"}
print(json.dumps({
    "rows": {m._meta.db_table: m._base_manager.count() for m in apps.get_models()
             if m._meta.managed and m._meta.app_label in {"tickets", "organizations", "plans"}},
    "pending": Notification.objects.filter(state="pending").count(),
}))
"""


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    folder = tmp_path / "attachments"
    settings.ATTACHMENT_ROOT = folder
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "tickets.attachments.stores.LocalStore",
            "OPTIONS": {"location": folder, "base_url": None},
        },
    }
    return folder


def upload(person, text="a line\n"):
    return files.store_upload(person, SimpleUploadedFile("notes.txt", text.encode()))


def archive():
    target = io.BytesIO()
    return target, backups.write(target, now=timezone.now())


class Elsewhere:
    """Another machine: an empty database on the same server and an empty folder."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{quote(name)}")
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "DEBUG": "1",
            "DATABASE_URL": url.geturl(),
            "ATTACHMENT_ROOT": str(folder),
        }

    def manage(self, *arguments, given=None):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=given,
            capture_output=True,
        )


@pytest.fixture
def here(root):
    """This very database, for commands in processes of their own."""
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")
    return Elsewhere(connection.settings_dict["NAME"], root)


@pytest.fixture
def elsewhere(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield Elsewhere(name, tmp_path / "elsewhere")
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.full
def test_a_backup_made_while_people_write_is_whole_elsewhere(requester, elsewhere, root):
    make_ticket(requester)
    upload(requester)
    assert Notification.objects.filter(state="pending").exists()
    stop = threading.Event()

    def write_on():
        while not stop.is_set():
            make_ticket(requester)
            upload(requester, "another\n")
        connection.close()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        made, manifest = archive()
    finally:
        stop.set()
        writer.join()
    after = Ticket.objects.count()

    restored = elsewhere.manage("restore", "-", given=made.getvalue())
    assert restored.returncode == 0, restored.stderr.decode()
    checked = elsewhere.manage("check_attachments")
    assert checked.returncode == 0, checked.stderr.decode()
    found = json.loads(elsewhere.manage("shell", "-v", "0", "-c", COUNTS).stdout)
    assert 1 <= found["rows"]["tickets_ticket"] <= after
    assert found["rows"]["tickets_attachment"] == len(manifest["files"]) - 1
    assert found["rows"]["organizations_user"] == 1
    assert found["pending"] == 0
    assert manifest["missing"] == manifest["removed"] == []
    assert not list(root.glob(".backup-*"))
    assert not list(elsewhere.folder.glob(".backup-*"))


@pytest.mark.full
def test_a_database_in_use_is_replaced_only_on_demand_and_as_a_whole(requester, elsewhere):
    make_ticket(requester)
    made = archive()[0].getvalue()
    assert elsewhere.manage("restore", "-", given=made).returncode == 0

    again = elsewhere.manage("restore", "-", given=made)
    replaced = elsewhere.manage("restore", "-", "--replace", given=made)

    assert again.returncode == 1
    assert b"The database is not empty" in again.stderr
    assert replaced.returncode == 0, replaced.stderr.decode()
    found = json.loads(elsewhere.manage("shell", "-v", "0", "-c", COUNTS).stdout)
    assert found["rows"]["tickets_ticket"] == 1


def rewritten(made, change):
    """The archive with one member's bytes changed by `change(name, bytes)`."""
    target = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(made)) as source,
        tarfile.open(fileobj=target, mode="w") as archive,
    ):
        for member in source:
            content = change(member.name, source.extractfile(member).read())
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target.getvalue()


def test_what_is_cut_off_or_changed_is_refused_before_anything_is_touched(requester, root):
    row = upload(requester)
    made = archive()[0].getvalue()
    changed = rewritten(made, lambda name, was: b"other!\n" if row.path in name else was)
    row.delete()
    Path(root / row.path).unlink()
    sentences = {
        made[: len(made) // 2]: "cut off",
        made[: len(made) - 11000]: "cut off",
        b"": "cut off",
        b"no archive at all" * 99: "cut off or damaged, or is none",
        changed: f"changed or damaged: attachments/{row.path}",
        rewritten(made, lambda name, was: was[:-1] + b"#" if name == "database" else was): (
            "changed or damaged: database"
        ),
    }
    for wrong, sentence in sentences.items():
        with pytest.raises(backups.BackupError, match=sentence):
            backups.restore(io.BytesIO(wrong), replace=True)

    assert not Attachment.objects.exists()
    assert not [path for path in root.rglob("*") if path.is_file()]


def test_an_archive_writes_nowhere_else(tmp_path):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as evil:
        evil.addfile(tarfile.TarInfo("attachments/../../escaped"), io.BytesIO())
    target.seek(0)

    with pytest.raises(backups.BackupError, match="no backup does"):
        backups.restore(target, replace=True)

    assert not (tmp_path / "escaped").exists()


def test_an_upload_removed_meanwhile_is_no_fault_and_a_lost_file_is_named(
    requester, root, monkeypatch
):
    removed, lost = upload(requester), upload(requester)
    (root / lost.path).unlink()
    dump = "_dump_postgresql" if connection.vendor == "postgresql" else "_dump_sqlite"
    original = getattr(backups, dump)

    def dump_then_remove(target):
        paths = original(target)
        Attachment.objects.filter(pk=removed.pk).delete()
        (root / removed.path).unlink()
        return paths

    monkeypatch.setattr(backups, dump, dump_then_remove)

    _made, manifest = archive()

    assert manifest["removed"] == [removed.path]
    assert manifest["missing"] == [lost.path]


@pytest.mark.full
def test_an_archive_holds_the_files_of_a_bucket_and_restores_them_into_one(
    requester, elsewhere, settings, tmp_path
):
    file = upload(requester)
    with s3.running(tmp_path) as address:
        there, restored = s3.make_bucket(address), s3.make_bucket(address)
        there.save(file.path, ContentFile(b"a line\n"))
        s3.keep_in(settings, there, tmp_path / "nowhere")
        made = archive()[0].getvalue()
        elsewhere.environment |= {
            "ATTACHMENTS_URL": f"s3://{restored.bucket}/attachments?endpoint={address}",
            "ATTACHMENTS_KEY_ID": "tester",
            "ATTACHMENTS_SECRET_KEY": "not-a-secret",
        }

        done = elsewhere.manage("restore", "-", given=made)

        assert done.returncode == 0, done.stderr.decode()
        assert elsewhere.manage("check_attachments").returncode == 0
        with restored.open(file.path) as kept:
            assert kept.read() == b"a line\n"
    assert not (tmp_path / "nowhere").exists()
    assert not elsewhere.folder.exists()


def test_a_full_disk_leaves_nothing_behind(here, tmp_path):
    file = tmp_path / "full.tar"
    done = subprocess.run(
        [sys.executable, "manage.py", "backup", str(file)],
        cwd=ROOT,
        env=here.environment,
        capture_output=True,
        text=True,
        # As on a disk without room for more.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )

    assert done.returncode == 1
    assert "CommandError" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("full*"))


def test_a_full_pipe_or_disk_is_named(here):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "manage.py", "backup", "-"],
            cwd=ROOT,
            env=here.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 1
    assert "The archive could not be written: No space left on device" in done.stderr


def test_an_archive_is_for_its_owner_alone_and_is_not_overwritten(tmp_path):
    file = tmp_path / "one.tar"
    with backups.whole_file(file) as target:
        target.write(b"x")

    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(backups.BackupError, match="exists already"), backups.whole_file(file):
        pass
