"""Runs a part of `make drill` that works with the models: `drill_inside.py drill_checks ARGS`."""

import importlib
import sys

import django

if __name__ == "__main__":
    django.setup()
    importlib.import_module(sys.argv[1]).main(*sys.argv[2:])
