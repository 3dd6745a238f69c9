"""The door of the application for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from .stack_room import with_stack_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
application = with_stack_room(get_wsgi_application())
