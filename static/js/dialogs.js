// Without script a dialog opens as a popover. With it, it is modal: the page behind is inert and
// the focus stays inside. A link with data-dialog leads to a page of its own without script.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[popovertarget]:not([popovertargetaction]), [data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.getAttribute("popovertarget") ?? opener.dataset.dialog);
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.removeAttribute("popover");
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  } else if (event.target instanceof HTMLDialogElement) {
    event.target.close(); // the backdrop
  }
});
