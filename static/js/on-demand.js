// A script that only some forms need (data-script) comes with the first focus in such a form, or with a press
// of a button that is its own (data-on-demand); that press then counts once the script is there. Where it does
// not come, the form works as without script. The script of a <details> comes when that is opened, and is told.

const settled = new WeakSet();

async function bring(form) {
  try {
    await import(form.dataset.script);
  } catch {
    // Asked for again with the next focus.
  }
  settled.add(form);
}

document.addEventListener("focusin", ({ target }) => {
  const form = target.closest("form[data-script]");
  if (form) bring(form);
});

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("[data-on-demand]");
    const form = button?.closest("form[data-script]");
    if (!form || settled.has(form)) return;
    event.preventDefault();
    event.stopPropagation();
    bring(form).then(() => button.click());
  },
  true,
);

document.addEventListener("toggle", ({ target }) => {
  if (target.open && target.matches("details[data-script]")) {
    import(target.dataset.script).then(({ opened }) => opened(target)).catch(() => {});
  }
}, true);
