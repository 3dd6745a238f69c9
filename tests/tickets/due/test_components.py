"""The HTML of a due badge: icon, word, colour, and what an open page counts by."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from tickets.due.badge import DueBadge
from tickets.due.badge_html import badge_html

DUE = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "symbol"), [("over", "alert"), ("soon", "hourglass"), ("met", "check")]
)
def test_a_due_badge_says_its_state_by_icon_and_word(kind, symbol):
    html = badge_html(DueBadge(kind, "13 min"))

    assert f"due-{kind}" in html
    assert f"#{symbol}" in html
    assert "<span>13 min</span>" in html


def test_a_running_due_badge_carries_what_an_open_page_counts_by():
    with override("en"):
        html = badge_html(DueBadge("soon", "13 min", "today 14:00", DUE, DUE))

    assert 'title="23 Nov 2026, 14:00"' in html
    assert f'<time datetime="{DUE.isoformat()}" data-due="soon"' in html
    assert f'data-soon-at="{DUE.isoformat()}">13 min</time>' in html
    assert '<span class="due-at">today 14:00</span>' in html


def test_a_compact_due_badge_leaves_the_moment_to_the_title():
    html = badge_html(DueBadge("soon", "13 min", "today 14:00", DUE), compact=True)

    assert "title=" in html
    assert "due-at" not in html


def test_a_due_badge_with_an_address_is_a_link():
    html = badge_html(DueBadge("none", "No commitment"), href="/tickets/KT-1/due/")

    assert html.startswith('<a href="/tickets/KT-1/due/" class="due due-none">')
    assert html.endswith("</a>")
