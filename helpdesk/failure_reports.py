"""Failures to a Sentry. Imported only where SENTRY_DSN is set.

What is sent is made here, field by field: type and place of what failed, view, method and ids. No
body, query, header, cookie or variable, no line of the log before it, and not what an exception
says, which may quote what somebody wrote: the log has its beginning under the id of the request.
"""

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from helpdesk.logs.masks import masked
from helpdesk.request_ids import current_id, current_request

from .logs.context import user_id

KEPT = (
    *("event_id", "timestamp", "platform", "level", "logger", "transaction"),
    *("environment", "release", "sdk"),
)
# Of a frame of the stack: where it is, and the code there; not its variables.
OF_A_FRAME = (
    *("filename", "abs_path", "module", "function", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),
)


def start(dsn):
    """Send failures of pages and tasks, and what is logged as an error, to that Sentry."""
    sentry_sdk.init(
        dsn,
        integrations=[
            DjangoIntegration(signals_spans=False),
            CeleryIntegration(propagate_traces=False),
            LoggingIntegration(level=None),
            DedupeIntegration(),
        ],
        # Nothing else is patched: neither the modules of requests to others nor threads.
        default_integrations=False,
        auto_enabling_integrations=False,
        before_send=only_what_is_kept,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        trace_propagation_targets=[],
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        # A server that does not answer holds up the end of a process no longer.
        shutdown_timeout=2,
    )


def only_what_is_kept(event, hint):
    """The event without what people sent or wrote, and who they are but for a number."""
    sent = {name: event[name] for name in KEPT if event.get(name)}
    sent["tags"] = {"request_id": current_id()}
    if request := current_request():
        sent["request"] = {"method": request.method}
    if (user := user_id(request)) is not None:
        sent["user"] = {"id": str(user)}
    if found := event.get("exception"):
        sent["exception"] = {"values": list(_exceptions(found))}
    elif entry := event.get("logentry"):
        text = entry.get("formatted") or entry.get("message") or ""
        sent["logentry"] = {"formatted": masked(text)[:1000]}
    return sent


def _exceptions(found):
    """Each of the causes, without what it says."""
    for each in found.get("values", []):
        kept = {name: each[name] for name in ("type", "module", "mechanism") if each.get(name)}
        kept["mechanism"] = {
            name: value
            for name, value in kept.get("mechanism", {}).items()
            if name in {"type", "handled", "exception_id", "parent_id", "source"}
        }
        kept["value"] = ""
        frames = (each.get("stacktrace") or {}).get("frames", [])
        kept["stacktrace"] = {
            "frames": [{name: one[name] for name in OF_A_FRAME if name in one} for one in frames]
        }
        yield kept
