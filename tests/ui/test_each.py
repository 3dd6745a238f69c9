"""`{% each %}` shows what `{% for %}` shows."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.template import TemplateSyntaxError, engines
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from tickets.lists.columns import Column


@dataclass(frozen=True, slots=True)
class Inner:
    text: str = "<in>"


@dataclass(frozen=True, slots=True)
class Row:
    text: object = "a & <b>"
    html: str = mark_safe("<b>bold</b>")
    word: object = gettext_lazy("Any")
    number: object = 1234567
    moment: object = datetime(2026, 11, 29, 12, tzinfo=UTC)
    nothing: object = None
    inner: Inner = Inner()


ROWS = [Row(), Row(text="", number=0, inner=Inner("")), Row(text="plain", html="<i>", moment=None)]
BODIES = [
    "{{ row.text }}|{{ row.html }}|{{ row.word }}|{{ row.number }}|{{ row.moment }}",
    "{{ row.nothing }}{{ row.inner.text }}{{ row }}",
    "{{ row.text|upper }}{{ row.number|add:1 }}{{ page|upper }}",
    "{{ page }}{{ html }}{{ missing }}{{ 'word' }}{{ _('Any') }}{{ count }}",
    "{% if row.text %}{{ row.text }}{% elif row.html %}b{{ page }}{% else %}c{% endif %}",
    "{% if not row.text %}a{% endif %}{% if row.number > 3 %}b{% endif %}",
    "{% if row.text == 'plain' or row.inner.text %}c{% endif %}{% if missing.far %}d{% endif %}",
    "{% if page %}{% if row.number %}{{ row.number }}{% endif %}{% endif %}{% if '' %}e{% endif %}",
    "{% with row.inner as it %}{{ it.text }}{% endwith %}",
    "{% with page='w' %}{{ page }}{% endwith %}",
    "{% firstof row.text page as first %}{{ first }}{% translate 'Any' as word %}{{ word }}",
    "{% autoescape off %}{{ row.text }}{{ page }}{% endautoescape %}",
    "{% for letter in row.text %}{{ letter }}{{ forloop.counter }}{{ row.number }}{% endfor %}",
    """{% load lists %}{% cells columns %}{% cell 'a' %}{{ row.text }}{% endcell %}
    {% cell 'b' %}{% if row.number %}{{ row.html }}{% endif %}{{ page }}{% endcell %}
    {% endcells %}""",
]


def shown(loop, end, body, rows=ROWS):
    source = f"{{% load each %}}{{% {loop} row in rows %}}{body};{{% {end} %}}{{{{ row }}}}"
    columns = [Column("b", "B"), Column("a", "A", cell_class="wide")]
    page = {"page": "p & q", "html": mark_safe("<hr>"), "count": 1000, "columns": columns}
    return engines["django"].from_string(source).render({**page, "rows": rows})


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_it_shows_what_a_for_loop_shows(body, language):
    with override(language):
        assert shown("each", "endeach", body) == shown("for", "endfor", body)


def test_without_rows_it_shows_nothing():
    assert shown("each", "endeach", "a", rows=None) == shown("each", "endeach", "a", rows=[]) == ""


def test_a_field_that_rows_lack_is_an_error():
    with pytest.raises(AttributeError):
        shown("each", "endeach", "{{ row.typo }}")


def test_it_is_written_like_a_for_loop():
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string("{% load each %}{% each row rows %}{% endeach %}")
