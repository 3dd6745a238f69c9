"""Who may do what to a ticket: (ticket, user) -> bool, without a query.

They feed both the state machine and the pages, so that a button never leads to a refusal. Each
presumes that the ticket came to the user through `visible_to`.
"""

from organizations.models import Role


def is_system(ticket, user):
    """Only the periodic work, which acts as nobody."""
    return user is None


def may_work(ticket, user):
    """Any agent may answer, note, resume and close any ticket."""
    return user is not None and user.is_agent


def may_take_over(ticket, user):
    """Any agent takes on what another one has."""
    return may_work(ticket, user) and ticket.assignee_id not in {None, user.pk}


def may_release(ticket, user):
    """The assignee or a supervisor gives a ticket back to the queue."""
    return may_work(ticket, user) and (ticket.assignee_id == user.pk or user.is_supervisor)


def may_assign(ticket, user):
    """The assignee or a supervisor hands a ticket to an agent or to nobody."""
    return may_release(ticket, user)


def may_write_as_customer(ticket, user):
    """A member of the ticket's organization, unless the organization is suspended."""
    if user is None or user.staff_role:
        return False
    membership = user.membership_by_organization.get(ticket.organization_id)
    return membership is not None and not membership.organization.is_suspended


def may_upload(user):
    """Agents, and members of some organization that may write."""
    memberships = user.membership_by_organization.values()
    return user.is_agent or any(not each.organization.is_suspended for each in memberships)


def may_reopen(ticket, user):
    """Either side reopens a closed ticket."""
    return may_work(ticket, user) or may_write_as_customer(ticket, user)


def may_add_watchers(ticket, user):
    """Whoever may write on the ticket, in every status."""
    return may_work(ticket, user) or may_write_as_customer(ticket, user)


def may_remove_watcher(ticket, user, watcher_id):
    """Agents, the requester, owners and managers; everybody for themselves."""
    if may_work(ticket, user):
        return True
    if not may_write_as_customer(ticket, user):
        return False
    role = user.membership_by_organization[ticket.organization_id].role
    return user.pk in {watcher_id, ticket.requester_id} or role in {Role.OWNER, Role.MANAGER}


def may_rate(ticket, user):
    """Any member who may write on it; whether the time for it has come, the service says."""
    return may_write_as_customer(ticket, user) and not ticket.has_lost_contents


def may_change_priority(ticket, user):
    """Agents raise and lower, members raise; nobody does on a closed ticket."""
    return not ticket.is_closed and may_reopen(ticket, user)


def may_change_category(ticket, user):
    """Agents, while the ticket is open."""
    return not ticket.is_closed and may_work(ticket, user)
