"""A process of its own that makes one thumbnail, started and, if need be, killed by a worker.

    python -m tickets.attachments.thumbnail_process image/png < image > small.jpg

A hostile image may take all memory or time that a decoder can get. The process limits both for
itself before it decodes; its parent ends it when the time is over. Exit code 1: no thumbnail.
"""

import io
import resource
import sys

from tickets.attachments.thumbnails import thumbnail_of

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 5


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main():
    content = sys.stdin.buffer.read()
    limit()
    small = thumbnail_of(io.BytesIO(content), sys.argv[1])
    if small is None:
        return 1
    sys.stdout.buffer.write(small)
    return 0


if __name__ == "__main__":
    sys.exit(main())
