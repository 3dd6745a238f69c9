"""What a form says of a value beyond a limit, for fields that have no sentence of their own."""

from django.utils.translation import gettext, ngettext

from .wording import number


class LimitError:
    """A message of Django's validators with its numbers in the reader's digits.

    Django formats a message with `%` once it is shown; its own has `%d`, which knows Latin digits
    only. `many` is the plural, by the limit.
    """

    def __init__(self, one, many=None):
        self.one, self.many = one, many

    def __mod__(self, params):
        limit = params["limit_value"]
        text = ngettext(self.one, self.many, limit) if self.many else gettext(self.one)
        shown = {name: number(it) if type(it) is int else it for name, it in params.items()}
        return text.replace(")d", ")s") % shown

    def __str__(self):
        return gettext(self.one)


# By the code of the error. The sentences are named for translation with those of other packages.
LIMIT_ERRORS = {
    "max_length": LimitError(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    "min_length": LimitError(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    "max_value": LimitError("Ensure this value is less than or equal to %(limit_value)s."),
    "min_value": LimitError("Ensure this value is greater than or equal to %(limit_value)s."),
}
