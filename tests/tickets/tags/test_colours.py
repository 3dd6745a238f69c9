"""The colours of tags can be read in both themes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tickets.choices import TagColour

CSS = Path(settings.BASE_DIR, "static/css/tags.css").read_text("utf-8")
PAIR = r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
# What WCAG asks of small text.
LEAST = 4.5


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return sum(share * each for share, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", TagColour.values)
def test_a_tag_can_be_read_in_both_themes(colour):
    name = "tag-mark" if colour == TagColour.GREY else f"tag-mark-{colour}"
    rule = re.search(rf"\.{name} {{(.*?)}}", CSS)[1]
    background = re.search(f"background: {PAIR}", rule).groups()
    text = re.search(f"[^-]color: {PAIR}", rule).groups()

    assert min(map(contrast, text, background)) >= LEAST
