"""`manage.py receive_mail`: mails from the mailbox, from a pipe or from a spool, once.

    receive_mail                      fetches from IMAP_URL and processes, as beat has it done
    receive_mail -                    keeps the mail of standard input, as a mail server pipes it
    receive_mail FILE|FOLDER …        keeps each mail, then deletes its file

The exit code is one of sysexits.h, so that a mail server tries again what was not kept: 0 kept,
65 no mail in it, 66 no such file, 75 not now, 78 answers by e-mail are off.
"""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError
from django.utils import timezone

from intake import services, tasks
from intake.mailbox import LARGEST_KEPT
from intake.parsing import Envelope
from intake.services.processing import BAD_MAIL

# Not only a database that is away: also a fault of ours may be mended before the server gives up.
NOT_KEPT = (*BAD_MAIL, InterfaceError, OSError)
NO_MAIL, NO_INPUT, TRY_AGAIN, OFF = 65, 66, 75, 78


class Command(BaseCommand):
    help = "Receive e-mail once: from the mailbox, or from a pipe (-) or spool (files, folders)."

    def add_arguments(self, parser):
        parser.add_argument("sources", nargs="*", metavar="-|FILE|FOLDER")
        parser.add_argument("--sender", default=None, help="the sender of the envelope")
        parser.add_argument(
            "--recipient", action="append", default=[], help="a recipient of the envelope"
        )

    def handle(self, *args, sources, sender, recipient, **options):
        if not settings.INTAKE_ADDRESS:
            raise CommandError("Answers by e-mail are off: set INTAKE_ADDRESS.", returncode=OFF)
        envelope = Envelope(sender and sender.strip("<>"), tuple(recipient))
        if sender is not None and not sender.strip("<>"):
            envelope = Envelope("", tuple(recipient))
        try:
            if not sources:
                self.stdout.write(f"receive_mail: {tasks.receive_mail()}")
                return
            kept = sum(self._keep(source, envelope) for source in sources)
        except NOT_KEPT as error:
            # With any other code a mail server returns the mail to its sender.
            raise CommandError(f"Not now: {type(error).__name__}", returncode=TRY_AGAIN) from error
        self.stdout.write(f"receive_mail: kept {kept}")

    def _keep(self, source, envelope):
        """Keep what a source holds, and return how many mails that was."""
        if source == "-":
            content = sys.stdin.buffer.read(LARGEST_KEPT)
            if not content.strip():
                raise CommandError("There is no mail in it", returncode=NO_MAIL)
            services.receive(content, envelope=envelope, now=timezone.now())
            return 1
        path = Path(source)
        if not path.exists():
            raise CommandError(f"There is no {source}", returncode=NO_INPUT)
        files = (
            sorted(each for each in path.iterdir() if _is_mail(each)) if path.is_dir() else [path]
        )
        for each in files:
            with each.open("rb") as file:
                content = file.read(LARGEST_KEPT)
            services.receive(content, envelope=envelope, now=timezone.now())
            each.unlink(missing_ok=True)
        return len(files)


def _is_mail(path):
    """A file that a mail server has finished: it writes under a hidden or temporary name."""
    return path.is_file() and not path.name.startswith(".") and path.suffix not in {".tmp", ".part"}
