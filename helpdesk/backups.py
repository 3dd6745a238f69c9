"""One archive of database and attachments: made while people work, verified before it is restored.

A tar of `database`, the attachments that its rows name, and at the end `manifest.json` with the
hash of each: an archive without its end is known as such.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from tickets.attachments.stores import LocalStore
from tickets.models import Attachment

FORMAT = 1
DATABASE, MANIFEST, FILES = "database", "manifest.json", "attachments/"
PATHS = "SELECT path, thumbnail_path FROM tickets_attachment ORDER BY id"
# All or nothing, also of what is replaced.
EMPTY_SCHEMA = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


class BackupError(Exception):
    """An archive cannot be made or restored; the text says why."""


@contextmanager
def _work_folder():
    """A folder beside the attachments: it surely can be written, and a rename leads out of it.

    Where they are in a bucket it is one for temporary files (TMPDIR).
    """
    beside = settings.ATTACHMENT_ROOT if _is_folder() else None
    if beside:
        beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside) as folder:
        yield Path(folder)


def _is_folder():
    return isinstance(default_storage, LocalStore)


# --- Making ---------------------------------------------------------------------------------------


def write(target, *, now):
    """Write an archive to the binary file `target`, front to back. Returns the manifest.

    The names of files are read from the very state of the database that is in the archive.
    `removed` are files whose rows were deleted while the archive was made, `missing` those that
    had been lost before.
    """
    manifest = {"format": FORMAT, "made_at": now.isoformat(), "engine": connection.vendor}
    manifest |= {"files": {}, "removed": [], "missing": []}
    with _work_folder() as folder:
        dump = folder / DATABASE
        paths = _dump_postgresql(dump) if connection.vendor == "postgresql" else _dump_sqlite(dump)
        with tarfile.open(fileobj=target, mode="w|") as archive:
            with dump.open("rb") as file:
                _add(archive, manifest, DATABASE, file, dump.stat().st_size)
            for path in paths:
                _add_attachment(archive, manifest, path)
            about = folder / MANIFEST
            about.write_text(json.dumps(manifest, indent=1))
            archive.add(about, MANIFEST)
    return manifest


def _dump_postgresql(dump):
    """Dump a snapshot; the paths of attachments in it."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
        # Nothing asks in this transaction while the dump is made, which may take long.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute(PATHS)
        paths = _flat(cursor.fetchall())
        _run("pg_dump", "-Fc", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", file=dump)
    return paths


def _dump_sqlite(dump):
    with closing(sqlite3.connect(dump)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
        return _flat(copy.execute(PATHS).fetchall())


def _flat(rows):
    return [path for row in rows for path in row if path]


def _add_attachment(archive, manifest, path):
    try:
        size = default_storage.size(path)
        with default_storage.open(path) as file:
            _add(archive, manifest, FILES + path, file, size)
    except FileNotFoundError:
        kept = Attachment.objects.filter(path=path) | Attachment.objects.filter(thumbnail_path=path)
        manifest["missing" if kept.exists() else "removed"].append(path)


def _add(archive, manifest, name, file, size):
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    read = Hashed(file)
    archive.addfile(member, read)
    manifest["files"][name] = {"bytes": size, "sha256": read.digest.hexdigest()}


class Hashed:
    """A file whose hash is known when it was read: it is fetched but once."""

    def __init__(self, file):
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size=-1):
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


# --- Restoring ------------------------------------------------------------------------------------


def restore(source, *, replace):
    """Restore the archive that the binary file `source` holds. Returns its manifest.

    Nothing is touched before all of it was read and verified. The database changes as a whole or
    not at all; files come before it, since one without a row only takes space.
    """
    if not replace and connection.introspection.table_names():
        raise BackupError("The database is not empty. Restore into an empty one, or --replace it.")
    with _work_folder() as folder:
        manifest = _unpack_verified(source, folder)
        if manifest["engine"] != connection.vendor:
            raise BackupError(f"The archive is of {manifest['engine']}, not {connection.vendor}.")
        for name in manifest["files"].keys() - {DATABASE}:
            _keep(folder / name, name.removeprefix(FILES))
        dump = folder / DATABASE
        if connection.vendor == "postgresql":
            _load_postgresql(dump, replace=replace)
        else:
            _load_sqlite(dump)
    Attachment.objects.filter(path__in=manifest["removed"], message=None).delete()
    return manifest


def _keep(unpacked, path):
    if not _is_folder():
        with unpacked.open("rb") as file:
            default_storage.save(path, File(file))
        unpacked.unlink()
        return
    place = settings.ATTACHMENT_ROOT / path
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unpacked.replace(place)
    place.chmod(0o600)


def _unpack_verified(source, folder):
    try:
        found = _unpack(source, folder)
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise BackupError("The archive was cut off: it has no manifest at its end.") from None
    except (tarfile.TarError, EOFError, ValueError):
        raise BackupError("The archive was cut off or damaged, or is none.") from None
    if manifest.get("format") != FORMAT:
        raise BackupError("The archive was made by another release and cannot be read.")
    del found[MANIFEST]
    wanted = {name: each["sha256"] for name, each in manifest["files"].items()}
    wrong = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
    if wrong:
        raise BackupError(f"The archive was changed or damaged: {', '.join(wrong[:5])}")
    return manifest


def _unpack(source, folder):
    """Unpack into a folder; {name: hash} of all that was in it."""
    found = {}
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts
            if not member.isfile() or ".." in parts or member.name.startswith("/"):
                raise BackupError(f"The archive holds what no backup does: {member.name}")
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                shutil.copyfileobj(archive.extractfile(member), file)
            with path.open("rb") as file:
                found[member.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _load_postgresql(dump, *, replace):
    connection.close()
    script = dump.with_suffix(".sql")
    _command("pg_restore", "--no-owner", "--no-privileges", "-f", script, dump)
    before = ["-c", EMPTY_SCHEMA] if replace else []
    _run("psql", "-qX", "--single-transaction", "-v", "ON_ERROR_STOP=1", *before, "-f", script)


def _load_sqlite(dump):
    with closing(sqlite3.connect(dump)) as copy:
        connection.ensure_connection()
        copy.backup(connection.connection)


# --- Programs of PostgreSQL -----------------------------------------------------------------------


def _run(program, *arguments, file=None):
    """Run a client of PostgreSQL on our database; no password is among its arguments."""
    given = connection.get_connection_params()
    known = {option.keyword.decode() for option in Conninfo.get_defaults()} - {"password"}
    target = make_conninfo(**{name: given[name] for name in given.keys() & known})
    more = ["-f", file] if file else []
    secret = {"PGPASSWORD": given["password"]} if given.get("password") else {}
    _command(program, *arguments, *more, "-d", target, environment=secret)


def _command(*command, environment=None):
    try:
        subprocess.run(
            list(map(str, command)),
            check=True,
            env=os.environ | (environment or {}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    except FileNotFoundError:
        raise BackupError(f"{command[0]} of PostgreSQL is not installed.") from None
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{command[0]}: {error.stderr.strip()[-500:]}") from None


@contextmanager
def whole_file(path):
    """A new file for its owner alone that appears under its name only when it is complete."""
    partial = path.with_name(path.name + ".partial")
    if path.exists():
        raise BackupError(f"{path} exists already.")
    try:
        opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
