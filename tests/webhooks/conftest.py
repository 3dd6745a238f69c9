"""Endpoints at a receiver on this machine."""

import pytest

from tests.factories import NOW
from tests.webhooks import receiver as receivers
from webhooks import services
from webhooks.kinds import choices_for

LOCAL = "127.0.0.1"


@pytest.fixture
def receiver(settings):
    """A receiver at `receiver.url`, to which requests are allowed."""
    settings.WEBHOOK_PRIVATE_HOSTS = [LOCAL]
    with receivers.running() as (found, port):
        found.url = f"http://{LOCAL}:{port}/hook?of=helpdesk"
        yield found


@pytest.fixture
def make_endpoint(receiver, requester, organization, supervisor):
    """(endpoint, secret) of the organization, or with `provider` of the support team, that asks for
    all that it can."""

    def make(url=None, *, provider=False, events=None, **more):
        owner, actor = (None, supervisor) if provider else (organization, requester)
        names = events or [name for name, _label in choices_for(provider=provider)]
        draft = services.EndpointDraft("Chat", url or receiver.url, tuple(names))
        return services.create_endpoint(
            more.pop("of", owner), draft, actor=more.pop("actor", actor), now=NOW, **more
        )

    return make
