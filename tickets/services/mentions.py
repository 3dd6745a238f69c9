"""Whom a note mentions: @ and an agent's name, which is the beginning of their address."""

import re

from organizations.models import User

# Of more in one note the first count.
MOST_MENTIONS = 20
_MENTION = re.compile(r"(?<![\w@.+-])@([A-Za-z0-9][\w.+-]*(?:@[\w-]+(?:\.[\w-]+)+)?)", re.ASCII)


def handles_in(text):
    """What follows each @ that may name somebody, without case and without a full stop."""
    found = (each.rstrip(".-+").casefold() for each in _MENTION.findall(text))
    return list(dict.fromkeys(found))[:MOST_MENTIONS]


def agents_to_mention(but):
    """(name, what is written after the @) of each agent but one, by name."""
    people = list(User.objects.agents().exclude(pk=but.pk).order_by("name", "pk"))
    by_handle = agents_by_handle()
    return [
        (str(person), handle if by_handle.get(handle) == person.pk else person.email)
        for person in people
        for handle in [person.email.casefold().partition("@")[0]]
    ]


def agents_by_handle():
    """The key of each active agent by the name that mentions them: the beginning of their address,
    or the whole of it where two begin alike. One statement."""
    found, doubled = {}, set()
    for pk, email in User.objects.agents().order_by("pk").values_list("pk", "email"):
        handle = email.casefold().partition("@")[0]
        doubled.update([handle] if handle in found else [])
        found |= {handle: pk, email.casefold(): pk}
    return {handle: pk for handle, pk in found.items() if handle not in doubled}


def mentions_in(text, *, author):
    """The facts of a note's event: the keys of the agents whom it mentions besides its author, and
    the names by which. Customers and unknown names are nobody."""
    if not (handles := handles_in(text)):
        return {}
    agents = agents_by_handle()
    met = {each: agents[each] for each in handles if agents.get(each) not in {None, author.pk}}
    return {"mentioned": sorted({*met.values()}), "handles": list(met)} if met else {}
