"""Draws plain widgets of forms, and errors where there are none, without templates.

A page of a ticket has a dozen of them, for each of which Django renders three templates.
"""

from django.forms.renderers import TemplatesSetting
from django.utils.html import escape
from django.utils.safestring import SafeData, mark_safe

INPUTS = ("checkbox", "date", "email", "file", "hidden", "number", "password", "search", "text")


class FormRenderer(TemplatesSetting):
    """Gives what the templates of Django give, to the letter; what it cannot draw, they do."""

    def render(self, template_name, context, request=None):
        draw = DRAWN.get(template_name)
        drawn = draw(context) if draw else None
        return super().render(template_name, context, request) if drawn is None else drawn


def _input(context):
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{_escaped(widget["value"])}"'
    return mark_safe(f"<input{_type(widget)}{_name(widget)}{value}{_attributes(widget)}>")  # noqa: S308 each part is escaped


def _file(context):
    """Without a file that was there before, about which the template says more."""
    widget = context["widget"]
    if widget["is_initial"]:
        return None
    return mark_safe(f"<input{_type(widget)}{_name(widget)}{_attributes(widget)}>")  # noqa: S308 each part is escaped


def _textarea(context):
    widget = context["widget"]
    typed = _escaped(widget["value"] or "")
    return mark_safe(f"<textarea{_name(widget)}{_attributes(widget)}>\n{typed}</textarea>")  # noqa: S308 each part is escaped


def _errors(context):
    return None if context["errors"] else ""


def _type(widget):
    return f' type="{escape(widget["type"])}"'


def _name(widget):
    return f' name="{escape(widget["name"])}"'


def _attributes(widget):
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{_escaped(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _escaped(value):
    return value if isinstance(value, SafeData) else escape(str(value))


DRAWN = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in INPUTS},
    "django/forms/widgets/clearable_file_input.html": _file,
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/errors/list/default.html": _errors,
}
