import { answer, blockStorage, equal, ok, open, settle, test } from "./harness.mjs";

const NAME = "draft:7:/reply/:files:";
const FORM = `<svg class="icon"><use href="/icons.svg#brand"></use></svg>
  <form data-files data-draft="/reply/" action="/reply/"><input type="hidden" name="csrfmiddlewaretoken" value="token">
    <textarea name="body"></textarea><div data-drop><input type="file" multiple></div>
    <div data-chosen data-url="/files/" data-max-bytes="1000" data-most="3" data-waiting-text="waiting" data-sending-text="sending"
      data-ready-text="ready" data-empty-text="{name} is empty" data-too-large-text="{name} is too large" data-most-text="Too many"
      data-hold-text="Files are still on their way" data-unsent-text="A file was not sent" data-lost-text="Connection lost"
      data-signed-out-text="Sign in again" data-retry-text="Retry" data-remove-text="Remove">KEPT</div>
    <p data-files-status></p><button id="send">Send</button></form>`;

// Requests that a test answers when it likes.
function fakeRequests(frame) {
  const made = [];
  frame.XMLHttpRequest = class extends frame.EventTarget {
    constructor() {
      super();
      this.upload = new frame.EventTarget();
      this.status = 0;
      this.responseText = "";
      made.push(this);
    }

    open(method, url) {
      Object.assign(this, { method, url });
    }

    send(body) {
      this.body = body;
    }

    abort() {
      this.aborted = true;
      this.finish(0);
    }

    finish(status, data = null) {
      this.status = status;
      this.responseText = data ? JSON.stringify(data) : "";
      this.dispatchEvent(new frame.Event("loadend"));
    }

    progress(loaded, total) {
      this.upload.dispatchEvent(new frame.ProgressEvent("progress", { lengthComputable: true, loaded, total }));
    }
  };
  return made;
}

async function start({ kept = "", respond = null, block = false, lang = "en" } = {}) {
  let requests;
  const page = await open(FORM.replace("KEPT", kept), "files.js", {
    lang,
    body: 'data-person="7"',
    before: (frame, opened) => {
      requests = fakeRequests(frame);
      if (respond) opened.respond = respond;
      if (block) blockStorage(frame);
    },
  });
  page.uploads = requests;
  return page;
}

const file = (name, size = 10, type = "text/plain") => new File(["x".repeat(size)], name, { type, lastModified: 1 });

function choose(page, ...files) {
  const chosen = new DataTransfer();
  files.forEach((each) => chosen.items.add(each));
  page.find("[type=file]").files = chosen.files;
  page.fire(page.find("[type=file]"), "change");
}

const states = (page) => page.all(".file .size").map((state) => state.textContent);
const statusOf = (page) => page.find("[data-files-status]").textContent;
const kept = (page) => page.all("[name=kept]").map((field) => field.value);
const act = (page, label) => page.find(`.file-acts [aria-label^="${label}"]`).click();
const ready = (id, name = "a.log") => ({ id, name, size: "10 B" });

test("sends a chosen file at once and names it in the form", async () => {
  const page = await start();

  choose(page, file("a.log"));
  const [request] = page.uploads;
  equal([request.method, request.url, request.body.get("csrfmiddlewaretoken"), request.body.get("file").name], ["POST", "/files/", "token", "a.log"]);
  request.progress(5, 10);
  equal(page.find("progress").value, 0.5);
  request.finish(201, ready("f1"));

  equal(states(page), ["10 B · ready"]);
  equal(kept(page), ["f1"]);
  equal(page.find("[type=file]").value, "", "the file is not sent twice");
  equal(JSON.parse(localStorage.getItem(NAME)), ["f1"]);
});

test("sends two at a time", async () => {
  const page = await start();

  choose(page, file("a.log"), file("b.log"), file("c.log"));
  equal(page.uploads.length, 2);
  page.uploads[0].finish(201, ready("f1"));

  equal(page.uploads.length, 3);
});

test("takes the same file once", async () => {
  const page = await start();

  choose(page, file("a.log"));
  choose(page, file("a.log"));

  equal(page.uploads.length, 1);
});

test("refuses empty, too large and too many files before sending them", async () => {
  const page = await start();

  choose(page, file("empty.log", 0), file("large.log", 1001), file("a.log"), file("b.log"), file("c.log"), file("d.log"));

  equal(page.all(".file-refused .size").map((state) => state.textContent), ["empty.log is empty", "large.log is too large", "Too many"]);
});

test("writes sizes and names as people read them", async () => {
  const page = await start({ lang: "fa" });

  choose(page, file("\u202egnp.exe", 512));

  equal(page.find(".file .name").textContent, "gnp.exe", "without what turns text round");
  ok(/۰٫۵/.test(states(page)[0]), states(page)[0]);
});

test("shows the server's reason for a refusal", async () => {
  const page = await start();
  choose(page, file("a.exe"));

  page.uploads[0].finish(422, { error: "Programs are not allowed" });

  equal(states(page), ["Programs are not allowed"]);
  equal(statusOf(page), "Programs are not allowed");
  equal(kept(page), []);
});

