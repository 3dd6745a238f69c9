"""An act that leads to another page ends when that page is there as a whole.

Playwright's click ends with the first bytes of the next page, and what asks without waiting
(`count`, `is_visible`, `all`) or reads a text then gets half a page on a busy machine.
"""

from functools import wraps

from playwright.sync_api import Locator, Page

ACTS = ("check", "click", "dblclick", "press", "select_option", "set_checked", "uncheck")


def wait_for_whole_pages(monkeypatch):
    for owner in (Page, Locator):
        for name in ACTS:
            monkeypatch.setattr(owner, name, to_the_end(getattr(owner, name)))


def to_the_end(act):
    @wraps(act)
    def perform(target, *arguments, **options):
        act(target, *arguments, **options)
        page = target if isinstance(target, Page) else target.page
        # A page that is there already costs nothing; an act may also have closed its window.
        if not page.is_closed():
            page.wait_for_load_state("domcontentloaded")

    return perform
