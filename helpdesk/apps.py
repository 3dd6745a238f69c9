"""The wiring app, and Django admin as this product opens it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.backends.signals import connection_created
from django.forms import Field

from ui.limit_errors import LIMIT_ERRORS

from . import (
    checks,  # noqa: F401 registers them
    reporting,
)
from .instants import read_faster


class HelpdeskConfig(AppConfig):
    name = "helpdesk"
    default = True

    def ready(self):
        connection_created.connect(read_faster)
        reporting.start()
        Field.default_error_messages |= LIMIT_ERRORS


class HelpdeskAdminConfig(admin_apps.AdminConfig):
    default_site = "helpdesk.admin_site.HelpdeskAdminSite"
    default = False
