"""Settings of `make bench`: the product's own, with the floor beside its pages."""

from helpdesk.settings import *  # noqa: F403

ROOT_URLCONF = "bench_urls"
