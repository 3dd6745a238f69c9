"""What open lists fetch when they have news: the page without its frame."""

# Sent by rows.js.
HEADER = "X-Rows-Only"


def layout_for(request, layout):
    """The template that a list extends: its rows alone take nothing meant for the reader's next
    page, such as the sentence that something was done."""
    return "layouts/rows.html" if HEADER in request.headers else layout
