// The options of a list while the focus stays in its field (a combobox): one is marked, by arrow keys or by the
// page, and the field names it to screen readers. Arrows go round; hidden options are passed over.

export class Options {
  constructor(field, list, onMark = () => {}) {
    Object.assign(this, { field, list, onMark });
  }

  get all() {
    return [...this.list.querySelectorAll("[role=option]")].filter((each) => !each.hidden);
  }

  get marked() {
    return this.list.querySelector("[role=option][aria-selected=true]");
  }

  mark(option) {
    this.marked?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    this.onMark(option);
  }

  // Whether the key was one that moves the mark.
  move({ key, isComposing }) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!step || isComposing) return false;
    const { all } = this;
    const at = all.indexOf(this.marked);
    const from = at < 0 && step < 0 ? 0 : at;
    if (all.length) this.mark(all[(from + step + all.length) % all.length]);
    return true;
  }
}
