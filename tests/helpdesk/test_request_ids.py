"""One id leads through the log from a page to its tasks and mails."""

import re

import pytest

from helpdesk.request_ids import (
    HEADER,
    NONE,
    current_id,
    give_back,
    send_along,
    take_over,
)
from tickets import tasks


@pytest.mark.django_db
def test_each_answer_tells_an_id_of_its_own_and_the_log_has_it(client, log_lines):
    lines = log_lines("plain")
    first, second = client.get("/nowhere/"), client.get("/nowhere/", headers={HEADER: "forged"})

    assert re.fullmatch("[0-9a-f]{12}", first.headers[HEADER])
    assert first.headers[HEADER] != second.headers[HEADER] != "forged"
    assert any(f"[{first.headers[HEADER]}] 404" in line for line in lines)
    assert current_id() == NONE


@pytest.mark.django_db
def test_the_reference_of_a_failure_page_is_the_id(client):
    page = client.get("/nowhere/")

    assert page.headers[HEADER] in page.content.decode()


@pytest.mark.parametrize("carried", [{"request_id": "0a1b2c3d4e5f"}, {}])
def test_a_task_goes_on_with_the_id_of_who_published_it(carried):
    task = tasks.scan_clocks
    task.push_request(**carried)
    try:
        take_over(task=task)
        seen, headers = current_id(), {}
        send_along(headers=headers)
        give_back(task=task)
    finally:
        task.pop_request()

    assert seen == carried.get("request_id", seen) != NONE
    assert headers == {"request_id": seen}
    assert current_id() == NONE


def test_what_is_published_outside_of_a_request_carries_none():
    headers = {}

    send_along(headers=headers)

    assert headers == {}
