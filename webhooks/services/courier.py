"""Sends what waits, several requests at once, so that a slow receiver delays nobody.

One process sends at a time (`Lease`), for at most RUN_SECONDS, so that the other workers stay free
whatever receivers do. In it each endpoint has one request on its way, in a thread of its own; the
main thread alone speaks with the database, and takes the next as soon as an answer is there.
"""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from webhooks import payloads, signing
from webhooks.choices import Trouble
from webhooks.models import Endpoint, Lease
from webhooks.posting import USER_AGENT, Answer, Post

from . import settling
from .planning import plan_missed

logger = logging.getLogger(__name__)

LEASE = "courier"
LEASE_FOR = timedelta(seconds=30)
# Requests at once, and how often is looked for more while some are on their way.
MOST_AT_ONCE, LOOK_SECONDS = 20, 0.5
RUN_SECONDS = 60
BAD_ROWS = (ObjectDoesNotExist, LookupError, TypeError, ValueError)


def send_due(*, now=None):
    """Send all that is due. Returns how many requests were answered in any way; none where another
    process is sending: that one finds what is new, too."""
    now, sent = now or timezone.now(), 0
    plan_missed(now)
    # Once more after the lease is given back: what came just then found it taken.
    for _turn in range(2):
        courier = Courier(now)
        if not Endpoint.objects.next_to_send(courier.now, busy=(), most=1):
            break
        if not courier.take_lease():
            break
        try:
            sent += courier.run()
        finally:
            courier.give_lease_back()
        now = courier.now
    return sent


class Courier:
    """One run: which requests are on their way, and what the time is."""

    def __init__(self, now):
        self._began_at, self._begun = now, time.monotonic()
        self._on_their_way = {}
        self._held_until = None

    @property
    def now(self):
        return self._began_at + timedelta(seconds=time.monotonic() - self._begun)

    def take_lease(self):
        until = self.now + LEASE_FOR
        self._held_until = until if Lease.objects.taken(LEASE, now=self.now, until=until) else None
        return self._held_until is not None

    def give_lease_back(self):
        Lease.objects.moved(LEASE, held=self._held_until, until=self._began_at)

    def run(self):
        sent = 0
        with ThreadPoolExecutor(MOST_AT_ONCE) as threads:
            while (self._may_take_more() and self._take(threads)) or self._on_their_way:
                sent += self._settle_answered()
        return sent

    def _may_take_more(self):
        """Whether this run goes on: it has time left, and the lease."""
        if time.monotonic() - self._begun > RUN_SECONDS:
            return False
        if self._held_until - self.now < LEASE_FOR / 2:
            until = self.now + LEASE_FOR
            if not Lease.objects.moved(LEASE, held=self._held_until, until=until):
                return False
            self._held_until = until
        return True

    def _take(self, threads):
        """Start what is due, one request for each endpoint. Returns how many were taken."""
        busy = {each.endpoint_id for each, _post in self._on_their_way.values()}
        free = MOST_AT_ONCE - len(busy)
        if not free:
            return 0
        taken = 0
        for _endpoint, key in Endpoint.objects.next_to_send(self.now, busy=busy, most=free):
            delivery = settling.claim(key, now=self.now)
            if delivery is not None:
                taken += 1
                self._start_or_log(delivery, threads)
        return taken

    def _start_or_log(self, delivery, threads):
        """One whose rows make no sense is tried again later, and holds up no other."""
        try:
            self._start(delivery, threads)
        except BAD_ROWS:
            logger.exception("Webhook %s cannot be written", delivery.key)

    def _start(self, delivery, threads):
        if not payloads.is_wanted(delivery):
            settling.skip(delivery, Trouble.UNWANTED)
            return
        now, body = self.now, payloads.body_of(delivery).encode()
        secrets = delivery.endpoint.secrets_at(now)
        try:
            signed = signing.headers_of(delivery.message_id, body, secrets, now=now)
        except signing.UnreadableSecret:
            answer = Answer(Trouble.SECRET)
            settling.settle(delivery, answer, body=body.decode(), now=now)
            return
        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, **signed}
        post = Post(delivery.endpoint.url, headers, body)
        self._on_their_way[threads.submit(post.send)] = delivery, post

    def _settle_answered(self):
        """Wait a moment for answers, and settle those that came."""
        done, _others = wait(self._on_their_way, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            delivery, post = self._on_their_way.pop(future)
            settling.settle(delivery, future.result(), body=post.body.decode(), now=self.now)
        for _delivery, post in self._on_their_way.values():
            if post.is_overdue:
                post.abort()
        return len(done)
