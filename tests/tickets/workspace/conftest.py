"""People whose pages are compared in English."""

import pytest
from django.utils.translation import override

from organizations.models import User


@pytest.fixture
def english_staff(agent, second_agent, supervisor):
    """Sentences are compared in English, on pages and outside of them."""
    User.objects.exclude(staff_role="").update(language="en")
    with override("en"):
        yield
