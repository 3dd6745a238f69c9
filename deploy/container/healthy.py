"""The health check of the image: a web process has to answer; others are alive while they run.

A worker or beat that stands still is named by /healthz, and ended by nobody: it may wait for Redis.
"""

import http.client
import os
import sys
from pathlib import Path

TIMEOUT = 8


def main():
    # A port is given where the process is not the first of its container.
    if not sys.argv[1:] and b"helpdesk.web" not in Path("/proc/1/cmdline").read_bytes():
        return 0
    port = int(sys.argv[1]) if sys.argv[1:] else 8000
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        connection.request("GET", "/healthz", headers={"Host": name})
        answer = connection.getresponse()
    except OSError as problem:
        print(f"The web process does not answer: {problem}")
        return 1
    print(answer.read().decode())
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
