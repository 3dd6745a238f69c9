"""Every write to people, organizations and memberships.

Each takes the acting person (`actor`, None for the system) and the moment (`now`), leaves a line in
the history, and raises OrganizationError with a sentence for the reader when the domain refuses.
"""

from .availability import (
    Wanted,
    agents_expected,
    change_availability,
    change_presence,
    follow_the_time,
)
from .erasing import erase_account, known_as, shut_out
from .importing import import_memberships, import_organizations, import_people
from .invitations import (
    accept,
    accept_as_new,
    has_accepted,
    invitation_of,
    invite,
    resend,
    revoke,
)
from .members import add_member, change_role, has_removed, remove_member, work_in
from .organizations import (
    change_organization,
    change_plan,
    create_organization,
    found,
    free_key,
    lift_suspension,
    make_custom_plan,
    register,
    restrict,
    suspend,
)
from .people import (
    change_going_on,
    change_language,
    change_own_profile,
    change_person,
    change_shortcuts,
    change_theme,
    clear_undeliverable,
    create_customer,
    create_staff,
    deactivate,
    mark_undeliverable,
    reactivate,
)
from .service_members import create_service_member, end_service_member

__all__ = [
    "Wanted",
    "accept",
    "accept_as_new",
    "add_member",
    "agents_expected",
    "change_availability",
    "change_going_on",
    "change_language",
    "change_organization",
    "change_own_profile",
    "change_person",
    "change_plan",
    "change_presence",
    "change_role",
    "change_shortcuts",
    "change_theme",
    "clear_undeliverable",
    "create_customer",
    "create_organization",
    "create_service_member",
    "create_staff",
    "deactivate",
    "end_service_member",
    "erase_account",
    "follow_the_time",
    "found",
    "free_key",
    "has_accepted",
    "has_removed",
    "import_memberships",
    "import_organizations",
    "import_people",
    "invitation_of",
    "invite",
    "known_as",
    "lift_suspension",
    "make_custom_plan",
    "mark_undeliverable",
    "reactivate",
    "register",
    "remove_member",
    "resend",
    "restrict",
    "revoke",
    "shut_out",
    "suspend",
    "work_in",
]
