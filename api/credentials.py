"""The secret of a key: made here, shown once, recognized by its hash."""

import hashlib
import re
import secrets
from hmac import compare_digest

from django.utils.crypto import get_random_string, salted_hmac

# hdk_, ten characters by which people recognize a key, and 43 that only its holder knows.
SECRET = re.compile(r"hdk_([0-9a-z]{10})_([\w-]{43})", re.ASCII)
# What may be a key, or the beginning of one, wherever it does not belong.
LIKE_A_KEY = re.compile(r"hdk_[0-9a-z]{10}", re.ASCII)
_SMALL = "0123456789abcdefghijklmnopqrstuvwxyz"
_OF_NO_KEY = hashlib.sha256(b"no key").hexdigest()


def new_secret():
    """(readable prefix, whole secret) of a new key."""
    prefix = f"hdk_{get_random_string(10, _SMALL)}"
    return prefix, f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_of(secret):
    """What is stored of a secret. It holds 256 random bits: nobody guesses it, so that a slow hash
    would cost time with each request and protect nothing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def is_secret_of(secret, stored_hash):
    """Compare in constant time, also where there is no such key (None)."""
    return compare_digest(hash_of(secret), stored_hash or _OF_NO_KEY)


def prefix_in(secret):
    """The prefix of what looks like a whole secret; None for anything else."""
    return f"hdk_{found[1]}" if (found := SECRET.fullmatch(secret)) else None


def stamp_of(user):
    """Changes with the password of a person: their keys end with it."""
    return salted_hmac("api.key", user.password, algorithm="sha256").hexdigest()
