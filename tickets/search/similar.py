"""Open tickets with a title similar to one that is being typed."""

import re

from .folding import fold

# The walk is bounded, not the number of tickets that an organization has.
LOOKED_AT = 300
SHOWN = 4
MOST_WORDS = 12
SHORTEST = 3
# From so many letters on a word is known by its beginning, whatever is joined to its end.
STEM = 4
ENOUGH = 0.5
_WORDS = re.compile(r"\w+")
_SAYS_LITTLE = frozenset(
    [
        *("است", "برای", "این", "های", "شده", "شود", "میشود", "نمیشود", "نیست", "روی"),
        *("the", "and", "for", "not", "with", "from"),
    ]
)


def tickets_alike(tickets, title):
    """Of the first `LOOKED_AT` of `tickets`, the few whose title shares enough with `title`."""
    wanted = _words(fold(title))
    if not wanted:
        return []
    found = []
    for place, ticket in enumerate(tickets.titled()[:LOOKED_AT]):
        likeness = _likeness(wanted, ticket.title_folded)
        if likeness >= ENOUGH:
            found.append((-likeness, place, ticket))
    return [
        ticket for _likeness, _place, ticket in sorted(found, key=lambda each: each[:2])[:SHOWN]
    ]


def _words(folded):
    words = (word for word in _WORDS.findall(folded) if len(word) >= SHORTEST)
    return list(dict.fromkeys(word for word in words if word not in _SAYS_LITTLE))[:MOST_WORDS]


def _likeness(wanted, folded):
    """The share of the letters of `wanted` whose words are in the folded title too."""
    there, runs = _words(folded), _runs(folded)
    shared = sum(
        len(word) for word in wanted if word in runs or any(_same(word, other) for other in there)
    )
    return shared / sum(map(len, wanted))


def _runs(folded):
    """Each two and three words as one: «وی پی ان» is one word to others."""
    words = _WORDS.findall(folded)[: 2 * MOST_WORDS]
    ends = ((start, start + length) for start in range(len(words)) for length in (2, 3))
    return {"".join(words[start:end]) for start, end in ends if end <= len(words)}


def _same(word, other):
    if word == other:
        return True
    shorter, longer = sorted((word, other), key=len)
    return len(shorter) >= STEM and longer.startswith(shorter)
