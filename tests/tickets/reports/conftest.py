"""What the tests of reports share."""

import pytest


@pytest.fixture
def reader(client_of, supervisor, settings):
    """The browser of a supervisor who reads English."""
    settings.STAFF_SECOND_FACTOR = "optional"
    supervisor.language = "en"
    supervisor.save()
    return client_of(supervisor)
