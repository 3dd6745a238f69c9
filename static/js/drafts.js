// Keeps what is being typed in a form marked data-draft on this device, under the person's id.
// A draft goes when the page after sending says that it was done (a toast); after an error, an
// expired session or a lost connection it is still there. All drafts go at sign-out.

const PREFIX = `draft:${document.body.dataset.person}:`;
const SENT = "draft-sent";
const SENT_LATELY = 10 * 60_000;
const TYPED = "textarea, input[type=text]";
// The key of the form belongs to the text: sent again after a lost answer, it is the same message.
const FIELDS = `${TYPED}, input[type=radio], select, input[name=form_key]`;

const storage = (() => {
  try {
    return window.localStorage;
  } catch {
    return null; // the browser keeps nothing for this site
  }
})();

// What was stored may be damaged, or of an earlier version: then there is nothing.
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const nameOf = (form) => PREFIX + form.dataset.draft;
const fieldsOf = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name);
const hasText = (form) => [...form.querySelectorAll(TYPED)].some((field) => field.value.trim());

function keep(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type !== "radio" || field.checked) values[field.name] = field.value;
  }
  const typed = hasText(form);
  const state = form.querySelector("[data-draft-state]");
  let words = "savedText";
  try {
    if (typed) storage.setItem(nameOf(form), JSON.stringify(values));
    else storage.removeItem(nameOf(form));
  } catch {
    words = "fullText";
  }
  if (state) state.textContent = typed ? state.dataset[words] : "";
}

function restore(form) {
  const kept = storage.getItem(nameOf(form));
  // What the server sent back is newer than the draft.
  if (!kept || hasText(form)) return;
  const values = parse(kept);
  if (!values || typeof values !== "object") return;
  for (const field of fieldsOf(form)) {
    if (!(field.name in values)) continue;
    if (field.type === "radio") field.checked = field.value === values[field.name];
    else field.value = values[field.name];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function forgetSent() {
  const sent = parse(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
  if (!sent || Date.now() - sent.at > SENT_LATELY) return;
  if (!document.querySelector("[data-toast]")) return;
  storage.removeItem(sent.name);
  storage.removeItem(`${sent.name}:files`);
}

function forgetAll() {
  for (const name of Object.keys(storage)) {
    if (name.startsWith("draft:")) storage.removeItem(name);
  }
}

function watch(form) {
  let pending;
  form.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(() => keep(form), 400);
  });
  form.addEventListener("submit", () => {
    clearTimeout(pending);
    keep(form);
    try {
      sessionStorage.setItem(SENT, JSON.stringify({ name: nameOf(form), at: Date.now() }));
    } catch {
      // Full: then the draft stays until it is sent again or deleted.
    }
  });
}

if (storage && document.body.dataset.person) {
  forgetSent();
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    watch(form);
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forget-drafts]")) forgetAll();
  });
}
