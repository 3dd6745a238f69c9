"""The frames of a request lie in one piece of memory, however deep it calls."""

import resource

from helpdesk.stack_room import with_stack_room
from helpdesk.wsgi import application


def deep(depth, act):
    return deep(depth - 1, act) if depth else act()


def many_calls():
    for _ in range(100):
        deep(3, int)


def faults_at(depth):
    """How often the system gave memory while functions were called at this depth."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    deep(depth, many_calls)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_no_depth_of_a_request_maps_memory_with_each_call():
    """Beyond the end of a small chunk each of the hundred calls would."""

    def deepest(_environ, _start_response):
        return max(faults_at(depth) for depth in range(400))

    with_stack_room(deepest)({}, None)  # what is touched for the first time

    assert with_stack_room(deepest)({}, None) < 50


def test_the_application_of_the_web_process_has_the_room():
    assert application.__code__.co_stacksize > 10_000
