"""What a page shows, read from its HTML: texts, links, fields and what was wrong with them."""

import re
from functools import cache

from lxml import etree
from lxml.html import document_fromstring

# One step of a selector: p.note, #menu, input[name=title], a[href]
STEP = re.compile(r"([\w-]+|\*)?((?:#[\w-]+|\.[\w-]+|\[[\w-]+(?:=[^\]]*)?\])*)")
CONDITION = re.compile(r"#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:=([^\]]*))?\]")
FIELDS = {"input", "select", "textarea"}
INLINE = {"a", "b", "bdi", "em", "mark", "span", "strong"}


@cache
def read_step(step):
    """(tag or None, conditions) of one step of a selector."""
    tag, conditions = STEP.fullmatch(step).groups()
    return None if tag == "*" else tag, CONDITION.findall(conditions)


def read(response):
    """The page of a response, or of its HTML."""
    html = response if isinstance(response, str) else response.content.decode()
    page = etree.Element("page")
    if html.strip():
        page.append(document_fromstring(html))
    return Element(page)


def tickets_on(response, where="main table"):
    """The keys of the tickets that a list of a page, or of a part of it, shows in its order."""
    page = response if isinstance(response, Element) else read(response)
    numbers = page.texts(f"{where} .id")
    return [int(number.rpartition("-")[2]) for number in numbers]


class Element:
    """An element of a page, with what is inside."""

    def __init__(self, node):
        self.node = node

    def __eq__(self, other):
        return isinstance(other, Element) and self.node is other.node

    def __hash__(self):
        return hash(self.node)

    def __getitem__(self, attribute):
        return self.node.attrib[attribute]

    def __contains__(self, attribute):
        return attribute in self.node.attrib

    def get(self, attribute, default=""):
        return self.node.get(attribute, default)

    @property
    def tag(self):
        return self.node.tag

    @property
    def text(self):
        """The visible text inside, with single spaces."""
        return " ".join("".join(texts_of(self.node)).split())

    @property
    def written(self):
        """The text inside as it was written, such as that of a textarea."""
        return "".join(texts_of(self.node)).removeprefix("\n")

    def all(self, selector):
        """The elements inside that a selector finds, in their order; a space leads inside."""
        first, _, rest = selector.partition(" ")
        tag, conditions = read_step(first)
        found = [
            each
            for each in map(Element, self.node.iterdescendants(tag or etree.Element))
            if all(each._meets(*condition) for condition in conditions)
        ]
        if not rest:
            return found
        return list(dict.fromkeys(each for outer in found for each in outer.all(rest)))

    def one(self, selector):
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} of {selector}"
        return found[0]

    def texts(self, selector):
        return [each.text for each in self.all(selector)]

    def _meets(self, key, name, attribute, value):
        if attribute:
            return attribute in self and value in {"", self[attribute]}
        return self.get("id") == key if key else name in (self.get("class") or "").split()

    def _inside(self):
        return map(Element, self.node.iterdescendants(etree.Element))

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


def texts_of(node):
    """The visible texts inside a node, with spaces where one would see words apart."""
    yield node.text or ""
    for child in node:
        # A comment has no tag but a function, and is followed by text like an element.
        if not callable(child.tag) and child.tag not in {"script", "style"}:
            is_apart = child.tag not in INLINE or "visually-hidden" in child.get("class", "")
            yield from (" ", *texts_of(child), " ") if is_apart else texts_of(child)
        yield child.tail or ""
