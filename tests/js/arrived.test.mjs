import { equal, open, test } from "./harness.mjs";

const HTML = `
  <div data-news-bar><button></button></div>
  <section id="composer">
    <section data-arrived tabindex="-1" hidden><button type="button" data-arrived-show></button>
      <div data-arrived-messages></div><p data-arrived-hint hidden>Send again</p></section>
    <form id="reply"><input type="hidden" name="seen_message"><textarea name="body"></textarea><button>Send</button></form>
    <form id="note"><textarea name="body"></textarea><button>Save</button></form>
  </section>`;
const message = (text, kind = "") =>
  `<article class="message ${kind}" id="m2"><div class="message-body"><header class="message-meta"><b id="a">Sara</b><button>Quote</button></header>
   <div class="message-text">${text}</div></div></article>`;

async function start() {
  const page = await open(HTML, "arrived.js");
  page.accepted = 0;
  page.tell = (...entries) => {
    const parts = new DOMParser().parseFromString(entries.join(""), "text/html").body.children;
    const detail = { entries: [...parts], accept: () => { page.accepted += 1; } };
    page.document.dispatchEvent(new page.window.CustomEvent("news-waiting", { detail }));
  };
  return page;
}
const shown = (page) => (page.find("[data-arrived]").hidden ? null : page.find("[data-arrived-messages]").textContent.replace(/\s+/g, " ").trim());
const send = (page, form = "#reply") => page.find(form).requestSubmit();

test("shows a new message above what is being written, without ids and buttons", async () => {
  const page = await start();
  page.type("#reply textarea", "We are");

  page.tell(message("It works again"));

  equal(shown(page), "Sara It works again");
  equal(page.all("#composer #m2, #composer #a, [data-arrived-messages] button").length, 0);
});

test("shows it once somebody begins to write, and not to who only reads", async () => {
  const page = await start();
  page.tell(message("It works again"));
  equal(shown(page), null);

  page.type("#note textarea", "Hm");

  equal(shown(page), "Sara It works again");
});

test("passes over notes and what one wrote oneself in another tab", async () => {
  const page = await start();
  page.type("#reply textarea", "We are");

  page.tell(message("Internal", "message-note"), message("Mine", "message-mine"), '<p class="event">Accepted</p>');

  equal(shown(page), null);
});

test("leads to the message before an answer is sent, once", async () => {
  const page = await start();
  page.type("#reply textarea", "We are");
  page.tell(message("It works again"));

  send(page);
  equal([page.sent.length, page.accepted, page.find("[data-arrived-hint]").hidden], [0, 1, false]);
  equal(page.document.activeElement, page.find("[data-arrived]"));
  send(page);
  equal(page.sent.length, 1);

  page.tell(message("And another"));
  send(page);
  equal([page.sent.length, page.accepted], [1, 2]);
});

test("lets a note go", async () => {
  const page = await start();
  page.type("#note textarea", "Hm");
  page.tell(message("It works again"));

  send(page, "#note");

  equal(page.sent.length, 1);
});

test("goes when the message is shown in the conversation", async () => {
  const page = await start();
  page.type("#reply textarea", "We are");
  page.tell(message("It works again"));
  page.find("[data-news-bar] button").addEventListener("click", () => page.tell());

  page.find("[data-arrived-show]").click();

  equal(shown(page), null);
  send(page);
  equal(page.sent.length, 1);
});
