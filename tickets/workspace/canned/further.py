"""What a reply changes besides the status, as the composer shows it: a part each."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.models import User
from plans.models import Priority
from tickets import permissions
from tickets.choices import Category
from tickets.models import Tag
from tickets.querysets.tags import tags_in
from ui.wording import listed


@dataclass(frozen=True)
class Part:
    """One further change: the field that posts it, and what it does in words.

    `reason` is None for what needs none.
    """

    name: str
    value: str
    text: str
    symbol: str
    reason: str | None = None


def priority_part(ticket, value, reason=""):
    """Another priority; a sentence for one that is gone, None for the present one."""
    if value not in Priority.values:
        return _("The priority “%(name)s” no longer exists; it is left out.") % {"name": value}
    if value == ticket.priority:
        return None
    priority, present = Priority(value), Priority(ticket.priority)
    text = _("priority: %(before)s → %(after)s") % {
        "before": present.label,
        "after": priority.label,
    }
    is_raised = priority.rank > present.rank
    return Part("priority", value, text, "flag", None if is_raised and not reason else reason)


def category_part(ticket, value):
    """Another category; a sentence for one that is gone, None for the present one."""
    if value not in Category.values:
        return _("The category “%(name)s” no longer exists; it is left out.") % {"name": value}
    if value == ticket.category:
        return None
    text = _("category: %(before)s → %(after)s") % {
        "before": ticket.get_category_display(),
        "after": Category(value).label,
    }
    return Part("category", value, text, "tag")


def tags_part(ticket, keys, tags):
    """The tags that the ticket has not; `tags` are all by key. Gives (the part or None, sentences
    about those that are retired or gone)."""
    present = {tag.pk for tag in tags_in(ticket.tags_text)}
    # One that was merged is in the macro as the other.
    found = [tags[key] for key in keys if key in tags]
    gone = [_("A tag of this macro no longer exists; it is left out.")] * (len(found) < len(keys))
    gone += [
        _("The tag “%(name)s” is retired; it is left out.") % {"name": tag.name}
        for tag in found
        if tag.is_retired
    ]
    new = [tag for tag in found if not tag.is_retired and tag.pk not in present]
    if not new:
        return None, gone
    text = ngettext("add the tag %(tags)s", "add the tags %(tags)s", len(new))
    value = ",".join(str(tag.pk) for tag in new)
    return Part("tags", value, text % {"tags": listed(tag.name for tag in new)}, "tag"), gone


def assignee_part(ticket, person, agent):
    """Another assignee; a sentence where it cannot be, None for the present one."""
    if person.pk == ticket.assignee_id:
        return None
    if not person.is_agent:
        return _("%(name)s is no longer an agent; the assignee is left out.") % {"name": person}
    if ticket.assignee_id is not None and not permissions.may_assign(ticket, agent):
        return _("Only the assignee or a supervisor can hand the ticket over; that is left out.")
    text = _("assign to %(name)s") % {"name": person}
    return Part("assignee", str(person.pk), text, "user-check")


def parts_of_form(form, ticket):
    """The parts of a form that came back, each as long as it still changes something.

    What is refused stays, so that its error is shown beside it and it can be taken away.
    """
    value_of = {name: form[f"also_{name}"].value() or "" for name in ("priority", "category")}
    found = [
        priority_part(ticket, value_of["priority"], form["also_reason"].value() or "")
        if value_of["priority"]
        else None,
        category_part(ticket, value_of["category"]) if value_of["category"] else None,
    ]
    parts = [each for each in found if isinstance(each, Part)]
    if keys := form.tag_keys:
        part, _gone = tags_part(ticket, keys, Tag.objects.in_bulk(keys))
        parts += [part] if part else []
    if key := form.assignee_key:
        person = User.objects.filter(pk=key).first()
        if person and person.pk != ticket.assignee_id:
            text = _("assign to %(name)s") % {"name": person}
            parts.append(Part("assignee", str(person.pk), text, "user-check"))
    return parts
