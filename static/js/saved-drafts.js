// Keeps the text of a form on the server too (data-saved-draft in it), for all devices of its author. What
// this device keeps (drafts.js) is put into the form first. The server compares versions: a text that another
// device or tab has saved meanwhile is shown and never overwritten unseen.

const PAUSE = 2_000;

const discard = (form) => form.dispatchEvent(new Event("draft-discard"));

class SavedDraft {
  constructor(place) {
    this.place = place;
    this.form = place.closest("form");
    this.text = this.form.querySelector("textarea");
    this.name = `draft:${document.body.dataset.person}:${this.form.dataset.draft}:server`;
    // What the server is known to hold: the text and the key that belongs to it.
    const key = this.keyField.defaultValue.trim();
    const body = this.form.matches("[data-returned]") ? null : this.shown;
    this.known = this.version ? { version: this.version, key, body } : null;
    this.begin();
    this.form.addEventListener("input", ({ target }) => target === this.text && this.write());
    this.form.addEventListener("focusout", ({ relatedTarget }) => relatedTarget?.form === this.form || this.save());
    this.form.addEventListener("submit", ({ submitter }) => this.end(submitter));
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    addEventListener("pagehide", () => this.save());
    addEventListener("pageshow", () => { this.isSending = false; });
    place.addEventListener("click", ({ target }) => this.press(target));
  }

  get field() {
    return this.form.querySelector("[name=draft_version]");
  }

  get version() {
    return this.field.value;
  }

  get keyField() {
    return this.form.querySelector("[name=form_key]");
  }

  get key() {
    return this.keyField.value.trim();
  }

  // The text with which the page came.
  get shown() {
    return this.text.defaultValue;
  }

  part(name) {
    return this.place.querySelector(`[data-draft-${name}]`);
  }

  // What this device last knew of the server's draft.
  remembered() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  remember() {
    try {
      if (this.known) localStorage.setItem(this.name, JSON.stringify({ ...this.known, at: Date.now() }));
      else localStorage.removeItem(this.name);
    } catch {
      // This browser keeps nothing: the server still does.
    }
  }

  // The server's text, the one of this device, or both: whichever is further on.
  begin() {
    const before = this.remembered();
    const { value } = this.text;
    // Another tab has saved since this page was asked for, which may therefore be older: the server decides.
    const isOlder = value.trim() && before.version > Number(this.version) && before.at > performance.timeOrigin;
    const isUnchanged = before.body === value && before.key === this.key;
    if (isOlder) {
      this.plan();
    } else if (!this.known) {
      // Sent or discarded elsewhere, and nothing was added here.
      if (value && value !== this.shown && isUnchanged) this.clear();
      else if (value.trim()) this.plan();
    } else if (this.form.matches("[data-returned]")) {
      this.plan();
    } else if (value !== this.shown) {
      if (isUnchanged) this.take(this.known);
      else if (before.version === this.version && before.key === this.key) this.plan();
      else this.offer(this.known);
    } else {
      this.keyField.value = this.known.key;
    }
    if (this.text.value !== this.shown) this.part("restored")?.remove();
    if (!isOlder) this.remember();
  }

  write() {
    // Whatever became of the last press of Send, somebody goes on writing.
    this.isSending = false;
    this.plan();
  }

  plan() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  get isSaved() {
    return this.text.value === (this.known?.body ?? "");
  }

  async save() {
    clearTimeout(this.timer);
    if (this.isSending || this.isOffered || this.isSaved) return;
    if (this.isSaving) {
      this.plan();
      return;
    }
    this.isSaving = true;
    const request = { method: "POST", body: this.content(), keepalive: true, redirect: "manual" };
    const answer = await fetch(this.place.dataset.savedDraft, request).catch(() => null);
    if (answer?.status === 200) this.learn(await answer.json().catch(() => ({})));
    this.isSaving = false;
  }

  content() {
    const content = new FormData();
    for (const name of ["csrfmiddlewaretoken", "form_key", "draft_kind", "draft_version"]) {
      content.append(name, this.form.querySelector(`[name=${name}]`).value);
    }
    content.append("body", this.text.value);
    return content;
  }

  learn({ outcome, ...draft }) {
    if (outcome === "newer") this.offer({ ...draft, key: draft.form_key });
    if (outcome === "empty") this.know(null);
    if (outcome === "saved") {
      this.know({ version: draft.version, key: draft.form_key, body: draft.body });
      if (this.isSaved) this.confirm();
      else this.plan();
    }
  }

  know(draft) {
    this.known = draft;
    this.field.value = draft?.version ?? "";
    this.remember();
  }

  confirm() {
    const state = this.form.querySelector("[data-draft-state]");
    const { everywhereText, withoutFilesText } = this.place.dataset;
    const hasFiles = this.form.querySelector("[data-chosen]")?.childElementCount;
    state.classList.remove("is-unsaved");
    state.textContent = hasFiles ? withoutFilesText : everywhereText;
  }

  // Nothing is saved until the person has chosen between the two.
  offer(draft) {
    this.isOffered = draft;
    this.part("other").textContent = draft.body;
    this.part("newer").hidden = false;
  }

  settle(draft) {
    this.isOffered = null;
    this.part("newer").hidden = true;
    this.know(draft);
  }

  take(draft) {
    this.text.value = draft.body;
    this.keyField.value = draft.key;
    this.text.dispatchEvent(new Event("change", { bubbles: true }));
  }

  clear() {
    discard(this.form);
    this.text.value = "";
    this.keyField.value = this.keyField.defaultValue;
    this.known = null;
  }

  press(target) {
    const draft = this.isOffered;
    if (target.matches("[data-draft-take]")) {
      discard(this.form);
      this.take(draft);
      this.settle(draft);
      this.text.focus();
    } else if (target.matches("[data-draft-keep]")) {
      this.settle(draft);
      this.text.focus();
      this.save();
    }
  }

  // Sent, the text is a draft no more, and a late save would not bring it back.
  end(submitter) {
    this.isSending = true;
    clearTimeout(this.timer);
    if (submitter?.name === "discard") {
      discard(this.form);
      this.known = null;
      this.remember();
    }
  }
}

for (const place of document.querySelectorAll("[data-saved-draft]")) new SavedDraft(place);
