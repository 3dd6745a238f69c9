"""Build the image of the Containerfile where no image can be pulled, and try its commands.

    python3 scripts/build_image.py build      # as root; needs buildah and mmdebstrap
    python3 scripts/build_image.py try        # needs PostgreSQL, Redis and iproute2 as well

Its base is made here, of Debian's packages. Everything is under .run/image/; `log` there
holds the output of the commands.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".run" / "image"
BASE, IMAGE = "localhost/debian:trixie-slim", "localhost/helpdesk:latest"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
MOST_MEGABYTES = 350
TOOLS = ("buildah", "mmdebstrap")
BUILDAH = [
    *("buildah", "--root", str(FOLDER / "store"), "--runroot", str(FOLDER / "run")),
    *("--storage-driver", os.environ.get("STORAGE_DRIVER", "overlay")),
]
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


def try_built():
    """Run the image with a network and mounts of its own: nothing of the trial stays behind."""
    own = ["unshare", "--net", "--mount", "--", sys.executable, __file__, "try-inside"]
    return subprocess.run(own).returncode


def try_inside():
    from try_image import Failed, try_image

    described = json.loads(asked("inspect", "--type", "image", IMAGE))
    container = asked("from", IMAGE)
    try:
        try_image(asked("mount", container), described["Docker"]["config"], FOLDER / "log")
    except Failed:
        return 1
    finally:
        buildah("umount", container, stdout=subprocess.DEVNULL)
        buildah("rm", container, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    if missing():
        sys.exit(f"Needed, and not on this machine: {', '.join(missing())}")
    commands = {"build": build, "try": try_built, "try-inside": try_inside}
    sys.exit(commands[sys.argv[1]]())
