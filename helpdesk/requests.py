"""The requests of the WSGI application."""

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """A request whose fields and query are UTF-8, whatever character set it names.

    Django decodes by any codec of Python that a request names, also by `hex` and `rot13`, which no
    text is in. It does so while the request is made: what fails then has no page of an error yet.
    What a form in another character set is answered, `SizeMiddleware` decides.
    """

    def _set_content_type_params(self, meta):
        try:
            named = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            named = "", {}
        self.content_type, self.content_params = named
