"""Tells every open screen what was committed, in order and without gaps.

The door publishes each line after its commit; the hub puts lines in order, encodes each once and offers it
to the sockets that follow that log. The database is the truth: once a second the hub reads every log's head,
fetches what it missed (another process's commits) and sends a tick, so that a screen can prove it is current.
"""
