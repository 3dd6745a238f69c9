"""A loop over rows of finished texts, which are most of what a page of a list is made of.

For each `{{ row.field }}` Django walks the context, tries it as an item, asks whether it is a
moment or a number to be written in the reader's way, and escapes it by way of four functions. A
list has a thousand of them: docs/decisions/0100-each-row.md has the figures.
"""

from html import escape
from operator import attrgetter

from django import template
from django.template.base import TextNode, VariableNode, render_value_in_context
from django.template.defaulttags import IfNode, TemplateLiteral
from django.template.exceptions import TemplateSyntaxError
from django.utils.safestring import SafeString

register = template.Library()


@register.tag
def each(parser, token):
    """`{% each row in rows %}…{% endeach %}` shows what `{% for %}` shows, without a `forloop`. The
    rows are objects, no dicts; a field that they lack is an error.

    `{{ row.field }}` and `{% if row.field %}` are read directly, and what names a variable of the
    page alone is resolved once. All else inside is rendered as everywhere.
    """
    parts = token.split_contents()
    if len(parts) != 4 or parts[2] != "in":
        raise TemplateSyntaxError("{% each %} is written {% each row in rows %}")
    nodelist = parser.parse(("endeach",))
    parser.delete_first_token()
    return EachNode(parts[1], parser.compile_filter(parts[3]), nodelist)


class EachNode(template.Node):
    """The loop. A node inside that has `nodes_in(context)` stands for those nodes."""

    def __init__(self, name, rows, nodelist):
        self.name, self.rows, self.nodelist = name, rows, nodelist
        inner = nodelist.get_nodes_by_type(template.Node)
        # What is not the same for all rows: the row, and what a tag inside names.
        self.changing = {name}.union(*[_named_by(node) for node in inner])

    def render(self, context):
        written = []
        with context.push():
            body = _Body(self, context).writer(self.nodelist)
            for row in self.rows.resolve(context) or ():
                context[self.name] = row
                body(row, written.append)
        return SafeString("".join(written))


def _named_by(node):
    """The variable that a tag sets with `as`, if it does."""
    return {vars(node).get(name) for name in ("asvar", "target_var", "variable_name")}


class _Body:
    """What is inside the loop, for one rendering: of each node a text, or a function that writes
    it for a row."""

    def __init__(self, loop, context):
        self.loop, self.context = loop, context

    def writer(self, nodes):
        """A function that writes the nodes for a row, text by text."""
        parts = [self._part(node) for node in nodes]

        def write_all(row, write):
            for part in parts:
                if part.__class__ is str:
                    write(part)
                else:
                    part(row, write)

        return write_all

    def _part(self, node):
        if isinstance(node, TextNode):
            return node.s
        if isinstance(node, IfNode):
            return self._choice(node)
        if isinstance(node, VariableNode) and (lookups := _lookups(node.filter_expression)):
            if field := self._field(lookups):
                return self._shown(field)
            if lookups[0] not in self.loop.changing:
                return str.__str__(node.render_annotated(self.context))
        if hasattr(node, "nodes_in"):
            return self.writer(node.nodes_in(self.context))
        return lambda _row, write: write(node.render_annotated(self.context))

    def _field(self, lookups):
        is_of_row = len(lookups) > 1 and lookups[0] == self.loop.name
        return attrgetter(".".join(lookups[1:])) if is_of_row else None

    def _shown(self, field):
        context, escapes = self.context, self.context.autoescape

        def show(row, write):
            value = field(row)
            if value.__class__ is SafeString:
                write(value)
            elif escapes and value.__class__ is str:
                write(escape(value))
            else:
                write(render_value_in_context(value, context))

        return show

    def _choice(self, node):
        branches = [
            (self._test(condition), self.writer(nodes))
            for condition, nodes in node.conditions_nodelists
        ]

        def choose(row, write):
            for is_met, write_branch in branches:
                if is_met(row):
                    write_branch(row, write)
                    return

        return choose

    def _test(self, condition):
        if condition is None:
            return lambda _row: True
        if isinstance(condition, TemplateLiteral) and (lookups := _lookups(condition.value)):
            if field := self._field(lookups):
                return field
            if lookups[0] not in self.loop.changing:
                is_met = self._is_met(condition)
                return lambda _row: is_met
        return lambda _row: self._is_met(condition)

    def _is_met(self, condition):
        try:
            return condition.eval(self.context)
        except template.VariableDoesNotExist:
            return None


def _lookups(expression):
    """The names of a variable without filters, as ("row", "field"); None of anything else."""
    return None if expression.filters else getattr(expression.var, "lookups", None)
