"""Addresses of the customer's pages, the queue, canned replies, teams, reports, and files."""

from django.urls import include, path, register_converter

from tickets.search.ticket_numbers import NumberConverter

from .conversation import drafts, file_views
from .due import views as due
from .portal import views_list as portal_list
from .portal import views_live as portal_live
from .portal import views_new as portal
from .portal import views_ticket as portal_ticket
from .reports import views as reports
from .workspace import actions as queue_actions
from .workspace import merging as queue_merging
from .workspace import splitting as queue_splitting
from .workspace import views as queue
from .workspace import views_list as queue_lists
from .workspace import views_mentions as mentions
from .workspace import views_next as queue_next
from .workspace.bulk import views as queue_bulk
from .workspace.canned import views as canned
from .workspace.canned import views_composer as canned_composer
from .workspace.canned import views_files as canned_files
from .workspace.customers import views as customers
from .workspace.saved import views as saved_views
from .workspace.snoozing import views as snoozing
from .workspace.tags import views as tags
from .workspace.tags import views_ticket as ticket_tags
from .workspace.teams import views as teams
from .workspace.teams import views_reassign as teams_reassign

register_converter(NumberConverter, "number")

portal_patterns = (
    [
        path("", portal_list.ticket_list, name="list"),
        path("view/", portal_list.keep, name="keep"),
        path("new/", portal.new, name="new"),
        path("similar/", portal_live.similar, name="similar"),
        path("<number:number>/", portal_ticket.detail, name="detail"),
        path("<number:number>/due/", due.for_customer, name="due"),
        path("<number:number>/news/", portal_ticket.news, name="news"),
        path("<number:number>/reply/", portal_ticket.reply, name="reply"),
        path("<number:number>/seen/", portal_list.seen, name="seen"),
        path("<number:number>/close/", portal_ticket.close, name="close"),
        path("<number:number>/reopen/", portal_ticket.reopen, name="reopen"),
        path("<number:number>/priority/", portal_ticket.priority, name="priority"),
        path("<number:number>/rate/", portal_ticket.rate, name="rate"),
        path("<number:number>/watch/", portal_ticket.watch, name="watch"),
        path("<number:number>/unwatch/", portal_ticket.unwatch, name="unwatch"),
    ],
    "tickets",
)
queue_patterns = (
    [
        path("", queue.queue_list, name="list"),
        path("new/", queue.new, name="new"),
        path("next/", queue_next.take_next, name="next"),
        path("filter/", queue_lists.choose_filters, name="filter"),
        path("columns/", queue_lists.choose_columns, name="columns"),
        path("views/", saved_views.view_list, name="views"),
        path("views/new/", saved_views.new, name="new_view"),
        path("views/<int:pk>/", saved_views.edit, name="edit_view"),
        path("views/<int:pk>/update/", saved_views.update, name="update_view"),
        path("views/<int:pk>/move/", saved_views.move, name="move_view"),
        path("views/<int:pk>/delete/", saved_views.delete, name="delete_view"),
        path("v/<int:pk>/", saved_views.open_view, name="view"),
        path("bulk/", queue_bulk.bulk, name="bulk"),
        path("bulk/<int:pk>/", queue_bulk.bulk_run, name="bulk_run"),
        path("bulk/<int:pk>/again/", queue_bulk.again, name="bulk_again"),
        path("bulk/<int:pk>/stop/", queue_bulk.stop, name="bulk_stop"),
        path("palette/", queue.palette, name="palette"),
        path("mentions/", mentions.mentions, name="mentions"),
        path(
            "notes/organization/<str:key>/", customers.organization_note, name="organization_note"
        ),
        path("notes/person/<int:pk>/", customers.person_note, name="person_note"),
        path("<number:number>/", queue.detail, name="detail"),
        path("<number:number>/due/", due.for_agent, name="due"),
        path("<number:number>/news/", queue.news, name="news"),
        path("<number:number>/accept/", queue_actions.accept, name="accept"),
        path("<number:number>/release/", queue_actions.release, name="release"),
        path("<number:number>/assign/", queue_actions.assign, name="assign"),
        path("<number:number>/transfer/", queue_actions.transfer, name="transfer"),
        path("<number:number>/reply/", queue_actions.reply, name="reply"),
        path("<number:number>/canned/", canned_composer.offers, name="canned"),
        path("<number:number>/macro/", canned_composer.macro, name="macro"),
        path("<number:number>/note/", queue_actions.note, name="note"),
        path("<number:number>/resume/", queue_actions.resume, name="resume"),
        path("<number:number>/close/", queue_actions.close, name="close"),
        path("<number:number>/reopen/", queue_actions.reopen, name="reopen"),
        path("<number:number>/snooze/", snoozing.snooze, name="snooze"),
        path("<number:number>/customer/", customers.card, name="customer"),
        path("<number:number>/follow/", customers.follow, name="follow"),
        path("<number:number>/hold/", queue_actions.hold, name="hold"),
        path("<number:number>/priority/", queue_actions.priority, name="priority"),
        path("<number:number>/category/", queue_actions.category, name="category"),
        path("<number:number>/watch/", queue_actions.watch, name="watch"),
        path("<number:number>/unwatch/", queue_actions.unwatch, name="unwatch"),
        path("<number:number>/tags/", ticket_tags.ticket_tags, name="tags"),
        path("<number:number>/link/", queue_merging.link, name="link"),
        path("<number:number>/merge/", queue_merging.merge, name="merge"),
        path("<number:number>/split/", queue_splitting.split, name="split"),
    ],
    "queue",
)
report_patterns = (
    [
        path("", reports.report, name="report"),
        path("board/", reports.board, name="board"),
        path("tickets/", reports.tickets, name="tickets"),
        path("ratings/", reports.ratings, name="ratings"),
        path("export/", reports.export, name="export"),
    ],
    "reports",
)
canned_patterns = (
    [
        path("", canned.canned_list, name="list"),
        path("new/", canned.new, name="new"),
        path("import/", canned_files.import_file, name="import"),
        path("export/", canned_files.export, name="export"),
        path("<int:pk>/", canned.edit, name="edit"),
        path("<int:pk>/delete/", canned.delete, name="delete"),
    ],
    "canned",
)
team_patterns = (
    [
        path("", teams.team_list, name="list"),
        path("new/", teams.new, name="new"),
        path("<int:pk>/", teams.edit, name="edit"),
        path("<int:pk>/delete/", teams.delete, name="delete"),
        path("people/<int:pk>/", teams.availability, name="availability"),
        path("people/<int:pk>/reassign/", teams_reassign.reassign, name="reassign"),
    ],
    "teams",
)
tag_patterns = (
    [
        path("", tags.tag_list, name="list"),
        path("<int:pk>/", tags.edit, name="edit"),
        path("<int:pk>/merge/", tags.merge, name="merge"),
        path("<int:pk>/retire/", tags.retire, name="retire"),
    ],
    "tags",
)
urlpatterns = [
    path("tags/", include(tag_patterns)),
    path("canned/", include(canned_patterns)),
    path("teams/", include(team_patterns)),
    path("tickets/", include(portal_patterns)),
    path("queue/", include(queue_patterns)),
    path("preview/", portal_live.preview, name="preview"),
    path("drafts/<number:number>/", drafts.draft, name="draft"),
    path("attachments/", file_views.uploads, name="uploads"),
    path("reports/", include(report_patterns)),
    path("attachments/<uuid:key>/", file_views.download, name="attachment"),
    path("attachments/<uuid:key>/thumbnail/", file_views.thumbnail, name="thumbnail"),
    path("attachments/<uuid:key>/remove/", file_views.remove, name="remove_upload"),
]
