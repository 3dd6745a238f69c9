"""Shows and answers the mails of a machine whose mail server keeps all mail to itself.

`make run` starts that server (`catching`); the pages exist only with DEBUG.
"""
