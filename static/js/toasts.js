// A toast goes after some seconds, unless it is being read: under the pointer or with the focus.

const SHOWN_FOR = 6000;
// Until screen readers have taken in the page: of a live region they say what changes after that.
const READ_BY = 500;

for (const toast of document.querySelectorAll("[data-toast]")) {
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_FOR);
    else toast.remove();
  };
  setTimeout(leave, SHOWN_FOR);
  toast.querySelector("[data-toast-close]").addEventListener("click", () => toast.remove());
  setTimeout(() => {
    const text = toast.querySelector("[data-toast-text]");
    text?.replaceChildren(...text.childNodes);
  }, READ_BY);
}
