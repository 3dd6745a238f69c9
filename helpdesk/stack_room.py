"""Room for the frames of a request, taken once.

CPython keeps the frames of a thread in chunks of 16 kB, and gives a chunk back as soon as its last
frame ends. Where a page calls its functions just beyond the end of a chunk, each of thousands of
calls asks the system for memory and returns it: the same page then takes up to 1.7 times as long,
depending only on how many functions lie above it. See docs/decisions/0091-stack-room.md.
"""

# In words of the stack: one chunk of 256 kB, of which half is left for all frames of a request.
ROOM = 16_000


def with_stack_room(application):
    """The WSGI application, called from a frame so large that all others fit behind it."""

    def roomy(environ, start_response):
        return application(environ, start_response)

    roomy.__code__ = roomy.__code__.replace(co_stacksize=ROOM)
    return roomy
