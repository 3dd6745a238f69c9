"""Addresses of the customer's pages, of the queue, and of files."""

from django.urls import include, path, register_converter

from .converters import NumberConverter
from .views import files, portal, queue

register_converter(NumberConverter, "number")

portal_patterns = (
    [
        path("", portal.ticket_list, name="list"),
        path("new/", portal.new, name="new"),
        path("<number:number>/", portal.detail, name="detail"),
        path("<number:number>/reply/", portal.reply, name="reply"),
        path("<number:number>/close/", portal.close, name="close"),
        path("<number:number>/reopen/", portal.reopen, name="reopen"),
        path("<number:number>/priority/", portal.priority, name="priority"),
    ],
    "tickets",
)
queue_patterns = (
    [
        path("", queue.queue_list, name="list"),
        path("new/", queue.new, name="new"),
        path("<number:number>/", queue.detail, name="detail"),
        path("<number:number>/accept/", queue.accept, name="accept"),
        path("<number:number>/release/", queue.release, name="release"),
        path("<number:number>/assign/", queue.assign, name="assign"),
        path("<number:number>/reply/", queue.reply, name="reply"),
        path("<number:number>/note/", queue.note, name="note"),
        path("<number:number>/resume/", queue.resume, name="resume"),
        path("<number:number>/close/", queue.close, name="close"),
        path("<number:number>/reopen/", queue.reopen, name="reopen"),
        path("<number:number>/hold/", queue.hold, name="hold"),
        path("<number:number>/priority/", queue.priority, name="priority"),
        path("<number:number>/category/", queue.category, name="category"),
    ],
    "queue",
)
urlpatterns = [
    path("tickets/", include(portal_patterns)),
    path("queue/", include(queue_patterns)),
    path("attachments/<uuid:key>/", files.download, name="attachment"),
]
