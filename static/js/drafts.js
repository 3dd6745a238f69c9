// Keeps what is being typed in a form marked data-draft on this device, under the person's id.
// A draft goes when its form was sent and accepted (data-draft-sent names it on the next page),
// and all go at sign-out.

const PREFIX = `draft:${document.body.dataset.person}:`;
const FIELDS = "textarea, input[type=text], input[type=radio], select";
const OF_ONE_FORM = new Set(["csrfmiddlewaretoken", "key"]);

const storage = (() => {
  try {
    return window.localStorage;
  } catch {
    return null; // the browser keeps nothing for this site
  }
})();

const fieldsOf = (form) =>
  [...form.querySelectorAll(FIELDS)].filter((field) => field.name && !OF_ONE_FORM.has(field.name));

function keep(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type !== "radio" || field.checked) values[field.name] = field.value;
  }
  const name = PREFIX + form.dataset.draft;
  const typed = [...form.querySelectorAll("textarea, input[type=text]")].some((field) => field.value.trim());
  try {
    if (typed) storage.setItem(name, JSON.stringify(values));
    else storage.removeItem(name);
  } catch {
    return; // the storage is full
  }
  const state = form.querySelector("[data-draft-state]");
  if (state) state.textContent = typed ? state.dataset.savedText : "";
}

function restore(form) {
  const kept = storage.getItem(PREFIX + form.dataset.draft);
  const typed = [...form.querySelectorAll("textarea, input[type=text]")];
  // What the server sent back is newer than the draft.
  if (!kept || typed.some((field) => field.value)) return;
  const values = JSON.parse(kept);
  for (const field of fieldsOf(form)) {
    if (!(field.name in values)) continue;
    if (field.type === "radio") field.checked = field.value === values[field.name];
    else field.value = values[field.name];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function forget(prefix) {
  for (const name of Object.keys(storage)) {
    if (name.startsWith(prefix)) storage.removeItem(name);
  }
}

if (storage && document.body.dataset.person) {
  for (const sent of document.querySelectorAll("[data-draft-sent]")) {
    storage.removeItem(PREFIX + sent.dataset.draftSent);
  }
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    let pending;
    form.addEventListener("input", () => {
      clearTimeout(pending);
      pending = setTimeout(() => keep(form), 400);
    });
    addEventListener("pagehide", () => form.dataset.sending || keep(form));
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forget-drafts]")) forget("draft:");
  });
}
