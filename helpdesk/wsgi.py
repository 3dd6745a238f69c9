"""The door of the application for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from .requests import Request
from .stack_room import with_stack_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
handler = get_wsgi_application()
handler.request_class = Request
application = with_stack_room(handler)
