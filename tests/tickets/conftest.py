"""What the tests of tickets share."""

import uuid

import pytest
import time_machine

from tests.factories import NOW


@pytest.fixture
def form_key():
    """The key of one form that was shown."""
    return uuid.UUID("7f6f3a0e-32a8-4f0e-9f56-2f5f1d8f3a11")


@pytest.fixture
def desk(client_of, agent):
    """The browser of the agent."""
    return client_of(agent)


@pytest.fixture
def stopped_clock():
    """For pages: it is always NOW."""
    with time_machine.travel(NOW, tick=False):
        yield
