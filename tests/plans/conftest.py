"""The shipped plans that the tests of plans change."""

import pytest
from django.utils.translation import override

from plans.models import Plan


@pytest.fixture
def developer(db):
    return Plan.objects.get(key="developer")


@pytest.fixture
def enterprise(db):
    return Plan.objects.get(key="enterprise")


@pytest.fixture
def calendar(developer):
    return developer.calendar


@pytest.fixture
def english_admin_pages(settings):
    """In English, and open without a second factor."""
    settings.STAFF_SECOND_FACTOR = "optional"
    with override("en"):
        yield
