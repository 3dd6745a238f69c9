"""Variations of one test: the first is part of every run, the others of the full one."""

import pytest


def first_of(*variations):
    first, *others = variations
    return [first, *(later(each) for each in others)]


def later(variation):
    values = variation if isinstance(variation, tuple) else (variation,)
    return pytest.param(*values, marks=pytest.mark.full)
