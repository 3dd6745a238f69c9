// Repeats the promise of the chosen priority as a sentence above the button (data-promise).

const sentence = document.querySelector("[data-promise]");

document.addEventListener("change", (event) => {
  const words = event.target.dataset?.sentence;
  if (!sentence || !words) return;
  sentence.textContent = words;
  sentence.closest(".promise").classList.toggle("promise-none", event.target.dataset.promised === "no");
});
