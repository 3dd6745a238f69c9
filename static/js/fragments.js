// A part of a page that is fetched when it is wanted (data-fragment, the address of a page that shows the
// part alone): when the menu around it opens, or at once where there is none. Until then, and where it does
// not come, the link in it leads to that page.

async function fetchInto(place) {
  const url = place.dataset.fragment;
  delete place.dataset.fragment;
  const answer = await fetch(url, { headers: { "X-Fragment": "yes" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    place.dataset.fragment = url;
    return;
  }
  place.innerHTML = await answer.text();
  if (place.closest("details")?.open) place.querySelector("input:not([type=hidden]), a, button")?.focus();
}

document.addEventListener(
  "toggle",
  ({ target }) => {
    const place = target.open && target.querySelector("[data-fragment]");
    if (place) fetchInto(place);
  },
  true,
);
