"""The forms in the menus of an agent's ticket page, kept per process as long as nobody filled them
in: to make and render these seven takes longer than the conversation.

`docs/caches.md` lists what is kept and why it cannot go stale.
"""

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language

from ui.forms import KeyedForm

from .forms import (
    AssignForm,
    CategoryForm,
    HoldForm,
    LinkForm,
    MergeForm,
    PriorityForm,
    TransferForm,
)
from .teams.choices import assignees_and_targets

FORMS = {
    "assign": AssignForm,
    "transfer": TransferForm,
    "priority": PriorityForm,
    "category": CategoryForm,
    "hold": HoldForm,
    "link": LinkForm,
    "merge": MergeForm,
}


class Menu(NamedTuple):
    """A form in a menu: its fields as HTML, the version of the ticket that it was filled in on, a
    form with its key if it has one, and whether it is shown again because it was refused."""

    fields: str
    version: int | str | None
    keyed: KeyedForm | None
    is_refused: bool


def menus_of(ticket, actions, refused):
    """{name: its `Menu`} of what is open to the agent. `refused` are forms that were sent, each by
    its name and "_form"; they are shown as they were filled in."""
    menus, language = {}, get_language()
    for name, chosen, choices in _offered(ticket, actions):
        if form := refused.get(f"{name}_form"):
            menus[name] = _shown_again(name, form)
            continue
        # Who works on a template sees the change at once.
        fields = _fields.__wrapped__ if settings.DEBUG else _fields
        keyed = KeyedForm(auto_id="transfer-%s") if name == "transfer" else None
        menus[name] = Menu(fields(name, language, chosen, choices), ticket.version, keyed, False)
    return menus


def _offered(ticket, actions):
    """The name of each form, what is chosen in it and from what, where the form does not know."""
    if actions["assign"]:
        assignees, targets = assignees_and_targets()
        yield "assign", ("assignee", ticket.assignee_id), assignees
        yield "transfer", (), targets
    if actions["priority"]:
        yield "priority", ("priority", ticket.priority), ()
    if actions["category"]:
        yield "category", ("category", ticket.category), ()
    if actions["hold"]:
        yield "hold", (), ()
    yield "link", (), ()
    if actions["merge"]:
        yield "merge", (), ()


def _shown_again(name, form):
    version = form["version"].value() if "version" in form.fields else None
    return Menu(_rendered(name, form), version, form, True)


@lru_cache(maxsize=256)
def _fields(name, language, chosen, choices):
    """The fields of a form that nobody has filled in; `chosen` is a field and its value, if any."""
    values = {"auto_id": f"{name}-%s", "initial": dict([chosen] if chosen else ())}
    if name == "transfer":
        values["choices"] = choices
    form = FORMS[name](**values)
    if name == "assign":
        form.fields["assignee"].choices = choices
    return _rendered(name, form)


def _rendered(name, form):
    return render_to_string(f"queue/menus/{name}.html", {"form": form})
