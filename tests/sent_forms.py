"""What a browser would send of a form that a page shows."""

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """Reads what a browser would send of the page's main form."""

    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside, self.select = form_id, False, None
        self.fields = {}

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("id") == self.form_id
        if not self.inside:
            return
        name = attrs.get("name")
        if tag == "select":
            self.select = name
        elif tag == "option" and "selected" in attrs:
            self.fields[self.select] = attrs.get("value", "")
        elif tag == "input" and name and "disabled" not in attrs:
            if attrs.get("type") == "checkbox" and "checked" not in attrs:
                return
            if attrs.get("type") != "submit":
                self.fields[name] = attrs.get("value", "")


def read_form(response, form_id):
    reader = FormReader(form_id)
    reader.feed(response.content.decode())
    return reader.fields
