"""Every write of a ticket. Each is one transaction over locked rows and leaves one event a ticket.

Arguments named `now` are the one instant of the operation, UTC. Without it the clock is read once
the rows are held: what waited for a lock comes after what it waited for.

Locks are taken in one order: a person, the organization, tickets by number.
"""

from .alerting import AlertReport, Outcome, receive_alert, requester_for
from .assigning import assign_automatically
from .base import LONGEST_BODY, NewMessage, file_gone, too_many_files, written_on
from .bulk import (
    AT_ONCE,
    MOST_IN_RUN,
    BulkChange,
    Selection,
    do_now,
    forget_runs,
    run_bulk,
    selected,
    start_bulk,
    stop_bulk,
)
from .canned import (
    LONGEST_CANNED_BODY,
    LONGEST_CANNED_TITLE,
    CannedDraft,
    create_canned,
    delete_canned,
    edit_canned,
    import_canned,
)
from .changing import only_if
from .closing import close_by_customer, hold_auto_close, lift_hold, reopen, resolve
from .customer_notes import write_customer_note
from .drafting import (
    DraftText,
    SavedDraft,
    discard_draft,
    forget_drafts,
    save_draft,
)
from .erasing import drop_pending_files, erase_in_tickets, tickets_of, words_of
from .files import (
    discard,
    is_lost,
    pending_of,
    shown_name,
    store_upload,
    sweep_orphans,
    sweep_pending,
)
from .followers import follow, unfollow
from .following import (
    clear_agent,
    follow_end_of_suspension,
    follow_new_name,
    follow_plan_change,
    follow_suspension,
    reassign_all,
)
from .further import FurtherChanges
from .importing import (
    ImportedFile,
    ImportedLine,
    ImportedMessage,
    ImportedTicket,
    drop_imported_files,
    import_tickets,
    keep_imported_file,
)
from .jobs import run_jobs
from .legal_holds import held_among, lift_legal_hold, set_legal_hold
from .linking import CHOSEN, follow_up, link_tickets, unlink_tickets
from .mentions import agents_to_mention
from .merging import UNDO_WITHIN, merge_tickets, undo_merge
from .opening import Draft, open_ticket
from .periodic import ScanResult, auto_close, close_due, record_run, remind_of_close, scan_clocks
from .previewing import (
    MOST_AT_ONCE,
    SentEdit,
    ask_for_preview,
    is_stale,
    latest_number,
    preview,
    result_of,
    run_previews,
    sent_edit_of,
)
from .rating import LONGEST_WORDS, Verdict, changeable_until, may_still_change, rate
from .reaching import record_undeliverable
from .reading import keep_list, mark_seen
from .recalculating import (
    ask_for_recalculation,
    follow_closure,
    follow_new_commitments,
    run_recalculations,
)
from .refilling import refill
from .replying import (
    Seen,
    add_note,
    reply_as_agent,
    reply_as_customer,
    reply_with_changes,
)
from .retaining import count_removable, oldest_removable, remove_contents
from .returning import return_tickets
from .saving import MOST_VIEWS, ViewDraft, create_view, delete_view, edit_view, move_view
from .snoozing import LONGEST_SNOOZE, return_snoozed, see_returned, snooze, wake
from .splitting import split_message
from .stale_days import day_of, mark_all_stale, mark_stale_of
from .stretches import fill_stretches
from .tagging import (
    MOST_TAGS_OF_TICKET,
    change_tags,
    create_tag,
    edit_tag,
    follow_tag_merges,
    merge_tags,
    restore_tag,
    retire_tag,
)
from .teams import (
    LONGEST_TEAM_NAME,
    MOST_TICKETS,
    TeamDraft,
    create_team,
    delete_team,
    edit_team,
)
from .thumbnails import make_thumbnails
from .totals import record_export, refresh_totals
from .transferring import transfer
from .viewing import forget_viewing, record_viewing, sweep_viewings
from .watching import (
    MOST_WATCHERS,
    add_watchers,
    change_watchers,
    forget_watcher,
    remove_watcher,
    too_many_watchers,
)
from .working import (
    accept,
    assign,
    change_category,
    change_priority,
    release,
    resume,
    take_next,
)

