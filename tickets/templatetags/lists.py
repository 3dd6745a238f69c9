"""Rows of a list by its declared columns."""

from django import template

register = template.Library()


class CellNode(template.Node):
    """What stands in the cells of one column."""

    def __init__(self, key, nodelist):
        self.key, self.nodelist = key, nodelist

    def render(self, context):
        return self.nodelist.render(context)


class CellsNode(template.Node):
    """The cells of one row, in the order of the columns that the page shows."""

    child_nodelists = ("nodelist",)

    def __init__(self, columns, nodelist):
        self.columns, self.nodelist = columns, nodelist
        # Found when the template is compiled: rendering a cell looks nothing up but its key.
        self.contents = {cell.key: cell.nodelist for cell in nodelist.get_nodes_by_type(CellNode)}

    def render(self, context):
        contents = self.contents
        return "".join(
            f"{column.cell_start}{contents[column.key].render(context)}</td>"
            for column in self.columns.resolve(context)
        )


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
