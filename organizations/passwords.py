"""Password rules beyond those of Django."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext

from ui.wording import digits


class LengthValidator(MinimumLengthValidator):
    """Django's rule, with its number in the reader's digits."""

    def get_error_message(self):
        sentence = ngettext(
            "This password is too short: enter at least %(count)s character.",
            "This password is too short: enter at least %(count)s characters.",
            self.min_length,
        )
        return sentence % {"count": digits(self.min_length)}
