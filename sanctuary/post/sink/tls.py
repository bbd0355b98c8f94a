"""Encryption between the bytes of the wire and those of a session."""

import ssl

_CHUNK = 65536


class Tls:
    """The server's side of one encrypted conversation, without a socket of its own."""

    def __init__(self, context: ssl.SSLContext):
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._in, self._out, server_side=True)
        self.ready = False

    def opened(self, data: bytes) -> bytes:
        """What the client said, in clear. Raises ssl.SSLError when it does not trust us or speaks no TLS."""
        self._in.write(data)
        clear = []
        try:
            if not self.ready:
                self._object.do_handshake()
                self.ready = True
            while chunk := self._object.read(_CHUNK):
                clear.append(chunk)
        except ssl.SSLWantReadError:
            pass
        return b"".join(clear)

    def sealed(self, data: bytes = b"") -> bytes:
        """What goes on the wire for `data`, and for all that TLS itself has to say."""
        if data:
            self._object.write(data)
        return self._out.read()
