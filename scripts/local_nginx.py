"""nginx with the file of the repository, on loopback: only ports, paths and seconds are others."""

import datetime
import os
import shutil
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from servers import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH')}:/usr/sbin")
NAME = "helpdesk.example"
MAIN = """
daemon off; master_process off; pid nginx.pid; error_log stderr;
events { worker_connections 1000; }
http {
    client_body_temp_path body; proxy_temp_path proxy;
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    include site.conf;
}
"""


def start_nginx(folder, *, ports, https, http, changes=()):
    """Start it before the web processes at two `ports`; it writes to nginx.log in `folder`.

    `changes` are further replacements in deploy/nginx.conf, each of which must apply once.
    """
    write_certificate(folder)
    site = (ROOT / "deploy/nginx.conf").read_text()
    replaced = {
        "127.0.0.1:8000": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8001": f"127.0.0.1:{ports[1]}",
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ssl": f"listen 127.0.0.1:{https} ssl",
        "/etc/ssl/certs/helpdesk.pem": "site.pem",
        "/etc/ssl/private/helpdesk.key": "site.key",
        "/var/log/nginx/helpdesk.log": "access.log",
        **dict(changes),
    }
    for written, here in replaced.items():
        if site.count(written) != 1:
            raise ValueError(f"deploy/nginx.conf does not have {written!r} once")
        site = site.replace(written, here)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(MAIN)
    with (folder / "nginx.log").open("wb") as output:
        return subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", "nginx.conf"],
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
        )


def write_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=2100))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "site.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "site.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
