"""Settings of `make bench`: the product's own, with the floors beside its pages and without the
limits on how much a person sends in an hour."""

from helpdesk.settings import *  # noqa: F403

ROOT_URLCONF = "bench_urls"
TICKETS_PER_HOUR = MESSAGES_PER_HOUR = API_REQUESTS_PER_MINUTE = 10**9
