"""The portal's pages and the queue stand still while they load, the fonts coming late."""

import pytest

from tests.factories import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

MOST_SHIFT = 0.05
ROWS = 12
IS_PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
SHIFTED = """async () => {
  await document.fonts.ready;
  let sum = 0;
  const add = (list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  };
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
  return sum;
}"""


def shift_of(page, path):
    """The cumulative layout shift of a page whose fonts arrive after its first rendering."""
    held, is_painted = [], False

    def hold(route):
        if is_painted:
            route.continue_()
        else:
            held.append(route)

    page.route("**/*.woff2", hold)
    page.goto(path, wait_until="commit")
    page.wait_for_function(IS_PAINTED)
    is_painted = True
    for route in held:
        route.continue_()
    page.wait_for_load_state("load")
    assert held
    return page.evaluate(SHIFTED)


@pytest.mark.full
@pytest.mark.parametrize(("language", "width"), [("fa", 1280), ("fa", 390), ("en", 1280)])
def test_pages_stand_still_while_they_load(visit, requester, agent, language, width):
    tickets = [make_ticket(requester, title=f"پرداخت {number} Payment") for number in range(ROWS)]
    requester.language = agent.language = language
    requester.save()
    agent.save()
    pages = {"/": requester, "/tickets/": requester, "/tickets/new/": requester}
    pages |= {tickets[0].get_absolute_url(): requester, "/queue/": agent}

    shifts = {
        path: shift_of(visit(person, language=language, width=width), path)
        for path, person in pages.items()
    }

    assert {path: shift for path, shift in shifts.items() if shift >= MOST_SHIFT} == {}
