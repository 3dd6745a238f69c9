"""Which look-ups an admin list takes from its address, what its search finds, and how far it
counts."""

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext

from .keys import key_in
from .lookalikes import patterns_of

# What Django's own filters put behind the name of a field.
ENDINGS = ("", "__exact", "__in", "__isnull", "__isempty", "__id__exact")


class HappenedFilter(admin.EmptyFieldListFilter):
    """Asks whether something has happened, not whether the moment of it is empty."""

    def choices(self, changelist):
        everything, empty, filled = super().choices(changelist)
        for choice, question, answer in (
            (filled, gettext("Not empty"), gettext("Yes")),
            (empty, gettext("Empty"), gettext("No")),
        ):
            choice["display"] = str(choice["display"]).replace(question, answer)
        return [everything, filled, empty]


class NamedLookups(admin.ModelAdmin):
    """An admin list that filters by what it names in `list_filter`, and by nothing else.

    Django's own lists also filter by every field of the model, so that an admin could find out a
    password's hash or the text of a mail letter by letter (`?password__startswith=…`). Its search
    finds the words in `search_fields` however they were typed.
    """

    def lookup_allowed(self, lookup, value, request):
        names = [each if isinstance(each, str) else each[0] for each in self.list_filter]
        return lookup in {f"{name}{ending}" for name in names for ending in ENDINGS}

    def get_search_results(self, request, queryset, search_term):
        fields = self.get_search_fields(request)
        patterns = patterns_of(search_term) if fields else []
        for pattern in patterns:
            found = (Q(**{f"{field}__iregex": pattern}) for field in fields)
            queryset = queryset.filter(Q(*found, _connector=Q.OR))
        is_doubled = any(lookup_spawns_duplicates(self.opts, field) for field in fields)
        return queryset, bool(patterns) and is_doubled

    def get_changelist(self, request, **kwargs):
        return SortsByNamed

    def response_action(self, request, queryset):
        """Of what is named as chosen only keys are looked up: anything else chooses nothing."""
        request.POST = request.POST.copy()
        chosen = filter(key_in, request.POST.getlist(ACTION_CHECKBOX_NAME))
        request.POST.setlist(ACTION_CHECKBOX_NAME, chosen)
        return super().response_action(request, queryset)


class SortsByNamed(ChangeList):
    """A list that is sorted by what `sortable_by` names, whatever its address asks for."""

    def get_ordering_field(self, field_name):
        return super().get_ordering_field(field_name) if field_name in self.sortable_by else None


class CountsToLimit(Paginator):
    """The pages of a table that grows: rows are counted up to MOST, and there are pages for so
    many. Counting a million on each page takes longer than finding what the page shows."""

    MOST = 10_000

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.MOST].count()

    @property
    def is_cut(self):
        return self.count == self.MOST


class GrowingList(NamedLookups):
    """The list of a table that grows with the work, counted no farther than `CountsToLimit`."""

    show_full_result_count = False
    paginator = CountsToLimit
