// Files of a form marked data-files: a list of the chosen ones with a button to take each off,
// and dropping and pasting them. Without script the browser's own file field does.

const LANGUAGE = document.documentElement.lang;
const THUMB = 40;

function sizeInWords(bytes) {
  const [amount, unit] = bytes >= 1024 ** 2 ? [bytes / 1024 ** 2, "megabyte"] : [bytes / 1024, "kilobyte"];
  return new Intl.NumberFormat(LANGUAGE, {
    style: "unit",
    unit,
    unitDisplay: LANGUAGE === "fa" ? "long" : "short",
    maximumFractionDigits: amount < 10 ? 1 : 0,
  }).format(amount);
}

async function drawThumb(place, file) {
  if (!file.type.startsWith("image/")) return;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.max(THUMB / image.width, THUMB / image.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = THUMB;
    canvas.getContext("2d").drawImage(
      image,
      (THUMB - image.width * scale) / 2,
      (THUMB - image.height * scale) / 2,
      image.width * scale,
      image.height * scale,
    );
    image.close();
    place.replaceChildren(canvas);
  } catch {
    // Not a picture after all: the icon stays and the server will say so.
  }
}

function icon(name) {
  const brand = document.querySelector("svg.icon use").getAttribute("href");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", brand.replace(/#.*/, `#${name}`));
  svg.append(use);
  return svg;
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function watch(form) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-chosen]");
  if (!input || !list) return;
  const maxBytes = Number(form.dataset.maxBytes) || Infinity;
  let chosen = [];

  function setChosen(files) {
    chosen = files;
    const transfer = new DataTransfer();
    for (const file of chosen) transfer.items.add(file);
    input.files = transfer.files;
    draw();
  }

  function add(files) {
    const known = new Set(chosen.map((file) => `${file.name}/${file.size}/${file.lastModified}`));
    const fresh = [...files].filter((file) => !known.has(`${file.name}/${file.size}/${file.lastModified}`));
    setChosen([...chosen, ...fresh]);
  }

  function draw() {
    list.querySelectorAll("[data-new]").forEach((row) => row.remove());
    for (const file of chosen) list.append(row(file));
  }

  function row(file) {
    const tooLarge = file.size > maxBytes;
    const made = element("span", `file file-chosen${tooLarge ? " file-refused" : ""}`);
    made.dataset.new = "";
    const thumb = element("span", "thumb");
    thumb.append(icon("file"));
    drawThumb(thumb, file);
    const name = element("bdi", "name", file.name);
    name.dir = "ltr";
    const words = element("span", "");
    const state = tooLarge ? list.dataset.tooLargeText : list.dataset.readyText;
    words.append(name, element("span", "size", `${sizeInWords(file.size)} · ${state}`));
    const remove = element("button", "icon-btn icon-btn-small");
    remove.type = "button";
    remove.setAttribute("aria-label", `${list.dataset.removeText}: ${file.name}`);
    remove.append(icon("x"));
    remove.addEventListener("click", () => {
      setChosen(chosen.filter((each) => each !== file));
      input.focus();
    });
    made.append(thumb, words, remove);
    return made;
  }

  input.addEventListener("change", () => add(input.files));
  form.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) {
      event.preventDefault();
      add(event.clipboardData.files);
    }
  });
  const drop = form.querySelector("[data-drop]") ?? form;
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.add("is-over");
  });
  form.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    drop.classList.remove("is-over");
    add(event.dataTransfer.files);
  });
}

for (const form of document.querySelectorAll("form[data-files]")) watch(form);
