"""The crispy helper of our forms: labels above, errors beside the field, no button of its own."""

from crispy_forms.helper import FormHelper


class PlainHelper(FormHelper):
    """Only the fields: the page has the form tag, its token and what it is sent with."""

    form_tag = False
    disable_csrf = True
    template = "account/_form.html"
    field_template = "account/_field.html"
