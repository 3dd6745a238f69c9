"""The Celery application: worker and beat start from here."""

import gc
import os

from celery import Celery
from celery.signals import worker_init
from django.conf import settings
from django.core.files.storage import default_storage
from django.template import engines
from django.urls import get_resolver
from django.utils import translation

from .broker import SteadyAMQP
from .metrics.workers import measure_tasks
from .schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk", amqp=SteadyAMQP)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks()


@worker_init.connect
def measure(**kwargs):
    """Measure tasks where somebody asks for it."""
    measure_tasks(app)


@worker_init.connect
def load_before_forking(**kwargs):
    """Load what tasks need, once and before the pool and beat are forked: they share that memory.

    Frozen, it is left alone by the collector, which would copy each page that it looks at.
    """
    get_resolver().url_patterns  # noqa: B018 loads the views and all that they import
    getattr(default_storage, "client", None)  # of a bucket; not connected yet
    engines.all()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("")
    gc.collect()
    gc.freeze()
