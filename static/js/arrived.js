// A public message that arrives while somebody writes waits behind the button of news.js, and is shown above
// their text too ([data-arrived]). Where the form says what its writer had seen, the next press of Send only leads
// to the message; the one after it sends, as an answer to what is shown now.

const place = document.querySelector("[data-arrived]");
let news = { entries: [], accept: () => {} };
let isChecked = false;

const isWriting = () => [...document.querySelectorAll("#composer textarea")].some(({ value }) => value.trim());
const fresh = () => news.entries.filter((entry) => entry.matches(".message:not(.message-note, .message-mine)"));

// Author, time and text of a message, without what is to be pressed in it.
function short(message) {
  const copy = document.createElement("article");
  for (const part of message.querySelectorAll(".message-meta, .message-body > .message-text")) copy.append(part.cloneNode(true), " ");
  for (const each of copy.querySelectorAll("[id]")) each.removeAttribute("id");
  for (const button of copy.querySelectorAll("button")) button.remove();
  return copy;
}

function show() {
  const messages = isWriting() ? fresh() : [];
  if (place.hidden === !messages.length) return;
  place.querySelector("[data-arrived-messages]").replaceChildren(...messages.map(short));
  place.hidden = !messages.length;
}

function stop(event) {
  const isAnswer = event.target.matches("#composer form") && event.target.querySelector("[name=seen_message]");
  if (place.hidden || isChecked || !isAnswer || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  isChecked = true;
  news.accept();
  place.querySelector("[data-arrived-hint]").hidden = false;
  place.focus();
}

if (place) {
  document.addEventListener("news-waiting", ({ detail }) => {
    news = detail;
    isChecked = false;
    place.querySelector("[data-arrived-hint]").hidden = true;
    place.hidden = true;
    show();
  });
  document.addEventListener("input", show);
  document.addEventListener("submit", stop, { capture: true });
  place.querySelector("[data-arrived-show]").addEventListener("click", () => {
    document.querySelector("[data-news-bar] button")?.click();
  });
}
