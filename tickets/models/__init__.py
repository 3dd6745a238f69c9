"""What happens: tickets with their state machine, messages, files, clocks, history, totals."""

from .alerts import LONGEST_FINGERPRINT, Alert
from .bulk import BulkItem, BulkRun
from .canned import CannedReply
from .clocks import Clock, ClockChange, ClockStretch
from .customer_notes import CustomerNote, CustomerNoteChange
from .drafts import MessageDraft
from .events import Event, PeriodicRun
from .followers import Follower
from .jobs import TicketJob
from .legal_holds import LegalHold
from .links import TicketLink
from .merges import TicketMerge
from .messages import Attachment, Message
from .placed import place_of
from .previews import EditPreview
from .ratings import BEST, WORST, Rating
from .reading import ListPreference, Sighting
from .recalculation import Recalculation
from .saved import LONGEST_VIEW_NAME, LONGEST_VIEW_QUERY, SavedView
from .tags import Tag, TicketTag
from .teams import Team, TeamCategory, TeamMember
from .ticket import OPEN, Ticket
from .totals import DayTotal, ReportExport, StaleDay
from .viewing import Viewing
from .watching import Watcher

__all__ = [
    "BEST",
    "LONGEST_FINGERPRINT",
    "LONGEST_VIEW_NAME",
    "LONGEST_VIEW_QUERY",
    "OPEN",
    "WORST",
    "Alert",
    "Attachment",
    "BulkItem",
    "BulkRun",
    "CannedReply",
    "Clock",
    "ClockChange",
    "ClockStretch",
    "CustomerNote",
    "CustomerNoteChange",
    "DayTotal",
    "EditPreview",
    "Event",
    "Follower",
    "LegalHold",
    "ListPreference",
    "Message",
    "MessageDraft",
    "PeriodicRun",
    "Rating",
    "Recalculation",
    "ReportExport",
    "SavedView",
    "Sighting",
    "StaleDay",
    "Tag",
    "Team",
    "TeamCategory",
    "TeamMember",
    "Ticket",
    "TicketJob",
    "TicketLink",
    "TicketMerge",
    "TicketTag",
    "Viewing",
    "Watcher",
    "place_of",
]
