"""Asking for another support plan: a ticket to sales in our words, from a key in the address."""

from django.utils.translation import gettext as _

from organizations import permissions
from organizations.plan_matrix import plans_shown_to
from tickets.choices import Category

# Instead of a plan's key: a plan with agreed times that does not exist yet.
CUSTOM = "custom"


def plan_request(membership, key):
    """What the form of a new ticket begins with when somebody asks for the plan of that key.

    Nothing for who may not ask, for the present plan, and for a key that names no plan shown to
    them: the address brings a key and never a text.
    """
    if not key or not permissions.may_ask_for_plan(membership):
        return {}
    organization = membership.organization
    plans = {plan.key: plan for plan in plans_shown_to(organization)}
    names = {"organization": organization, "present": organization.plan.name}
    if key in plans and plans[key] != organization.plan:
        return _request(**_for_plan(names | {"plan": plans[key].name}))
    return _request(**_for_custom_plan(names)) if key == CUSTOM else {}


def _request(*, title, description):
    # A name of an organization is as long as a title may be at most.
    return {"title": title[:200], "description": description, "category": Category.SALES}


def _for_plan(names):
    return {
        "title": _("Request for the support plan “%(plan)s”") % names,
        "description": _(
            "Hello,\nWe would like to move %(organization)s from the support plan "
            "“%(present)s” to “%(plan)s”.\nPlease let us know the price and what is "
            "needed for it."
        )
        % names,
    }


def _for_custom_plan(names):
    return {
        "title": _("Request for a custom support plan"),
        "description": _(
            "Hello,\n%(organization)s is currently on the support plan “%(present)s”. We "
            "would like to talk about a custom plan with agreed times.\nWhat we need:\n"
        )
        % names,
    }
