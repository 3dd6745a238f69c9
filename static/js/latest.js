// After something was done a page opens at the newest message (#latest). The focus goes on where
// one goes on writing, and the page stays where it is.

const latest = document.getElementById("latest");
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
