"""Finding an organization by its name, as agents do before they open a ticket for a member."""

from tickets.lists.counts import MOST_CHOICES
from tickets.search.folding import fold, search_terms, squash


def organizations_named(text, organizations):
    """Of `organizations` the first whose name has all words of `text`, however it is typed."""
    terms = search_terms(text)
    if not terms:
        return list(organizations[:MOST_CHOICES])
    found = []
    for organization in organizations.iterator():
        name = squash(fold(organization.name))
        if all(term in name for term in terms):
            found.append(organization)
            if len(found) == MOST_CHOICES:
                break
    return found
