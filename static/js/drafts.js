// Keeps what is being typed in a form marked data-draft on this device, under the person's id, the
// form and its key. The key belongs to the text: sent again after a lost answer, it is the same
// message. A draft goes when a page names its key as sent (data-sent); after an error, an expired
// session or a lost connection it is still there. All drafts go at sign-out.

const PREFIX = `draft:${document.body.dataset.person}:`;
const MOST = 5; // drafts of one form, which is open in several tabs
const TYPED = "textarea, input[type=text]:not([name=form_key])";
const FIELDS = `${TYPED}, input[type=radio], select`;

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

const isObject = (value) => value !== null && typeof value === "object";
const nameOf = (form) => PREFIX + form.dataset.draft;
const fieldOfKey = (form) => form.querySelector("[name=form_key]");
const keyOf = (form) => fieldOfKey(form)?.value ?? "";
const fieldsOf = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name);
const typedOf = (form) => [...form.querySelectorAll(TYPED)];
const hasText = (form) => typedOf(form).some((field) => field.value.trim());
// By the person or by the browser, which fills in the text of a page that it shows again.
const isFilledIn = (form) => typedOf(form).some((field) => field.value !== field.defaultValue);

// The drafts of a form by key: { values, sent: the values that were first sent, at }.
function readDrafts(name) {
  const found = parse(storage?.getItem(name) ?? null);
  if (!isObject(found)) return {};
  return Object.fromEntries(Object.entries(found).filter(([, draft]) => isObject(draft?.values)));
}

function writeDrafts(name, drafts) {
  const byAge = Object.entries(drafts).sort(([, one], [, other]) => other.at - one.at);
  for (const [key] of byAge.slice(MOST)) storage.removeItem(`${name}:files:${key}`);
  if (byAge.length) storage.setItem(name, JSON.stringify(Object.fromEntries(byAge.slice(0, MOST))));
  else storage.removeItem(name);
}

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type !== "radio" || field.checked) values[field.name] = field.value;
  }
  return values;
}

// Gives the word for what became of the draft, or "" where there is nothing to keep.
function store(form, isSending) {
  if (!storage) return hasText(form) ? "blockedText" : "";
  const name = nameOf(form);
  const { [keyOf(form)]: draft, ...others } = readDrafts(name);
  const values = valuesOf(form);
  const sent = draft?.sent ?? (isSending ? values : undefined);
  const own = hasText(form) ? { [keyOf(form)]: { values, sent, at: Date.now() } } : {};
  try {
    writeDrafts(name, { ...others, ...own });
  } catch {
    return "fullText";
  }
  return hasText(form) ? "savedText" : "";
}

function keep(form, isSending = false) {
  const word = store(form, isSending);
  const state = form.querySelector("[data-draft-state]");
  if (!state) return;
  state.textContent = word ? state.dataset[word] : "";
  state.classList.toggle("is-unsaved", word === "blockedText" || word === "fullText");
  const hint = form.querySelector("[data-draft-hint]");
  if (hint) hint.hidden = state.classList.contains("is-unsaved");
}

function fill(form, key, values) {
  for (const field of fieldsOf(form)) {
    if (!(field.name in values)) continue;
    if (field.type === "radio") field.checked = field.value === values[field.name];
    else field.value = values[field.name];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  setKey(form, key);
}

function setKey(form, key) {
  const field = fieldOfKey(form);
  if (field) field.value = key;
}

// Text and key come from the same place: the server, the browser's own memory, or a draft.
function restore(form) {
  if (form.matches("[data-returned]")) {
    keep(form);
  } else if (isFilledIn(form)) {
    setKey(form, history.state?.formKeys?.[form.dataset.draft] ?? keyOf(form));
  } else {
    const [latest] = Object.entries(readDrafts(nameOf(form))).sort(([, one], [, other]) => other.at - one.at);
    if (latest) fill(form, latest[0], latest[1].values);
  }
}

function rememberKeys(forms) {
  const formKeys = Object.fromEntries(forms.map((form) => [form.dataset.draft, keyOf(form)]));
  history.replaceState({ ...history.state, formKeys }, "");
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// A toast names the key of what has just been sent, and a form that comes back with another key the
// one that it had. A message of the page names that of its form, whose draft may have changed since
// the answer was lost.
function forgetSent() {
  const named = (selector) => new Set([...document.querySelectorAll(selector)].map((each) => each.dataset.sent));
  const confirmed = named("[data-sent]:not(.message)");
  const shown = named(".message[data-sent]");
  if (!confirmed.size && !shown.size) return;
  for (const name of Object.keys(storage).filter((each) => each.startsWith(PREFIX))) {
    const drafts = readDrafts(name);
    const gone = Object.keys(drafts).filter(
      (key) => confirmed.has(key) || (shown.has(key) && isSame(drafts[key].values, drafts[key].sent)),
    );
    if (!gone.length) continue;
    for (const key of gone) {
      delete drafts[key];
      storage.removeItem(`${name}:files:${key}`);
    }
    writeDrafts(name, drafts);
  }
}

function discard(form) {
  const name = nameOf(form);
  const { [keyOf(form)]: _gone, ...others } = readDrafts(name);
  storage.removeItem(`${name}:files:${keyOf(form)}`);
  writeDrafts(name, others);
}

function forgetAll() {
  for (const name of Object.keys(storage)) {
    if (name.startsWith("draft:")) storage.removeItem(name);
  }
}

function watch(form) {
  let pending = null;
  const keepNow = (isSending) => {
    clearTimeout(pending);
    pending = null;
    keep(form, isSending);
  };
  form.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(() => keepNow(false), 400);
  });
  form.addEventListener("submit", () => keepNow(true));
  // Discarded on another device, or given up for what was written there (saved-drafts.js).
  form.addEventListener("draft-discard", () => {
    clearTimeout(pending);
    pending = null;
    if (storage) discard(form);
  });
  addEventListener("pagehide", () => pending === null || keepNow(false));
}

if (document.body.dataset.person) {
  const forms = [...document.querySelectorAll("form[data-draft]")];
  if (storage) forgetSent();
  for (const form of forms) {
    restore(form);
    watch(form);
  }
  rememberKeys(forms);
  document.addEventListener("click", (event) => {
    if (storage && event.target.matches("[data-discard-draft]")) discard(event.target.closest("form"));
  });
  document.addEventListener("submit", (event) => {
    if (storage && event.target.matches("[data-forget-drafts]")) forgetAll();
  });
}
