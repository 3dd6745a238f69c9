"""Instants read from PostgreSQL, without a database."""

from datetime import UTC, datetime

import pytest
from psycopg import DataError

from helpdesk.instants import UtcLoader

TIMESTAMPTZ = 1184


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        (b"2026-11-29 01:10:17+00", datetime(2026, 11, 29, 1, 10, 17, tzinfo=UTC)),
        (b"2026-11-29 01:10:17.1+00", datetime(2026, 11, 29, 1, 10, 17, 100_000, tzinfo=UTC)),
        (b"0099-01-01 00:00:00.000001+00", datetime(99, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc(text, instant):
    found = UtcLoader(TIMESTAMPTZ).load(text)

    assert found == instant
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", [b"infinity", b"10000-01-01 00:00:00+00", b"0044-03-15 BC"])
def test_what_python_has_no_instant_for_is_refused_as_psycopg_refuses_it(text):
    with pytest.raises(DataError):
        UtcLoader(TIMESTAMPTZ).load(text)
