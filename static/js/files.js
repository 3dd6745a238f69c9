// Files of a form marked data-files: chosen, dropped or pasted, each is sent at once and waits on
// the server as the person's own; the form then only names it (`kept`). Sentences and limits stand
// in data- attributes of the list. Without script the browser's own file field does.

const LANGUAGE = document.documentElement.lang;
const THUMB = 40;
const AT_ONCE = 2;
const STALLED_AFTER = 30_000;
const forms = new Map();

function sizeInWords(bytes) {
  const [amount, unit] = bytes >= 1024 ** 2 ? [bytes / 1024 ** 2, "megabyte"] : [bytes / 1024, "kilobyte"];
  return new Intl.NumberFormat(LANGUAGE, {
    style: "unit",
    unit,
    unitDisplay: LANGUAGE === "fa" ? "long" : "short",
    maximumFractionDigits: amount < 10 ? 1 : 0,
  }).format(amount);
}

// As the server will show it: without control characters and what turns text round.
const shownName = (name) => name.replace(/[\p{Cc}\p{Cf}]/gu, (char) => (char === "\u200c" ? char : "")) || "file";

async function drawThumb(place, file) {
  if (!file.type.startsWith("image/")) return;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.max(THUMB / image.width, THUMB / image.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = THUMB;
    canvas.getContext("2d").drawImage(
      image,
      (THUMB - image.width * scale) / 2,
      (THUMB - image.height * scale) / 2,
      image.width * scale,
      image.height * scale,
    );
    image.close();
    place.replaceChildren(canvas);
  } catch {
    // Not a picture after all: the icon stays and the server will say so.
  }
}

function icon(name) {
  const brand = document.querySelector("svg.icon use").getAttribute("href");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", brand.replace(/#.*/, `#${name}`));
  svg.append(use);
  return svg;
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(symbol, label, act) {
  const made = element("button", "icon-btn icon-btn-small");
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.title = label;
  made.append(icon(symbol));
  made.addEventListener("click", act);
  return made;
}

// The row of one file, which shows and announces its progress.
class Row {
  constructor(name, words) {
    this.name = name;
    this.words = words;
    this.thumb = element("span", "thumb");
    this.thumb.append(icon("file"));
    const shown = element("bdi", "name", name);
    shown.dir = "ltr";
    this.state = element("span", "size");
    this.progress = element("progress", "");
    this.progress.max = 1;
    this.progress.setAttribute("aria-label", name);
    const facts = element("span", "file-facts");
    facts.append(shown, this.state, this.progress);
    this.acts = element("span", "file-acts");
    this.node = element("span", "file file-chosen");
    this.node.append(this.thumb, facts, this.acts);
  }

  show(text, { progress = null, failed = false } = {}) {
    this.state.textContent = text;
    this.progress.hidden = progress === null;
    if (progress !== null) this.progress.value = progress;
    this.node.classList.toggle("file-refused", failed);
  }

  offer({ retry, remove }) {
    const made = [];
    if (retry) made.push(button("retry", `${this.words.retryText}: ${this.name}`, retry));
    if (remove) made.push(button("x", `${this.words.removeText}: ${this.name}`, remove));
    this.acts.replaceChildren(...made);
  }
}

class Upload {
  constructor(uploads, { file = null, name, size, id = null, thumbnail = "" }) {
    Object.assign(this, { uploads, file, name, size, id, state: "waiting" });
    this.words = uploads.words;
    this.row = new Row(name, this.words);
    if (file) drawThumb(this.row.thumb, file);
    if (thumbnail) {
      const picture = element("img", "");
      picture.src = thumbnail;
      picture.alt = "";
      this.row.thumb.replaceChildren(picture);
    }
    this.row.show(`${size} · ${this.words.waitingText}`, { progress: 0 });
    this.row.offer({ remove: () => uploads.remove(this) });
  }

  send() {
    this.state = "sending";
    this.row.show(`${this.size} · ${this.words.sendingText}`, { progress: 0 });
    this.row.offer({ remove: () => this.uploads.remove(this) });
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.uploads.token);
    body.append("file", this.file, this.file.name);
    const request = new XMLHttpRequest();
    this.request = request;
    let stalled;
    const watchLine = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_AFTER);
    };
    request.upload.addEventListener("progress", (event) => {
      watchLine();
      if (event.lengthComputable) this.row.progress.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      clearTimeout(stalled);
      if (this.state === "sending") this.settle(request);
    });
    watchLine();
    request.open("POST", this.words.url);
    request.send(body);
  }

  settle(request) {
    const answer = readJson(request.responseText);
    if (request.status === 201 && answer) {
      this.ready(answer);
    } else if (request.status === 422 && answer) {
      this.refuse(answer.error);
    } else {
      const gone = request.status === 403 ? this.words.signedOutText : this.words.lostText;
      this.fail(answer?.error ?? gone);
    }
    this.uploads.changed();
  }

  ready({ id, name, size }) {
    Object.assign(this, { id, name, size, state: "ready", file: null });
    this.row.show(`${size} · ${this.words.readyText}`);
    const field = element("input", "");
    field.type = "hidden";
    field.name = "kept";
    field.value = id;
    this.row.node.append(field);
    this.row.offer({ remove: () => this.uploads.remove(this) });
  }

  refuse(sentence) {
    this.state = "refused";
    this.row.show(sentence, { failed: true });
    this.row.offer({ remove: () => this.uploads.remove(this) });
    this.uploads.say(sentence);
  }

  fail(sentence) {
    this.state = "failed";
    this.row.show(sentence, { failed: true });
    this.row.offer({ retry: () => this.retry(), remove: () => this.uploads.remove(this) });
    this.uploads.say(`${this.name}: ${sentence}`);
  }

  retry() {
    this.state = "waiting";
    this.row.show(`${this.size} · ${this.words.waitingText}`, { progress: 0 });
    this.uploads.next();
  }

  leave() {
    const { state } = this;
    this.state = "removed";
    if (state === "sending") this.request.abort();
    if (this.id) this.uploads.tell(`${this.words.url}${this.id}/remove/`);
    this.row.node.remove();
  }
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

