// A script that only some forms need (data-script) comes with the first focus in such a form.

document.addEventListener("focusin", ({ target }) => {
  const form = target.closest("form[data-script]");
  // What failed to come is asked for with the next focus; until then the form works as without script.
  if (form) import(form.dataset.script).catch(() => {});
});
