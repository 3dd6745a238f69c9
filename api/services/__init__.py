"""Every write of the API's own rows: keys, their use, and requests that were answered."""

from .keys import (
    MOST_KEYS,
    KeyDraft,
    count_use,
    create_key,
    create_organization_key,
    end_expired_keys,
    revoke_key,
)
from .mails import WARNED_BEFORE, warn_of_ends
from .requests import finish_request, forget_requests, start_request

__all__ = [
    "MOST_KEYS",
    "WARNED_BEFORE",
    "KeyDraft",
    "count_use",
    "create_key",
    "create_organization_key",
    "end_expired_keys",
    "finish_request",
    "forget_requests",
    "revoke_key",
    "start_request",
    "warn_of_ends",
]