class Uploads {
  constructor(form, input, list) {
    Object.assign(this, { form, input, list, words: list.dataset, all: [], held: null });
    this.status = form.querySelector("[data-files-status]");
    this.person = document.body.dataset.person;
    this.takeUp();
    input.addEventListener("change", () => this.add([...input.files]));
    form.addEventListener("submit", (event) => this.hold(event), { capture: true });
    addEventListener("online", () => this.in("failed").forEach((each) => each.retry()));
  }

  // The files belong to the key of the form, as its text does.
  get key() {
    const { draft } = this.form.dataset;
    const formKey = this.form.querySelector("[name=form_key]")?.value ?? "";
    return this.person && draft ? `draft:${this.person}:${draft}:files:${formKey}` : null;
  }

  get token() {
    return this.form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  in(...states) {
    return this.all.filter((each) => states.includes(each.state));
  }

  // What the row of its file shows already is only for screen readers.
  say(sentence, { isShown = false } = {}) {
    if (!this.status) return;
    this.status.textContent = sentence;
    this.status.classList.toggle("visually-hidden", !isShown);
  }

  // Files that the page brings back after a refusal, or that a draft of this device still names.
  async takeUp() {
    const kept = [...this.list.querySelectorAll("[name=kept]")].map((field) => ({
      id: field.value,
      name: field.dataset.name,
      size: field.dataset.size,
    }));
    this.list.replaceChildren();
    if (kept.length) {
      kept.forEach((file) => this.show(new Upload(this, file), file));
      return;
    }
    const remembered = this.key ? readJson(storage()?.getItem(this.key) ?? "[]") : [];
    if (!remembered?.length) return;
    const answer = await fetch(this.words.url).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { files } = await answer.json();
    files.filter((file) => remembered.includes(file.id)).forEach((file) => this.show(new Upload(this, file), file));
  }

  show(upload, file = null) {
    this.all.push(upload);
    this.list.append(upload.row.node);
    if (file) upload.ready(file);
    this.remember();
  }

  add(files) {
    const known = new Set(this.all.map((each) => each.mark));
    this.say("");
    for (const file of files) {
      const mark = `${file.name}/${file.size}/${file.lastModified}`;
      if (known.has(mark)) continue;
      const upload = new Upload(this, { file, name: shownName(file.name), size: sizeInWords(file.size) });
      const sentence = this.faultOf(file);
      this.show(upload);
      if (sentence) upload.refuse(sentence.replace("{name}", upload.name));
      else upload.mark = mark;
    }
    this.input.value = "";
    this.next();
  }

  // Found before anything is sent. The kind is decided by the server, by the content.
  faultOf(file) {
    if (!file.size) return this.words.emptyText;
    if (file.size > Number(this.words.maxBytes)) return this.words.tooLargeText;
    if (this.in("waiting", "sending", "ready", "failed").length >= Number(this.words.most)) return this.words.mostText;
    return "";
  }

  next() {
    while (this.in("sending").length < AT_ONCE) {
      const waiting = this.in("waiting")[0];
      if (!waiting) break;
      waiting.send();
    }
  }

  changed() {
    this.remember();
    this.next();
    if (!this.held || this.in("waiting", "sending").length) return;
    const { submitter } = this.held;
    this.held = null;
    submitter?.removeAttribute("aria-busy");
    if (!this.in("failed").length) this.form.requestSubmit(submitter);
  }

  remove(upload) {
    upload.leave();
    this.all = this.all.filter((each) => each !== upload);
    this.say("");
    (this.list.querySelector("button") ?? this.input).focus();
    this.changed();
  }

  // A form that is sent too early goes by itself when its files are there.
  hold(event) {
    if (this.in("waiting", "sending").length) {
      event.preventDefault();
      event.stopPropagation();
      this.held = { submitter: event.submitter };
      event.submitter?.setAttribute("aria-busy", "true");
      this.say(this.words.holdText, { isShown: true });
    } else if (this.in("failed").length) {
      event.preventDefault();
      event.stopPropagation();
      this.say(this.words.unsentText, { isShown: true });
      this.in("failed")[0].row.acts.querySelector("button").focus();
    }
  }

  remember() {
    const ids = this.in("ready").map((each) => each.id);
    try {
      if (this.key && ids.length) storage()?.setItem(this.key, JSON.stringify(ids));
      else if (this.key) storage()?.removeItem(this.key);
    } catch {
      // The storage is full: the files of this page are still there.
    }
  }

  tell(url) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.token);
    fetch(url, { method: "POST", body }).catch(() => {}); // the server forgets it within a day
  }
}

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // the browser keeps nothing for this site
  }
}

// The form that a file is meant for: the one it was dropped or pasted on, else the only one shown.
function formFor(target) {
  const own = target.closest?.("form[data-files]");
  const shown = [...forms.keys()].filter((form) => form.checkVisibility());
  return own ?? (shown.length === 1 ? shown[0] : null);
}

const dropOf = (form) => form?.querySelector("[data-drop]") ?? form?.closest(".composer") ?? form;
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

function lightUp(form) {
  for (const lit of document.querySelectorAll(".is-over")) lit.classList.remove("is-over");
  dropOf(form)?.classList.add("is-over");
}

for (const form of document.querySelectorAll("form[data-files]")) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-chosen]");
  if (input && list) forms.set(form, new Uploads(form, input, list));
}

if (forms.size) {
  // A file that misses its place never makes the browser leave the page and what is typed on it.
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    lightUp(formFor(event.target));
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) lightUp(null);
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    lightUp(null);
    forms.get(formFor(event.target))?.add([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    // Cells of a sheet come as text and as a picture of it: the text is meant.
    if (!files.length || types.includes("text/plain")) return;
    const uploads = forms.get(formFor(event.target));
    if (!uploads) return;
    event.preventDefault();
    uploads.add([...files]);
  });
}
