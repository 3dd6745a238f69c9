"""What open lists fetch when they have news: the page without its frame."""

# Sent by news.js, with the mark of the rows that the page has got before.
HEADER = "X-Rows-Only"


def layout_for(request, layout):
    """The template that a list extends: its rows alone take nothing meant for the reader's next
    page, such as the sentence that something was done."""
    return "layouts/rows.html" if HEADER in request.headers else layout


def has_rows(request, mark):
    """Whether an open list asks for its rows and has those of this mark already."""
    return request.headers.get(HEADER) == mark
