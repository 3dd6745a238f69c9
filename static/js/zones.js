// Says beside a time zone what time it is there, as the list (data-zone-now) knows it.

for (const output of document.querySelectorAll("[data-zone-now]")) {
  const list = document.getElementById(output.dataset.zoneNow);
  const input = list.previousElementSibling;
  const words = output.textContent;
  const timeOf = (name) =>
    [...list.options].find((option) => option.value.toLowerCase() === name.trim().toLowerCase())?.dataset.time;
  const shown = timeOf(input.value);
  input.addEventListener("input", () => {
    const time = timeOf(input.value);
    output.textContent = shown && time ? words.replace(shown, time) : "";
  });
}
