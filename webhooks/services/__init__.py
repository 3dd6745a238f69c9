"""Every write of the webhooks app, but for what workers do: that is in `courier`, which is not
imported here, so that a web process loads nothing that it never needs."""

from .endpoints import (
    MOST_ENDPOINTS,
    OVERLAP,
    EndpointDraft,
    check_url,
    create_endpoint,
    delete_endpoint,
    edit_endpoint,
    rotate_secret,
    send_again,
    send_failed_again,
    send_test,
    skip_pending,
    switch_endpoint,
)
from .planning import plan_deliveries
from .retention import blank_erased, forget_deliveries

__all__ = [
    "MOST_ENDPOINTS",
    "OVERLAP",
    "EndpointDraft",
    "blank_erased",
    "check_url",
    "create_endpoint",
    "delete_endpoint",
    "edit_endpoint",
    "forget_deliveries",
    "plan_deliveries",
    "rotate_secret",
    "send_again",
    "send_failed_again",
    "send_test",
    "skip_pending",
    "switch_endpoint",
]
