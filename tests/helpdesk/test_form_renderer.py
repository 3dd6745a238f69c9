"""Widgets that are drawn without templates look as Django's templates draw them."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from helpdesk.form_renderer import FormRenderer

ATTRIBUTES = {
    "id": 'a"b',
    "required": True,
    "disabled": False,
    "maxlength": 1200,
    "data-safe": mark_safe("&amp;"),
    "aria-label": gettext_lazy("Tickets"),
}
VALUES = [None, "", 0, 1234567, "<b>&\"'</b>", "سلام\nدنیا", mark_safe("&lt;"), True, False]
WIDGETS = [
    forms.TextInput,
    forms.HiddenInput,
    forms.EmailInput,
    forms.NumberInput,
    forms.PasswordInput,
    forms.DateInput,
    forms.CheckboxInput,
    forms.Textarea,
    forms.FileInput,
    forms.ClearableFileInput,
    forms.Select,
]


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("value", VALUES)
def test_a_widget_is_drawn_as_by_its_template(widget, value):
    drawn, expected = (
        widget(ATTRIBUTES).render("field", value, renderer=renderer)
        for renderer in (FormRenderer(), TemplatesSetting())
    )

    assert drawn == expected


def test_a_file_that_was_there_before_is_named_by_the_template():
    file = SimpleUploadedFile("log<1>.txt", b"text")
    file.url = "/files/1/"

    drawn = forms.ClearableFileInput().render("field", file, renderer=FormRenderer())

    assert 'href="/files/1/"' in drawn
    assert "log&lt;1&gt;.txt" in drawn


@pytest.mark.parametrize("errors", [[], ["<b>"], ["one", "two"]])
def test_errors_are_drawn_as_by_their_template(errors):
    drawn, expected = (
        str(ErrorList(errors, renderer=renderer))
        for renderer in (FormRenderer(), TemplatesSetting())
    )

    assert drawn == expected
