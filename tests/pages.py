"""What a page shows, read from its HTML: texts, links, fields and what was wrong with them."""

import re
from html.parser import HTMLParser

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "source", "use", "wbr"}
# One step of a selector: p.note, #menu, input[name=title], a[href]
STEP = re.compile(r"([\w-]+|\*)?((?:#[\w-]+|\.[\w-]+|\[[\w-]+(?:=[^\]]*)?\])*)")
CONDITION = re.compile(r"#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:=([^\]]*))?\]")
FIELDS = {"input", "select", "textarea"}
INLINE = {"a", "b", "bdi", "em", "mark", "span", "strong"}


def read(response):
    """The page of a response, or of its HTML."""
    html = response if isinstance(response, str) else response.content.decode()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def tickets_on(response, where="main table"):
    """The keys of the tickets that a list of a page, or of a part of it, shows in its order."""
    page = response if isinstance(response, Element) else read(response)
    numbers = page.texts(f"{where} .id")
    return [int(number.rpartition("-")[2]) for number in numbers]


class Element:
    """An element of a page, with what is inside."""

    def __init__(self, tag, attributes=()):
        self.tag, self.attributes, self.children = tag, dict(attributes), []

    def __getitem__(self, attribute):
        return self.attributes[attribute]

    def __contains__(self, attribute):
        return attribute in self.attributes

    def get(self, attribute, default=""):
        return self.attributes.get(attribute, default)

    @property
    def text(self):
        """The visible text inside, with single spaces."""
        return " ".join("".join(self._texts()).split())

    @property
    def written(self):
        """The text inside as it was written, such as that of a textarea."""
        return "".join(self._texts()).removeprefix("\n")

    def _texts(self):
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in {"script", "style"}:
                is_apart = child.tag not in INLINE or "visually-hidden" in child.get("class")
                yield from (" ", *child._texts(), " ") if is_apart else child._texts()

    def all(self, selector):
        """The elements inside that a selector finds, in their order; a space leads inside."""
        first, _, rest = selector.partition(" ")
        found = [each for each in self._inside() if each.is_a(first)]
        if not rest:
            return found
        return list(dict.fromkeys(each for outer in found for each in outer.all(rest)))

    def one(self, selector):
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} of {selector}"
        return found[0]

    def texts(self, selector):
        return [each.text for each in self.all(selector)]

    def is_a(self, step):
        tag, conditions = STEP.fullmatch(step).groups()
        if tag not in {None, "*", self.tag}:
            return False
        return all(self._meets(*each) for each in CONDITION.findall(conditions))

    def _meets(self, key, name, attribute, value):
        if attribute:
            return attribute in self and value in {"", self[attribute]}
        return self.get("id") == key if key else name in (self.get("class") or "").split()

    def _inside(self):
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._inside()

    @property
    def value(self):
        """The value of a field as a browser would send it; None where it sends nothing."""
        if self.tag == "textarea":
            return self.written
        if self.tag == "select":
            chosen = [each.get("value") for each in self.all("option[selected]")]
            if "multiple" in self:
                return chosen or None
            return next(iter(chosen or self.choices()), None)
        if self.get("type") in {"checkbox", "radio"}:
            return self.get("value", "on") if "checked" in self else None
        return self.get("value")

    def choices(self):
        """The values of the options of a select."""
        return [each.get("value") for each in self.all("option")]

    def field(self, name):
        """The value of the field of this name, of the radios the chosen one."""
        fields = [each for each in self.all(f"[name={name}]") if each.tag in FIELDS]
        assert fields, f"no field {name}"
        return next((each.value for each in fields if each.value is not None), None)

    def fields(self):
        """{name: value} that a browser would send of a form."""
        found = {}
        for each in self._inside():
            is_sent = each.tag in FIELDS and each.get("name") and "disabled" not in each
            if is_sent and each.get("type") not in {"submit", "file"} and each.value is not None:
                found[each["name"]] = each.value
        return found

    def neighbour(self, rel):
        """The address of the page after ("next") or before ("prev") this one, or None."""
        return next((each["href"] for each in self.all(f".pager a[rel={rel}]")), None)

    def errors(self):
        """{name of a field: what is wrong with it}."""
        names = {each["id"]: each.get("name") for each in self._inside() if "id" in each}
        found = {}
        for each in self.all("[id]"):
            field, is_error, _rest = each["id"].partition("_error")
            if is_error:
                found[names.get(field) or field.removeprefix("id_")] = each.text
        return found


class _Reader(HTMLParser):
    """Builds the elements of a page."""

    def __init__(self):
        super().__init__()
        self.page = Element("page")
        self.open = [self.page]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, ((name, value or "") for name, value in attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place].tag == tag:
                del self.open[place:]
                return

    def handle_data(self, data):
        self.open[-1].children.append(data)
