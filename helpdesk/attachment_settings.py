"""Where attachments are kept: a folder, or with an ATTACHMENTS_URL a bucket of S3."""

import re
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ImproperlyConfigured

_EXAMPLE = "s3://bucket?endpoint=https://s3.example&region=us-east-1"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_KEYS = ("ATTACHMENTS_KEY_ID", "ATTACHMENTS_SECRET_KEY")


def folder(root):
    """The storage that is a folder, as Django names one."""
    options = {"location": root, "base_url": None}
    return {"BACKEND": "tickets.attachments.stores.LocalStore", "OPTIONS": options}


def bucket(env):
    """The storage that is a bucket, or None. Raises ImproperlyConfigured for a half of one."""
    url = env.str("ATTACHMENTS_URL", default="").strip()
    keys = {name: env.str(name, default="").strip() for name in _KEYS}
    if not url:
        for name, value in keys.items():
            if value:
                raise ImproperlyConfigured(f"ATTACHMENTS_URL must be set where {name} is")
        return None
    for name, value in keys.items():
        if not value:
            raise ImproperlyConfigured(f"{name} must be set where ATTACHMENTS_URL is")
    options = _options(url)
    options |= {"key_id": keys["ATTACHMENTS_KEY_ID"], "secret_key": keys["ATTACHMENTS_SECRET_KEY"]}
    return {"BACKEND": "tickets.attachments.s3.S3Store", "OPTIONS": options}


def _options(url):
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = given.keys() - {"endpoint", "region"}
    if parts.scheme != "s3" or "@" in parts.netloc or unknown:
        raise ImproperlyConfigured(f"ATTACHMENTS_URL must be of the form {_EXAMPLE}")
    if not _BUCKET.fullmatch(parts.netloc):
        raise ImproperlyConfigured(f"ATTACHMENTS_URL must name a bucket: {_EXAMPLE}")
    endpoint, region = given.get("endpoint") or None, given.get("region") or None
    if endpoint and not re.fullmatch(r"https?://[^/?#@]+/?", endpoint):
        raise ImproperlyConfigured("ATTACHMENTS_URL: endpoint must be https://host or http://host")
    if not (endpoint or region):
        raise ImproperlyConfigured("ATTACHMENTS_URL must name a region, an endpoint or both")
    return {
        "bucket": parts.netloc,
        "prefix": parts.path.strip("/"),
        "endpoint": endpoint,
        # Servers of others have one region; most call it by this name.
        "region": region or "us-east-1",
    }
