// A search field with data-narrows (the id of a list of labels) hides those that do not have the
// typed words, however these were typed; what is chosen stays.

import { holds } from "./folding.js";

for (const search of document.querySelectorAll("[data-narrows]")) {
  const labels = [...document.getElementById(search.dataset.narrows).querySelectorAll("label")];
  search.addEventListener("input", () => {
    for (const label of labels) {
      label.hidden = !label.querySelector("[type=checkbox]:checked") && !holds(label.textContent, search.value);
    }
    // Of radios the chosen one is always one that is seen.
    const chosen = labels.find((label) => label.querySelector("[type=radio]:checked"));
    if (!chosen?.hidden) return;
    const seen = labels.find((label) => !label.hidden);
    (seen ?? chosen).querySelector("[type=radio]").checked = Boolean(seen);
  });
  search.addEventListener("keydown", (event) => {
    // Only a form that searches is sent by it.
    if (event.key === "Enter" && search.form?.role !== "search") event.preventDefault();
  });
}
