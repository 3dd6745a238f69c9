"""Facts that upper layers listen to. Each is sent inside the transaction that makes it true."""

from django.dispatch import Signal

# organization, actor, now
organization_registered = Signal()
# organization, old_plan, new_plan, actor, now
organization_plan_changed = Signal()
# organization, actor, now
organization_suspended = Signal()
# organization, actor, now
organization_suspension_lifted = Signal()
# organization, actor, now
organization_renamed = Signal()
# user, actor, now
person_renamed = Signal()
# organization, user, actor, now
member_removed = Signal()
# user: e-mails to the person's address are to be tried again
address_works = Signal()
# user, actor, now
agent_deactivated = Signal()
