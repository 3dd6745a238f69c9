"""What the tests of canned replies share."""

import pytest


@pytest.fixture
def desk(client_of, agent):
    """The browser of the agent."""
    return client_of(agent)
