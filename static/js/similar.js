// While the title of a form is typed, shows (in data-similar) open tickets that say the same. Its place is kept
// free, so that nothing moves; what else is found opens by a click.

const SHORTEST = 6;
const REST = 500;

function watch(place) {
  const input = place.closest("form").elements.title;
  const calm = [...place.childNodes];
  let timer, asked, last = "";

  const token = () => input.form.querySelector("[name=csrfmiddlewaretoken]").value;

  async function look() {
    const title = input.value.trim();
    const organization = input.form.elements.organization?.value ?? "";
    const wanted = `${organization} ${title}`;
    if (wanted === last) return;
    last = wanted;
    asked?.abort();
    if (title.length < SHORTEST) {
      place.replaceChildren(...calm);
      return;
    }
    asked = new AbortController();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token());
    body.append("title", title);
    body.append("organization", organization);
    try {
      const answer = await fetch(place.dataset.similar, { method: "POST", body, signal: asked.signal });
      if (answer.status === 200 && !answer.redirected) {
        const found = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...found.body.childNodes);
      } else if (answer.status === 204) {
        place.replaceChildren(...calm);
      }
    } catch {
      // Typed on, or no connection: this only helps.
    }
  }

  input.form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, REST);
  });
  if (input.value) look();
}

document.querySelectorAll("[data-similar]").forEach(watch);
