// After something was done a page opens at the newest message (#latest). The focus goes on where
// one goes on writing, and the page stays where it is. Who was at the internal note, whatever they
// pressed, goes on there: what is typed next must not lie in the reply to the customer.

const OPEN_NOTE = "open-note";
const latest = document.getElementById("latest");
const note = document.querySelector("#composer [name=composer-mode][value=note]");

// The ticket whose note was open at the last press; the address of a form names the ticket.
const ticket = document.querySelector("#composer form[data-mode=note]")?.dataset.draft ?? "";

function keepMode() {
  try {
    if (note?.checked) sessionStorage.setItem(OPEN_NOTE, ticket);
    else sessionStorage.removeItem(OPEN_NOTE);
  } catch {
    // This browser keeps nothing; after a note the server opens the note again.
  }
}

function wasAtNote() {
  try {
    const before = sessionStorage.getItem(OPEN_NOTE);
    sessionStorage.removeItem(OPEN_NOTE);
    return Boolean(ticket) && before === ticket;
  } catch {
    return false;
  }
}

if (note && wasAtNote()) note.checked = true;
addEventListener("submit", keepMode);

const field = [...document.querySelectorAll("#composer textarea")].find((each) => each.checkVisibility());

function settle() {
  latest.scrollIntoView();
  field?.focus({ preventScroll: true });
}

if (latest && location.hash === "#latest") {
  settle();
  // While it loads, the browser goes to the address's place by itself and takes the focus away. Who has
  // gone somewhere else meanwhile stays there.
  const again = () => document.activeElement.matches("body, textarea") && settle();
  addEventListener("load", () => requestAnimationFrame(again), { once: true });
}
