// After something was done a page opens at the newest message (#latest). The focus goes on where
// one goes on writing, and the page stays where it is.

const latest = document.getElementById("latest");
const field = [...document.querySelectorAll("#composer textarea")].find((each) => each.checkVisibility());

if (latest && location.hash === "#latest") {
  latest.scrollIntoView();
  field?.focus({ preventScroll: true });
}
