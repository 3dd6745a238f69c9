"""Processes what was received in a process that has little memory left.

    python -m tests.intake.starved MEGABYTES

The limit is on what it may take beyond what one small mail has taken.
"""

import resource
import sys
from pathlib import Path

import django
from django.db import OperationalError

RUNS = 4


def limit_memory(megabytes):
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main(megabytes):
    django.setup()
    from intake import services
    from intake.models import ReceivedMail

    first = ReceivedMail.objects.order_by("pk").values_list("pk", flat=True)[0]
    services.process(first)
    limit_memory(megabytes)
    for _run in range(RUNS):
        try:
            services.process_waiting()
        except OperationalError as error:
            # As beat: the next run tries again.
            sys.stderr.write(f"{error}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
