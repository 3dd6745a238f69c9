"""What the API refuses: a status, a stable code, and a sentence in the reader's language."""

from django.utils.translation import gettext as _

# Codes of refusals that say which field was wrong, rather than how things are.
OF_FIELDS = {
    *("empty", "unknown", "file", "file_gone", "too_many_files", "reason", "relation", "number"),
    *("tags", "to", "person", "score", "words", "message", "title", "assignee", "category", "into"),
    *("shown_to", "when", "action", "priority", "add", "macro", "nothing"),
}
STATUS_OF_CODE = {"forbidden": 403, "too_many": 429, "quota": 429, "lowering": 403, "store": 503}


class Problem(Exception):
    """An answer by RFC 9457. `errors` are the fields that are wrong: (pointer, code, sentence)."""

    def __init__(self, status, code, sentence, *, errors=(), headers=None):
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence
        self.errors, self.headers = errors, headers or {}
        # Further members of the answer, by name.
        self.more = {}


class SecretError(Exception):
    """A refusal about keys, with a sentence for the person who asked."""

    def __init__(self, sentence, *, code="refused"):
        super().__init__(sentence)
        self.sentence, self.code = sentence, code


def title_of(status):
    """What the status means, in a few words."""
    titles = {
        400: _("The request cannot be read"),
        401: _("A valid API key is needed"),
        403: _("This is not allowed"),
        404: _("There is nothing here"),
        405: _("This method is not known here"),
        409: _("This conflicts with the current state"),
        412: _("It has changed in the meantime"),
        413: _("The request is too large"),
        415: _("This content type is not known here"),
        422: _("Something in the request is wrong"),
        429: _("There were too many requests"),
        503: _("The service does not answer now"),
    }
    return titles.get(status, _("Something went wrong"))


def problem_of(refused, *, is_conditional=False):
    """The problem that a refusal of the domain is; its code and sentence are the page's own.

    What changed meanwhile is 412 where the request names the version it has seen.
    """
    code = refused.code
    if code in STATUS_OF_CODE:
        return Problem(STATUS_OF_CODE[code], code, refused.sentence)
    if code in OF_FIELDS:
        return Problem(422, code, refused.sentence)
    if code == "stale" and is_conditional:
        return Problem(412, code, refused.sentence)
    return Problem(409, code, refused.sentence)
