// Help for who writes: a preview exactly as the page will show it, a block of code around what is
// chosen, and the words of a message as a quote in one's own.

const textOf = (control) => control.closest("form").querySelector("textarea");

function insert(text, before, after = "") {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const chosen = value.slice(start, end);
  const head = start && value[start - 1] !== "\n" ? "\n" : "";
  text.setRangeText(`${head}${before}${chosen}${after}`, start, end, "end");
  if (!chosen) text.selectionEnd = text.selectionStart = start + head.length + before.length;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

// ---- preview ----

function closePreview(button) {
  const text = textOf(button);
  const panel = button.closest("form").querySelector("[data-preview-panel]");
  panel.hidden = true;
  text.hidden = false;
  button.setAttribute("aria-pressed", "false");
}

async function openPreview(button) {
  const form = button.closest("form");
  const text = textOf(button);
  const panel = form.querySelector("[data-preview-panel]");
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  body.append("body", text.value);
  const answer = await fetch(button.dataset.preview, { method: "POST", body }).catch(() => null);
  if (answer?.status === 200) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    panel.replaceChildren(...page.body.childNodes);
  } else {
    const sentence = answer?.status === 422 ? panel.dataset.emptyText : panel.dataset.failedText;
    panel.replaceChildren(sentence);
  }
  panel.hidden = false;
  text.hidden = true;
  button.setAttribute("aria-pressed", "true");
}

// ---- quote ----

const markedBy = (mark, text) => text.replace(/^/gm, mark).replace(/^> $/gm, ">");

// The words of a part of a message as they were typed, near enough.
function typed(part) {
  if (part.matches(".code-block")) return `\`\`\`\n${part.querySelector("pre").textContent}\n\`\`\``;
  if (part.matches("blockquote")) return markedBy("> ", typedBlocks(part));
  if (part.matches("ul, ol")) {
    const first = part.start ?? 1;
    return [...part.children]
      .map((item, place) => `${part.matches("ol") ? `${first + place}.` : "-"} ${typedItem(item)}`)
      .join("\n");
  }
  return part.innerText.trim();
}

const typedBlocks = (parts) => [...parts.children].map(typed).join("\n\n");

function typedItem(item) {
  const inner = [...item.children].filter((each) => each.matches("ul, ol, .code-block, blockquote"));
  const own = item.cloneNode(true);
  own.querySelectorAll("ul, ol, .code-block, blockquote").forEach((each) => each.remove());
  return [own.textContent.trim(), ...inner.map(typed)].join("\n").replace(/\n/g, "\n  ");
}

function quoted(message) {
  const whole = message.querySelector(".message-text");
  const selection = getSelection();
  const isPart = !selection.isCollapsed && whole.contains(selection.anchorNode) && whole.contains(selection.focusNode);
  return `${markedBy("> ", isPart ? selection.toString().trim() : typedBlocks(whole))}\n\n`;
}

function quote(message) {
  const text = [...document.querySelectorAll(".composer textarea")].find((each) => each.form.checkVisibility());
  if (!text) return;
  const preview = text.form.querySelector("[data-preview][aria-pressed=true]");
  if (preview) closePreview(preview);
  text.setSelectionRange(text.value.length, text.value.length);
  insert(text, quoted(message));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview], [data-code], [data-quote]");
  if (!button) return;
  if (button.matches("[data-quote]")) quote(button.closest(".message"));
  else if (button.matches("[data-code]")) insert(textOf(button), "```\n", "\n```\n");
  else if (button.getAttribute("aria-pressed") === "true") {
    closePreview(button);
    textOf(button).focus();
  } else openPreview(button);
});

// A browser that misses a text asks for it in its field, which the preview hides.
document.addEventListener(
  "invalid",
  (event) => {
    const open = event.target.form?.querySelector("[data-preview][aria-pressed=true]");
    if (open) closePreview(open);
  },
  { capture: true },
);
