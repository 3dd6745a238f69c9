"""Whether rows may be deleted, asked without reading what is in the way."""

from django.db.models import CASCADE, PROTECT, RESTRICT
from django.db.models.deletion import get_candidate_relations_to_delete


def is_protected(rows, *, through=()):
    """Whether something that stays points to one of the rows, or to what is deleted with them.

    Django's own collector reads each such row: all clocks and changes of a plan, all that a
    customer ever wrote. This asks for one of each kind. `through` are the relations gone along,
    each once: a version that amends another is deleted with its calendar already.
    """
    relations = get_candidate_relations_to_delete(rows.model._meta)
    return any(_is_in_the_way(each, rows, through) for each in relations if each not in through)


def _is_in_the_way(relation, rows, through):
    related = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
    if relation.on_delete in (PROTECT, RESTRICT):
        return related.exists()
    return relation.on_delete is CASCADE and is_protected(related, through=(*through, relation))