test("lets a file be sent again after a lost connection, by hand or when it is back", async () => {
  const page = await start();
  choose(page, file("a.log"));
  page.uploads[0].finish(0);
  equal(states(page), ["Connection lost"]);

  act(page, "Retry");
  equal(page.uploads.length, 2);
  page.uploads[1].finish(0);
  page.fire(page.window, "online");

  equal(page.uploads.length, 3);
});

test("gives up a connection that stands still for half a minute", async () => {
  const page = await start();
  choose(page, file("a.log"));

  await page.clock.pass(20_000);
  page.uploads[0].progress(1, 10);
  await page.clock.pass(29_999);
  equal(page.uploads[0].aborted, undefined);
  await page.clock.pass(1);

  equal(states(page), ["Connection lost"]);
});

test("asks to sign in again where the session has ended", async () => {
  const page = await start();
  choose(page, file("a.log"));

  page.uploads[0].finish(403);

  equal(states(page), ["Sign in again"]);
});

test("holds a form that is sent too early, and sends it when its files are there", async () => {
  const page = await start();
  choose(page, file("a.log"));

  page.find("#send").click();
  equal(page.sent.length, 0);
  equal(statusOf(page), "Files are still on their way");
  page.uploads[0].finish(201, ready("f1"));

  equal(page.sent.length, 1);
  equal(page.find("#send").hasAttribute("aria-busy"), false);
});

test("does not send a form whose file was lost without a word", async () => {
  const page = await start();
  choose(page, file("a.log"));
  page.find("#send").click();
  page.uploads[0].finish(0);
  equal(page.sent.length, 0);

  page.find("#send").click();

  equal(page.sent.length, 0);
  equal(statusOf(page), "A file was not sent");
});

test("removes a file on the page and on the server", async () => {
  const page = await start();
  choose(page, file("a.log"));
  page.uploads[0].finish(201, ready("f1"));

  act(page, "Remove");

  equal(page.all(".file").length, 0);
  equal([page.requests[0].url, page.requests[0].method], ["/files/f1/remove/", "POST"]);
  equal(localStorage.getItem(NAME), null);
  equal(page.document.activeElement, page.find("[type=file]"));
});

test("stops sending a file that is removed on its way", async () => {
  const page = await start();
  choose(page, file("a.log"));

  act(page, "Remove");

  equal(page.uploads[0].aborted, true);
  equal(states(page), []);
});

test("shows again the files that come back with a refused form", async () => {
  const page = await start({ kept: '<input name="kept" value="f9" data-name="old.log" data-size="3 kB">' });

  equal([kept(page), states(page)], [["f9"], ["3 kB · ready"]]);
  equal(page.requests.length, 0);
});

test("finds again the files of the draft of this device, and only those", async () => {
  localStorage.setItem(NAME, '["f1"]');

  const page = await start({ respond: () => answer(200, JSON.stringify({ files: [ready("f1"), ready("f2")] })) });
  await settle();

  equal(kept(page), ["f1"]);
});

test("starts without files when they cannot be asked for", async () => {
  for (const respond of [() => Promise.reject(new TypeError("offline")), () => answer(503), () => answer(200, "Sign in", { redirected: true })]) {
    localStorage.setItem(NAME, '["f1"]');

    equal(kept(await start({ respond })), []);
  }
});

test("sends files where the storage is full, blocked or spoiled", async () => {
  localStorage.setItem(NAME, "{spoiled");
  const full = await start();
  full.fillStorage();
  for (const page of [full, await start({ block: true })]) {
    choose(page, file("a.log"));
    page.uploads[0].finish(201, ready("f1"));

    equal(kept(page), ["f1"]);
  }
});

test("takes dropped files, and never leaves the page for a file beside its place", async () => {
  const page = await start();
  const dataTransfer = { types: ["Files"], files: [file("a.log")] };

  equal(page.fire(page.find("textarea"), "dragover", { dataTransfer }).defaultPrevented, true);
  equal(page.find("[data-drop]").classList.contains("is-over"), true);
  equal(page.fire(page.document.body, "drop", { dataTransfer }).defaultPrevented, true);

  equal(page.find("[data-drop]").classList.contains("is-over"), false);
  equal(page.uploads.length, 1, "the only form of the page takes it");
});

test("takes a pasted picture, and leaves pasted text to the field", async () => {
  const page = await start();

  page.fire(page.find("textarea"), "paste", { clipboardData: { types: ["text/plain", "Files"], files: [file("cells.png")] } });
  equal(page.uploads.length, 0);
  page.fire(page.find("textarea"), "paste", { clipboardData: { types: ["Files"], files: [file("shot.txt")] } });

  equal(page.uploads.length, 1);
});

test("shows a small picture of a picture", async () => {
  const page = await start();
  const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  canvas.getContext("2d").fillRect(0, 0, 8, 8);
  const picture = await new Promise((resolve) => canvas.toBlob(resolve));

  choose(page, new File([picture], "a.png", { type: "image/png" }), file("broken.png", 10, "image/png"));
  for (let tries = 0; tries < 200 && !page.find("canvas"); tries += 1) await settle();

  equal(page.all(".thumb").map((place) => place.firstChild.localName), ["canvas", "svg"]);
});