__all__ = [
    "AT_ONCE",
    "CHOSEN",
    "LONGEST_BODY",
    "LONGEST_CANNED_BODY",
    "LONGEST_CANNED_TITLE",
    "LONGEST_SNOOZE",
    "LONGEST_TEAM_NAME",
    "LONGEST_WORDS",
    "MOST_AT_ONCE",
    "MOST_IN_RUN",
    "MOST_TAGS_OF_TICKET",
    "MOST_TICKETS",
    "MOST_VIEWS",
    "MOST_WATCHERS",
    "UNDO_WITHIN",
    "AlertReport",
    "BulkChange",
    "CannedDraft",
    "Draft",
    "DraftText",
    "FurtherChanges",
    "ImportedFile",
    "ImportedLine",
    "ImportedMessage",
    "ImportedTicket",
    "NewMessage",
    "Outcome",
    "SavedDraft",
    "ScanResult",
    "Seen",
    "Selection",
    "SentEdit",
    "TeamDraft",
    "Verdict",
    "ViewDraft",
    "accept",
    "add_note",
    "add_watchers",
    "agents_to_mention",
    "ask_for_preview",
    "ask_for_recalculation",
    "assign",
    "assign_automatically",
    "auto_close",
    "change_category",
    "change_priority",
    "change_tags",
    "change_watchers",
    "changeable_until",
    "clear_agent",
    "close_by_customer",
    "close_due",
    "count_removable",
    "create_canned",
    "create_tag",
    "create_team",
    "create_view",
    "day_of",
    "delete_canned",
    "delete_team",
    "delete_view",
    "discard",
    "discard_draft",
    "do_now",
    "drop_imported_files",
    "drop_pending_files",
    "edit_canned",
    "edit_tag",
    "edit_team",
    "edit_view",
    "erase_in_tickets",
    "file_gone",
    "fill_stretches",
    "follow",
    "follow_closure",
    "follow_end_of_suspension",
    "follow_new_commitments",
    "follow_new_name",
    "follow_plan_change",
    "follow_suspension",
    "follow_tag_merges",
    "follow_up",
    "forget_drafts",
    "forget_runs",
    "forget_viewing",
    "forget_watcher",
    "held_among",
    "hold_auto_close",
    "import_canned",
    "import_tickets",
    "is_lost",
    "is_stale",
    "keep_imported_file",
    "keep_list",
    "latest_number",
    "lift_hold",
    "lift_legal_hold",
    "link_tickets",
    "make_thumbnails",
    "mark_all_stale",
    "mark_seen",
    "mark_stale_of",
    "may_still_change",
    "merge_tags",
    "merge_tickets",
    "move_view",
    "oldest_removable",
    "only_if",
    "open_ticket",
    "pending_of",
    "preview",
    "rate",
    "reassign_all",
    "receive_alert",
    "record_export",
    "record_run",
    "record_undeliverable",
    "record_viewing",
    "refill",
    "refresh_totals",
    "release",
    "remind_of_close",
    "remove_contents",
    "remove_watcher",
    "reopen",
    "reply_as_agent",
    "reply_as_customer",
    "reply_with_changes",
    "requester_for",
    "resolve",
    "restore_tag",
    "result_of",
    "resume",
    "retire_tag",
    "return_snoozed",
    "return_tickets",
    "run_bulk",
    "run_jobs",
    "run_previews",
    "run_recalculations",
    "save_draft",
    "scan_clocks",
    "see_returned",
    "selected",
    "sent_edit_of",
    "set_legal_hold",
    "shown_name",
    "snooze",
    "split_message",
    "start_bulk",
    "stop_bulk",
    "store_upload",
    "sweep_orphans",
    "sweep_pending",
    "sweep_viewings",
    "take_next",
    "tickets_of",
    "too_many_files",
    "too_many_watchers",
    "transfer",
    "undo_merge",
    "unfollow",
    "unlink_tickets",
    "wake",
    "words_of",
    "write_customer_note",
    "written_on",
]
