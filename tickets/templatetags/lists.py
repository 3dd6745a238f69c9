"""Heads and cells of a list by its declared columns."""

from django import template
from django.template.base import TextNode
from django.utils.html import format_html, format_html_join

from ui.cached_icons import icon_html

register = template.Library()
CELL_END = TextNode("</td>\n")


class CellNode(template.Node):
    """The content of the cells of one column."""

    def __init__(self, key, nodelist):
        self.key, self.nodelist = key, nodelist

    def render(self, context):
        return self.nodelist.render(context)


class CellsNode(template.Node):
    """The cells of one row, in the order of the columns that the page shows."""

    child_nodelists = ("nodelist",)

    def __init__(self, columns, nodelist):
        self.columns, self.nodelist = columns, nodelist
        found = nodelist.get_nodes_by_type(CellNode)
        self.contents = {cell.key: cell.nodelist for cell in found}

    def render(self, context):
        return "".join([node.render_annotated(context) for node in self.nodes_in(context)])

    def nodes_in(self, context):
        """Their nodes; all rows of a page have the same columns, so `{% each %}` asks once."""
        nodes = []
        for column in self.columns.resolve(context):
            nodes += [TextNode(column.cell_start), *self.contents[column.key], CELL_END]
        return nodes


@register.tag
def cells(parser, token):
    """`{% cells table.columns %}{% cell "number" %}…{% endcell %}…{% endcells %}`, in a row."""
    _name, columns = token.split_contents()
    nodelist = parser.parse(("endcells",))
    parser.delete_first_token()
    return CellsNode(parser.compile_filter(columns), nodelist)


@register.tag
def cell(parser, token):
    """What one column shows, within `{% cells %}`."""
    _name, key = token.split_contents()
    nodelist = parser.parse(("endcell",))
    parser.delete_first_token()
    return CellNode(key.strip("\"'"), nodelist)


@register.simple_tag
def heads(found):
    """The heads of a table (of tickets.lists.columns), with links where they sort."""
    return format_html_join("\n", '<th scope="col"{}{}>{}</th>', map(_head, found))


def _head(head):
    css_class = format_html(' class="{}"', head.css_class) if head.css_class else ""
    aria_sort = format_html(' aria-sort="{}"', head.aria_sort) if head.aria_sort else ""
    return (
        css_class,
        aria_sort,
        format_html_join(" ", "{}", ((_part(each),) for each in head.parts)),
    )


def _part(head):
    symbol = icon_html(head.symbol, None, False) if head.symbol else ""
    if not head.href:
        return format_html("{}{}", head.label, symbol)
    css_class = "head head-on" if head.direction else "head"
    return format_html('<a class="{}" href="{}">{}{}</a>', css_class, head.href, head.label, symbol)
