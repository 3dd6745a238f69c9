"""Parts of a page that are fetched when they are wanted; without script each is a page."""

# Sent by fragments.js.
HEADER = "X-Fragment"


def layout_for_fragment(request):
    """The template that such a page extends: asked for as a part, it comes without its frame."""
    return "layouts/fragment.html" if HEADER in request.headers else "layouts/base_queue.html"
