import { answer, equal, open, settle, test } from "./harness.mjs";

const HTML = `<div class="message"><div class="message-text">WHOLE</div><button data-quote>Quote</button></div>
  <div class="composer"><form><input type="hidden" name="csrfmiddlewaretoken" value="token">
    <textarea name="body" required></textarea>
    <div data-preview-panel hidden data-empty-text="Nothing written" data-failed-text="Not available"></div>
    <button type="button" data-preview="/preview/" aria-pressed="false">Preview</button>
    <button type="button" data-code>Code</button><button id="send">Send</button></form></div>`;

const start = (whole = "<p>Text</p>") => open(HTML.replace("WHOLE", whole), "writing.js");
const text = (page) => page.find("textarea");
async function quote(whole) {
  const page = await start(whole);
  page.find("[data-quote]").click();
  return text(page).value;
}

test("shows the text as the server formats it, and the text again", async () => {
  const page = await start();
  page.respond = () => answer(200, "<p><b>Bold</b></p>");
  text(page).value = "**Bold**";

  page.find("[data-preview]").click();
  await settle();
  equal(page.find("[data-preview-panel]").innerHTML, "<p><b>Bold</b></p>");
  equal([page.find("[data-preview-panel]").hidden, text(page).hidden], [false, true]);
  equal([page.requests[0].url, page.requests[0].body.get("body")], ["/preview/", "**Bold**"]);
  page.find("[data-preview]").click();

  equal([page.find("[data-preview-panel]").hidden, text(page).hidden], [true, false]);
  equal(page.document.activeElement, text(page));
});

test("explains why there is no preview", async () => {
  for (const [respond, words] of [[() => answer(422), "Nothing written"], [() => answer(500), "Not available"], [() => Promise.reject(new TypeError("offline")), "Not available"]]) {
    const page = await start();
    page.respond = respond;

    page.find("[data-preview]").click();
    await settle();

    equal(page.find("[data-preview-panel]").textContent, words);
  }
});

test("shows the field again when the browser misses a text in it", async () => {
  const page = await start();
  page.find("[data-preview]").click();
  await settle();

  page.find("#send").click();

  equal(text(page).hidden, false);
  equal(page.sent.length, 0);
});

test("puts a block of code around what is chosen", async () => {
  const page = await start();
  text(page).value = "Look: df -h";
  text(page).setSelectionRange(6, 11);

  page.find("[data-code]").click();

  equal(text(page).value, "Look: \n```\ndf -h\n```\n");
});

test("puts the cursor into an empty block of code", async () => {
  const page = await start();

  page.find("[data-code]").click();

  equal([text(page).value, text(page).selectionStart], ["```\n\n```\n", 4]);
});

test("lets the draft know of what it wrote", async () => {
  const page = await start();
  let heard = 0;
  page.find("form").addEventListener("input", () => (heard += 1));

  page.find("[data-code]").click();

  equal(heard, 1);
});

test("quotes paragraphs, lists and code as they were typed", async () => {
  equal(await quote("<p>One</p><p>Two</p>"), "> One\n>\n> Two\n\n");
  equal(await quote("<ul><li>One</li><li>Two<ol><li>Deep</li></ol></li></ul>"), "> - One\n> - Two\n>   1. Deep\n\n");
  equal(await quote('<ol start="3"><li>Three</li><li>Four</li></ol>'), "> 3. Three\n> 4. Four\n\n");
  equal(await quote('<div class="code-block"><button>Copy</button><pre>df -h</pre></div>'), "> ```\n> df -h\n> ```\n\n");
  equal(await quote("<blockquote><p>Before</p></blockquote><p>After</p>"), "> > Before\n>\n> After\n\n");
});

test("quotes only what is chosen of the message", async () => {
  const page = await start("<p>One two three</p>");
  const [node] = page.find(".message-text p").childNodes;
  page.window.getSelection().setBaseAndExtent(node, 4, node, 7);

  page.find("[data-quote]").click();

  equal(text(page).value, "> two\n\n");
});

test("adds a quote below what is written already, out of the preview", async () => {
  const page = await start();
  text(page).value = "Mine";
  page.find("[data-preview]").click();
  await settle();

  page.find("[data-quote]").click();

  equal([text(page).value, text(page).hidden], ["Mine\n> Text\n\n", false]);
});
