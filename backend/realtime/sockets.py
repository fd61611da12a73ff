"""The websocket's transport: a client that does not read is cut off, whatever still waits to be written to it."""

from asyncio import TimerHandle

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

UNREAD_S = 10.0
"""How long a full socket may stay full."""


class ImpatientSocket(WebSocketsSansIOProtocol):
    """uvicorn's own, which would wait for ever for a full socket to drain: closing it waits for that too."""

    _cut: TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._cut = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._spare()

    def connection_lost(self, exc: Exception | None) -> None:
        self._spare()
        super().connection_lost(exc)

    def _spare(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None
