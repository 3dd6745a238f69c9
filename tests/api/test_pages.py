"""What the pages of tickets offer, the API offers too: no address is left out unsaid."""

import json

from api.reference import DOCUMENT
from tickets import urls

OPERATIONS = {
    each["operationId"]
    for operations in json.loads(DOCUMENT.read_text("utf-8"))["paths"].values()
    for each in operations.values()
}
# Why an address has no operation.
LOOK = "how a page looks, what it remembers, or a part of it that is loaded later"
KEEPING = "what supervisors and agents keep on pages: rare, and with a preview of what it does"
READER = "what a person has read or begun to write"
WITHOUT = {
    **dict.fromkeys(
        [
            *("tickets:keep", "tickets:similar", "tickets:news", "queue:news", "queue:filter"),
            *("queue:columns", "queue:palette", "preview", "thumbnail"),
        ],
        LOOK,
    ),
    **dict.fromkeys(
        [
            *("queue:views", "queue:new_view", "queue:edit_view", "queue:update_view"),
            *("queue:move_view", "queue:delete_view", "queue:view"),
            *("queue:organization_note", "queue:person_note", "queue:customer"),
            *("canned:new", "canned:import", "canned:export", "canned:edit", "canned:delete"),
            *("teams:new", "teams:edit", "teams:delete", "teams:availability", "teams:reassign"),
            *("tags:edit", "tags:merge", "tags:retire"),
            *("reports:board", "reports:tickets", "reports:ratings", "reports:export"),
        ],
        KEEPING,
    ),
    **dict.fromkeys(["tickets:seen", "draft", "remove_upload"], READER),
}
DONE_BY = {
    "tickets:list": "list_tickets",
    "tickets:new": "open_ticket",
    "tickets:detail": "read_ticket list_messages list_events list_links list_watchers read_rating",
    "tickets:due": "list_clocks",
    "tickets:reply": "reply",
    "tickets:close": "close",
    "tickets:reopen": "reopen",
    "tickets:priority": "priority",
    "tickets:rate": "rate",
    "tickets:watch": "watchers",
    "tickets:unwatch": "watchers",
    "queue:list": "list_tickets",
    "queue:new": "open_ticket",
    "queue:next": "take_next",
    "queue:bulk": "start_bulk_run list_bulk_runs",
    "queue:bulk_run": "read_bulk_run list_bulk_lines",
    "queue:bulk_stop": "stop_bulk_run",
    "queue:bulk_again": "list_bulk_lines start_bulk_run",
    "queue:mentions": "list_agents",
    "queue:detail": "read_ticket list_messages list_events list_links list_watchers read_rating",
    "queue:due": "list_clocks",
    "queue:accept": "accept",
    "queue:release": "release",
    "queue:assign": "assign",
    "queue:transfer": "transfer",
    "queue:reply": "reply",
    "queue:canned": "fill_canned_replies",
    "queue:macro": "fill_canned_replies",
    "queue:note": "note",
    "queue:resume": "resume",
    "queue:close": "close",
    "queue:reopen": "reopen",
    "queue:snooze": "snooze wake",
    "queue:follow": "follow unfollow",
    "queue:hold": "hold lift_hold",
    "queue:priority": "priority",
    "queue:category": "category",
    "queue:watch": "watchers",
    "queue:unwatch": "watchers",
    "queue:tags": "tags",
    "queue:link": "link unlink",
    "queue:merge": "merge unmerge",
    "queue:split": "split",
    "reports:report": "read_report",
    "canned:list": "list_canned_replies read_canned_reply",
    "teams:list": "list_teams list_agents",
    "tags:list": "list_tags",
    "uploads": "upload_attachment",
    "attachment": "download_attachment",
}


def names(patterns, space=""):
    for each in patterns:
        if hasattr(each, "url_patterns"):
            yield from names(each.url_patterns, f"{each.namespace}:")
        else:
            yield f"{space}{each.name}"


def test_every_page_of_tickets_has_its_operations_or_a_reason_for_none():
    assert set(names(urls.urlpatterns)) == {*DONE_BY, *WITHOUT}
    assert not DONE_BY.keys() & WITHOUT.keys()


def test_every_operation_that_is_named_is_in_the_contract():
    assert {each for named in DONE_BY.values() for each in named.split()} <= OPERATIONS
