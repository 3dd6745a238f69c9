"""The wiring app, and Django admin as this product opens it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class HelpdeskConfig(AppConfig):
    name = "helpdesk"
    default = True


class HelpdeskAdminConfig(admin_apps.AdminConfig):
    default_site = "helpdesk.admin_site.HelpdeskAdminSite"
    default = False
