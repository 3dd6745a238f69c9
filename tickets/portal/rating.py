"""The form by which customers rate a closed ticket, and what their page shows of a rating."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets import permissions, services
from tickets.choices import SCORES
from ui.forms import TextField

CHOOSE = _("Choose from the list.")


class RatingForm(forms.Form):
    """Solved or not, one to five, and words if any. `seen` is the version of the rating that it
    was made from."""

    solved = forms.ChoiceField(
        label=_("Is the problem solved?"),
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, it is not"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it is solved."), "invalid_choice": CHOOSE},
    )
    score = forms.TypedChoiceField(
        label=_("How was our support?"),
        coerce=int,
        choices=list(SCORES.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the five stars."),
            "invalid_choice": CHOOSE,
        },
    )
    words = TextField(
        label=_("Comment"),
        required=False,
        max_length=services.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "form-control"}),
    )
    seen = forms.IntegerField(
        required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )

    @classmethod
    def of(cls, rating):
        """The form as a page shows it first."""
        if rating is None:
            return cls(initial={"seen": 0})
        initial = {
            "solved": "yes" if rating.is_solved else "no",
            "score": rating.score,
            "words": rating.words,
            "seen": rating.version,
        }
        return cls(initial=initial)

    def verdict(self):
        """What the form holds, for the service."""
        data = self.cleaned_data
        return services.Verdict(
            is_solved=data["solved"] == "yes",
            score=data["score"],
            words=data["words"].replace("\r\n", "\n"),
        )

    def rebase_on(self, rating):
        """Have the next sending record what the page shows now."""
        self.data = self.data.copy()
        self.data["seen"] = rating.version if rating else 0

    @property
    def stars(self):
        """(value, word, whether it is chosen), from the worst to the best."""
        chosen = str(self["score"].value())
        return [(value, SCORES[value], str(value) == chosen) for value in SCORES]


def rating_panel(ticket, viewer, now, form=None):
    """What a member's page shows: the question on a closed ticket, or the rating given, and for a
    week the form to say it otherwise. `ticket` comes by `with_people`: no query."""
    rating = getattr(ticket, "rating", None)
    is_open = services.may_still_change(rating, now) if rating else ticket.is_closed
    is_open = is_open and ticket.merged_into_id is None
    may_rate = is_open and permissions.may_rate(ticket, viewer)
    if form is not None:
        form.rebase_on(rating)
    return {
        "given": rating,
        "is_asked": rating is None and (may_rate or form is not None),
        "form": (form or RatingForm.of(rating)) if may_rate or form is not None else None,
        "until": rating and services.changeable_until(rating),
    }
