"""Which tests are left to `make test-full` beside those that are marked so.

Of a test that needs the database, and comes in several variations, a run of everything has the
first two: a behaviour that is wrong is wrong in those too. A test whose variations are each a
behaviour of its own is marked `every`. Who names files or words gets all variations of these.
"""

from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
VARIATIONS = 2
DATABASE = {"db", "live_server", "transactional_db"}


def leave_to_the_full_run(config, items):
    if is_narrowed(config):
        return
    taken = Counter()
    for item in items:
        if not hasattr(item, "callspec") or item.get_closest_marker("every"):
            continue
        if item.get_closest_marker("full") or not needs_database(item):
            continue
        function = item.nodeid.partition("[")[0]
        taken[function] += 1
        if taken[function] > VARIATIONS:
            item.add_marker(pytest.mark.full)


def is_narrowed(config):
    whole = {TESTS, TESTS.parent}
    places = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    return bool(config.option.keyword) or any(place not in whole for place in places)


def needs_database(item):
    return bool(DATABASE & set(item.fixturenames)) or item.get_closest_marker("django_db")
