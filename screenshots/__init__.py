"""What stands on a picture: read on this machine, apart from the server, and kept nowhere.

`reader` hands a picture to a process of its own (`worker`) and gets lines of text; `screen` finds
in them what matters: the error on a phone's screen, a page of the procedure, a pasted message.
It imports nothing of the other packages; channels call it.
"""
