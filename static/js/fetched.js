// What only some readers open is a page of its own: a <details> that asks for this script (on-demand.js) gets it
// when it is opened. The part of that page (data-fetchable) that its link leads to takes the place of the link,
// every time once more, so that what it shows is true. Without an answer the link stays, as without script.

export async function opened(details) {
  const place = details.lastElementChild;
  const url = place.dataset.fetchedFrom ?? place.querySelector("a")?.href;
  if (!url) return;
  place.dataset.fetchedFrom = url;
  place.setAttribute("aria-busy", "true");
  const answer = await fetch(url, { headers: { "X-Rows-Only": "1" } }).catch(() => null);
  const text = answer?.ok && !answer.redirected ? await answer.text().catch(() => "") : "";
  place.removeAttribute("aria-busy");
  const part = new DOMParser().parseFromString(text, "text/html").querySelector("[data-fetchable]");
  if (!part || !details.open) return;
  place.replaceChildren(...part.childNodes);
  // A menu is placed once more by its size (menus.js).
  dispatchEvent(new Event("resize"));
  place.querySelector("[data-first]")?.focus();
}
