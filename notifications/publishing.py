"""Hands committed work to the workers. The rows are the truth, the broker only makes it quick."""

import logging
import time
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import NamedTuple

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# The longest that a request waits for a broker that does not answer, in seconds.
LONGEST_WAIT = 0.8
# After a failure nothing is published for so many times as long as it took, and for a second at
# least: a broker that hangs costs one request once in a while, one that refuses costs hardly any.
QUIET_TIMES, LEAST_QUIET_SECONDS = 12, 1.0
# So few that a task ends in time though its server is slow, so many that a batch is few tasks.
ROWS_PER_TASK = 25
# Of 0 to 9, the first of which goes first and is that of periodic tasks: what is looked for each
# minute does not wait, and so be dropped as too old, while a backlog of mails is worked off.
PRIORITY = 6
BROKER_ERRORS = (OperationalError, RedisError, OSError)


_is_withheld = ContextVar("is_withheld", default=False)


@contextmanager
def withheld():
    """Write rows without handing them over: for loaded history, of which nobody is notified."""
    token = _is_withheld.set(True)
    try:
        yield
    finally:
        _is_withheld.reset(token)


class _Quiet:
    """Until when, on the monotonic clock, this process leaves the broker alone."""

    until = 0.0


def publish_on_commit(task_name, pks):
    """Have workers run the task for the rows, some at a time, once the transaction is committed.

    Never raises and never waits longer than about a second: what could not be handed over is
    found by the sweep.
    """
    pks = list(pks)
    if pks and not _is_withheld.get():
        transaction.on_commit(partial(publish, task_name, pks))


def publish(task_name, pks, **options):
    """Hand the rows over now. Return how many were; `options` are those of a Celery task."""
    began_at = time.monotonic()
    if began_at < _Quiet.until:
        return 0
    published = 0
    try:
        with producers[_connection(settings.CELERY_BROKER_URL)].acquire(block=True) as producer:
            for start in range(0, len(pks), ROWS_PER_TASK):
                some = list(pks[start : start + ROWS_PER_TASK])
                current_app.send_task(
                    task_name,
                    args=[some],
                    producer=producer,
                    retry=False,
                    priority=PRIORITY,
                    **options,
                )
                published += len(some)
    except BROKER_ERRORS as error:
        now = time.monotonic()
        _Quiet.until = now + max(LEAST_QUIET_SECONDS, QUIET_TIMES * (now - began_at))
        logger.warning("The broker does not answer (%s); the sweep will send", type(error).__name__)
    return published


def broker_answers():
    """Whether the broker answers now, within about a second."""
    try:
        with _new_connection(settings.CELERY_BROKER_URL) as connection:
            connection.default_channel.client.ping()
    except BROKER_ERRORS:
        return False
    return True


class Tasks(NamedTuple):
    """What the broker holds: tasks that no worker has taken, and those that some have."""

    waiting: int
    taken: int


def tasks_in_broker():
    """A Tasks; None where the broker does not answer within about a second."""
    try:
        with _new_connection(settings.CELERY_BROKER_URL) as connection:
            channel = connection.default_channel
            # Of every priority; each has a list of its own.
            waiting = channel.queue_declare(current_app.conf.task_default_queue).message_count
            return Tasks(waiting, channel.client.hlen(channel.unacked_key))
    except BROKER_ERRORS:
        return None


@lru_cache(maxsize=4)
def _connection(url):
    return _new_connection(url)


def _new_connection(url):
    limits = {
        "socket_timeout": LONGEST_WAIT,
        "socket_connect_timeout": LONGEST_WAIT,
        "max_retries": 0,
    }
    return Connection(
        url,
        connect_timeout=LONGEST_WAIT,
        transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **limits},
    )
