"""Run by the tests of reporting, in a process of its own: a page that fails, and its tasks.

Reads and writes one object of JSON: what was sent away is what the receiver of the test has.
"""

import json
import logging
import sys

import django
from django.conf import settings

HOST = "pars.example"
SECRET = "sara@pars.example wrote: my password is hunter22"


def main():
    django.setup()
    from celery import current_app
    from django.http import HttpResponse
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import path

    ran = []

    @current_app.task(name="tests.task", bind=True)
    def task(self, text):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute('SELECT 1 FROM "sqlite_master" WHERE name = %s', [text])
        ran.append(self.request.id)
        raise KeyError(text)

    def page(request, number):
        secret = request.POST.get("body", "")
        current_app.conf.task_always_eager = True
        task.delay(secret)
        logging.getLogger("tests").error("A line about %s", f"nima@{HOST}")
        raise ValueError(f"{secret}\nand more of {secret}")

    class urls:  # noqa: N801 stands for a module
        urlpatterns = [path("tickets/<str:number>/", page, name="page")]
        handler500 = staticmethod(lambda request: HttpResponse(status=500))

    sys.modules["tests_urls"] = urls
    with override_settings(ROOT_URLCONF="tests_urls", ALLOWED_HOSTS=["*"]):
        client = Client(raise_request_exception=False, headers={"traceparent": FORGED})
        response = client.post("/tickets/KT-1/?q=hunter22", {"body": SECRET})
    finish()
    json.dump({"status": response.status_code, "id": response["X-Request-ID"]}, sys.stdout)


FORGED = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"


def finish():
    """Have everything sent now."""
    if settings.SENTRY_DSN:
        import sentry_sdk

        sentry_sdk.flush(timeout=20)
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        from opentelemetry import trace

        trace.get_tracer_provider().force_flush()


if __name__ == "__main__":
    main()
