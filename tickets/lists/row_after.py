"""Rows compared by several values at once, as pages by key need it."""

from django.db.models import BooleanField, F, Func, Value


class RowAfter(Func):
    """`(a, b, …) > (x, y, …)`: the page after a key, which both databases walk by one index."""

    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, fields, values, *, operator=">"):
        self.half, self.operator = len(fields), operator
        super().__init__(*[F(name) for name in fields], *[Value(value) for value in values])

    def as_sql(self, compiler, connection, **extra):
        parts, params = [], []
        for expression in self.source_expressions:
            sql, its_params = compiler.compile(expression)
            parts.append(sql)
            params.extend(its_params)
        left, right = ", ".join(parts[: self.half]), ", ".join(parts[self.half :])
        return f"({left}) {self.operator} ({right})", params
