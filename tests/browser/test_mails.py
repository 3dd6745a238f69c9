"""What mails look like: one of every kind in a real browser.

`PICTURES=1 make test-full ARGS=tests/browser/test_mails.py` keeps their pictures under
.run/artifacts/mail/.
"""

from pathlib import Path

import pytest
from django.conf import settings

from tests.browser.conftest import KEEPS_PICTURES
from tests.browser.mails import account_mails, mails_of
from tests.browser.variations import first_of
from tests.factories import NOW, make_ticket

TITLE = {"fa": "پنل مدیریت سرور web-2 باز نمی‌شود", "en": "The panel of web-2 does not open"}
FOLDER = Path(settings.BASE_DIR) / ".run" / "artifacts" / "mail"


@pytest.fixture
def picture(browser):
    """Show a letter as a mail client would, and give what is wrong with it."""
    FOLDER.mkdir(parents=True, exist_ok=True)

    def take(letter, name, *, width, scheme):
        asked = []
        page = browser.new_page(
            viewport={"width": width, "height": 600},
            color_scheme=scheme,
            java_script_enabled=True,
        )
        page.on("request", lambda request: asked.append(request.url))
        page.set_content(letter.html)
        if KEEPS_PICTURES:
            page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)
        is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        ground = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
        page.close()
        return {"asked": asked, "is_wide": is_wide, "is_dark": ground != "rgb(255, 255, 255)"}

    return take


@pytest.fixture
def every_mail(requester, colleague, agent, organization):
    def write(language):
        ticket = make_ticket(requester, now=NOW, title=TITLE[language], priority="normal")
        letters = account_mails(requester, colleague, [ticket], language)
        for reader in (requester, agent):
            side = "staff" if reader.staff_role else "customer"
            mails = mails_of(make_ticket(requester, title=TITLE[language]), agent, reader, language)
            letters |= {f"{kind}-{side}": letter for kind, letter in mails.items()}
        return letters

    return write


@pytest.mark.parametrize("language", first_of("fa", "en"))
def test_an_answer_fits_phone_and_desk_in_light_and_dark(
    language, every_mail, picture, requester, agent
):
    letter = every_mail(language)["agent_replied-customer"]

    for width in (640, 390):
        for scheme in ("light", "dark"):
            seen = picture(letter, f"agent_replied-{language}", width=width, scheme=scheme)
            assert seen == {"asked": [], "is_wide": False, "is_dark": scheme == "dark"}


@pytest.mark.full
@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize(("width", "scheme"), [(640, "light"), (390, "dark")])
def test_a_mail_of_every_kind_fits_and_loads_nothing(language, width, scheme, every_mail, picture):
    seen = {
        name: picture(letter, f"{name}-{language}", width=width, scheme=scheme)
        for name, letter in every_mail(language).items()
    }

    fine = {"asked": [], "is_wide": False, "is_dark": scheme == "dark"}
    assert {name: seen[name] for name in seen if seen[name] != fine} == {}
