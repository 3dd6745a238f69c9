"""Build the image of the Containerfile where no image can be pulled, and try its commands.

    python3 scripts/build_image.py build      # as root; needs buildah and mmdebstrap
    python3 scripts/build_image.py try        # needs DATABASE_URL (an empty database) and REDIS_URL

Its base is made here, of Debian's packages. Everything is under .run/image/.
"""

import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".run" / "image"
BASE, IMAGE = "localhost/debian:trixie-slim", "localhost/helpdesk:latest"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
MOST_MEGABYTES = 350
START_SECONDS = 90
TOOLS = ("buildah", "mmdebstrap")
BUILDAH = [
    *("buildah", "--root", str(FOLDER / "store"), "--runroot", str(FOLDER / "run")),
    *("--storage-driver", os.environ.get("STORAGE_DRIVER", "overlay")),
]
ENTRYPOINT = "/srv/helpdesk/app/deploy/container/helpdesk"
HEALTHY = "/srv/helpdesk/app/deploy/container/healthy.py"
# As Debian's own slim images are made.
LEFT_OUT = ("/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*", "/usr/share/info/*")


def missing():
    """The programs that are not on this machine."""
    return [name for name in TOOLS if not shutil.which(name)]


def buildah(*arguments, **options):
    return subprocess.run([*BUILDAH, *map(str, arguments)], check=True, **options)


def asked(*arguments):
    """What buildah answers, as text."""
    return buildah(*arguments, stdout=subprocess.PIPE, text=True).stdout.strip()


def make_base():
    """Make the base, once. Its packages are signed by Debian, and mmdebstrap verifies that."""
    archive = FOLDER / "base.tar"
    if not archive.exists():
        partial = archive.with_suffix(".partial.tar")
        options = [f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT]
        command = ["mmdebstrap", "--variant=minbase", *options, "trixie", str(partial)]
        subprocess.run(command, check=True)
        partial.rename(archive)
    container = asked("from", "scratch")
    buildah("add", "--quiet", container, archive, "/")
    buildah("commit", "--quiet", "--rm", container, BASE, stdout=subprocess.DEVNULL)


def build():
    FOLDER.mkdir(parents=True, exist_ok=True)
    make_base()
    # A machine behind a proxy of its own trusts it by its certificates.
    settings = FOLDER / "pip.conf"
    settings.write_text("[global]\ncert = /run/certificates.pem\n")
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    buildah(
        *("bud", "--isolation", "chroot", "--format", "docker", "--layers"),
        *("--volume", f"{CERTIFICATES}:/run/certificates.pem:ro"),
        *("--volume", f"{settings}:/etc/pip.conf:ro"),
        *("--ignorefile", ROOT / ".containerignore"),
        *("--build-arg", f"BASE={BASE}", "--build-arg", f"REVISION={revision}"),
        *("--tag", IMAGE, "--file", ROOT / "Containerfile", ROOT),
    )
    size = megabytes()
    print(f"{IMAGE}: {size} MB")
    if size > MOST_MEGABYTES:
        sys.exit(f"It may have {MOST_MEGABYTES} MB.")


def megabytes():
    [image] = json.loads(asked("images", "--json", IMAGE))
    number, unit = float(image["size"].split()[0]), image["size"].split()[1]
    return round(number * {"KB": 0.001, "MB": 1, "GB": 1000}[unit])


def environment():
    """The settings of the trial: those of a production, with the given database and broker."""
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    return given | {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "helpdesk.example",
        "SITE_URL": "https://helpdesk.example",
        "EMAIL_URL": "consolemail://",
        "BEHIND_TLS_PROXY": "1",
    }


def command_of(container, *command):
    """The command line that runs one in a container; a database's socket is at the same place."""
    given = [f"--env={name}={value}" for name, value in environment().items()]
    folder = dict(parse_qsl(urlsplit(os.environ["DATABASE_URL"]).query)).get("host")
    sockets = ["--volume", f"{folder}:{folder}"] if folder else []
    return [*BUILDAH, "run", "--isolation", "chroot", *given, *sockets, container, "--", *command]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def health(port):
    """What the web process says of all parts, or nothing while it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Host": "helpdesk.example"})
        return json.loads(connection.getresponse().read())
    except OSError:
        return {}
    finally:
        connection.close()


def try_commands():
    """Run each command of the image; fails where the parts are not well within START_SECONDS."""
    container = asked("from", IMAGE)
    for command in ("migrate", "check"):
        subprocess.run(command_of(container, ENTRYPOINT, command), check=True)
    port = str(free_port())
    commands = (["web", "--bind", f"127.0.0.1:{port}"], ["worker"], ["beat"])
    roles = [subprocess.Popen(command_of(container, ENTRYPOINT, *each)) for each in commands]
    try:
        end = time.monotonic() + START_SECONDS
        while (found := health(port)).get("status") != "ok" and time.monotonic() < end:
            time.sleep(1)
        print(json.dumps(found))
        subprocess.run(command_of(container, "python", HEALTHY, port), check=True)
        if found.get("status") != "ok":
            sys.exit("Not all parts are well.")
    finally:
        for process in roles:
            process.terminate()
        for process in roles:
            process.wait()


if __name__ == "__main__":
    if missing():
        sys.exit(f"Needed, and not on this machine: {', '.join(missing())}")
    {"build": build, "try": try_commands}[sys.argv[1]]()
