"""What tests of the wiring share."""

import logging
from logging.config import DictConfigurator

import pytest

from helpdesk.logs import logging_to_console
from tests.helpdesk.starts import PRODUCTION, starting


class Console(logging.Handler):
    """What the console would show, line by line; made by the setting of the product."""

    def __init__(self, form):
        super().__init__()
        config = DictConfigurator(logging_to_console("INFO", form))
        made = config.configure_formatter(config.config["formatters"]["chosen"])
        self.setFormatter(made)
        for name in config.config["handlers"]["console"]["filters"]:
            self.addFilter(config.configure_filter(config.config["filters"][name]))
        self.lines = []

    def emit(self, record):
        self.lines += self.format(record).split("\n")


@pytest.fixture
def log_lines():
    """Keep the log as the console shows it in that form; gives the lines, which go on growing."""
    handlers = []

    def keep(form):
        handlers.append(Console(form))
        logging.getLogger().addHandler(handlers[-1])
        return handlers[-1].lines

    yield keep
    for each in handlers:
        logging.getLogger().removeHandler(each)


@pytest.fixture(scope="module")
def start():
    """Read the settings in a process of its own, with the environment of a production."""
    with starting() as begin:

        def with_changes(**changes):
            given = PRODUCTION | changes | {"DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
            return begin({name: value for name, value in given.items() if value is not None})

        yield with_changes
