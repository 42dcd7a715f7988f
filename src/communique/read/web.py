"""One web address, fetched with care.

An address comes from a user, a feed or a redirect, so it may lead anywhere. Each step is taken on its own terms:

1. only http and https, and no user names or passwords in the address;
2. the name is looked up once, and if any of its addresses lies inside this network, nothing is fetched;
3. the connection goes to the addresses that were checked, never to the outcome of a second look-up, while the Host
   header and the certificate are those of the name;
4. a redirect starts again at 1.

Size, time and unpacking are bounded throughout. Proxies named in the environment are not used: they would look up names
on their own. SSL_CERT_FILE and SSL_CERT_DIR are heeded, for institutions that inspect connections.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from communique import __version__
from communique.errors import InputError

if TYPE_CHECKING:
    import ssl

    import httpcore
    import httpx
    from httpcore import NetworkBackend, NetworkStream
else:
    # httpcore is loaded when something is fetched, and asks for these methods only, not for its own classes.
    NetworkBackend = NetworkStream = object

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# A machine without IPv6 still gets such addresses from the name servers; the next one is tried after this.
_CONNECT_SECONDS = 10.0
# Small pages of repeated markup pack well; the ratio is asked for beyond this.
_FREE_BYTES = 1_000_000
_PIECE_BYTES = 65_536
_SHOWN_CHARACTERS = 200

_SAVE = "open it in a browser, save the page and give the file"
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost.

    `size`: bytes of the body after unpacking; `seconds`: for all of it, redirects included, except that looking up a
    name takes as long as the system lets it; `redirects`: how many are followed; `ratio`: bytes that one received byte
    may unpack to, once the body is beyond 1 MB.
    """

    size: int = 50_000_000
    seconds: float = 60.0
    redirects: int = 5
    ratio: float = 100.0


_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave. `url`: the last one, after redirects, without its fragment; `content_type`: in lower case,
    without parameters; `charset`: as stated, if it is one that Python decodes; `etag` and `last_modified`: to be given
    back as `If-None-Match` and `If-Modified-Since`; `status`: 200, or 304 with an empty body where such a header was
    sent and nothing is new."""

    url: str
    status: int
    body: bytes
    content_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Refused(InputError):  # noqa: N818 - reads as what happened to the address, which is no fault of the program
    """The address was not fetched, or not all of it; `reason` says why and what to do."""


class _StepError(Exception):
    """Why one step on the way failed, as a phrase that follows the address ("leads to ...")."""


def fetch(
    url: str, *, limits: Limits = _LIMITS, local: bool = False, headers: Mapping[str, str] | None = None
) -> Fetched:
    """The body at an http(s) address, unpacked and complete; `Refused` in every other case.

    `local`: addresses inside this network may be fetched. `headers` go out on every step, so nothing secret belongs in
    them.
    """
    clock = _Clock(limits.seconds)
    trail: list[httpx.URL] = []
    target, via = url.strip(), ""
    try:
        while True:
            address = _parsed(target)
            _check_redirect(trail, address, limits)
            trail.append(address)
            answer = _visit(address, clock, limits, local, headers or {})
            if isinstance(answer, Fetched):
                return answer
            target, via = answer, f"redirects to {_shown(answer)}, which "
    except _StepError as error:
        raise Refused(url, f"{via}{error}") from error


# Addresses


def _parsed(target: str) -> httpx.URL:
    """The address without its fragment, if it is one that may be asked for at all."""
    import httpx

    try:
        address = httpx.URL(target).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _StepError(f"is no web address ({error}); check its spelling") from error
    if address.scheme not in ("http", "https"):
        raise _StepError("is no http or https address; only those are fetched. Give a file by its path")
    if address.userinfo:
        raise _StepError("holds a user name or password; give the address without them, or save the page as a file")
    if not _HOST.fullmatch(address.raw_host.decode("ascii")) and not _is_ipv6(address.raw_host):
        raise _StepError("is no web address (no proper name of a site in it); check its spelling")
    if address.port is not None and not 0 < address.port < 65_536:
        raise _StepError(f"names port {address.port}; ports go from 1 to 65535")
    return address


def _is_ipv6(host: bytes) -> bool:
    try:
        return ipaddress.IPv6Address(host.decode("ascii")).scope_id is None
    except ValueError:
        return False


def _check_redirect(trail: list[httpx.URL], address: httpx.URL, limits: Limits) -> None:
    if address in trail:
        raise _StepError(f"leads round in a circle; such sites often ask for cookies: {_SAVE}")
    if len(trail) > limits.redirects:
        raise _StepError(f"is one redirect too many ({limits.redirects} are followed); {_SAVE}")
    if trail and trail[-1].scheme == "https" and address.scheme == "http":
        raise _StepError(f"leaves the protected connection (https) for an open one; {_SAVE}")


def _shown(target: str) -> str:
    """A redirect's target for messages: no passwords, and not for ever."""
    plain = re.sub(r"//[^/?#]*@", "//", target)
    return plain if len(plain) <= _SHOWN_CHARACTERS else plain[:_SHOWN_CHARACTERS] + "..."


# Where an address leads

_INSIDE = "an address inside this network"
_NOT_OPEN = "no address of the open net"


def _networks(*names: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(name) for name in names)


# Our own tables, as those of `ipaddress` differ between versions of Python.
_INSIDE_NETWORKS = _networks(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",  # shared by the customers of a provider
    "127.0.0.0/8",
    "168.63.129.16/32",  # a cloud provider's own service, seen from its virtual machines
    "169.254.0.0/16",  # link-local, and there the metadata of most clouds
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::/127",  # unspecified and loopback
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
)
_RESERVED_NETWORKS = _networks(
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",  # Teredo among them: it wraps IPv4 addresses
    "2001:db8::/32",
    "2002::/16",  # 6to4, given up in 2015: it wraps IPv4 addresses too
    "3fff::/20",
)
_OPEN_IPV6 = ipaddress.IPv6Network("2000::/3")
# Both hold an IPv4 address in their last 32 bits; name servers of networks without IPv4 give out the second.
_WRAPPING = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))


def closed(address: IPAddress) -> str | None:
    """What an address is, as a phrase, if no page may be fetched from it; `None` for one on the open net."""
    if any(address in network for network in _WRAPPING):
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        kind = closed(inner)
        return kind and f"which stands for {inner}, {kind}"
    if any(address in network for network in _INSIDE_NETWORKS):
        return _INSIDE
    if any(address in network for network in _RESERVED_NETWORKS):
        return _NOT_OPEN
    return None if address.version == 4 or address in _OPEN_IPV6 else _NOT_OPEN


# A socket's family, and what its `connect` takes.
_Place = tuple[socket.AddressFamily, Any]


def _resolve(url: httpx.URL, local: bool) -> list[_Place]:
    """Where the name leads, looked up once; all of it on the open net, unless `local`."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _StepError(
            f"leads nowhere: the name {host} could not be looked up ({_detail(error)}); "
            "check its spelling and your connection"
        ) from error
    places: list[_Place] = [
        (family, place) for family, _, _, _, place in found if family in (socket.AF_INET, socket.AF_INET6)
    ]
    for _, place in places:
        address = ipaddress.ip_address(place[0])
        if not local and (kind := closed(address)):
            raise _StepError(
                f"leads to {address}, {kind}; pages from there are not fetched. "
                "Save the page and give the file, or use --allow-local"
            )
    return places


# The connection


class _Clock:
    """The time left for a fetch."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, more than none; an error when the time is up."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.late()
        return left

    def late(self) -> _StepError:
        return _StepError(f"took longer than {self._seconds:g} seconds; try again later, or {_SAVE}")


class _Checked(NetworkBackend):
    """Connects to the addresses that were checked, whatever the name leads to by now."""

    def __init__(self, places: list[_Place], clock: _Clock) -> None:
        self._places = places
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        reason: object = "no address"
        for family, place in self._places:
            seconds = min(self._clock.left(), _CONNECT_SECONDS)
            try:
                return _Stream(_connected(family, place, seconds), self._clock)
            except OSError as error:
                reason = error.strerror or error
        self._clock.left()
        raise _StepError(f"cannot be reached ({reason}); check the address and your connection, or try again later")


def _connected(family: socket.AddressFamily, place: Any, seconds: float) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.connect(place)
    except BaseException:
        sock.close()
        raise
    return sock


class _Stream(NetworkStream):
    """A socket whose every wait ends with the clock, so that a server which drips ends too."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock = sock
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._sock.settimeout(self._clock.left())
        try:
            return self._sock.recv(max_bytes)
        except TimeoutError:
            raise self._clock.late() from None
        except OSError as error:
            raise _broken(error) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._sock.settimeout(self._clock.left())
        try:
            self._sock.sendall(buffer)
        except TimeoutError:
            raise self._clock.late() from None
        except OSError as error:
            raise _broken(error) from error

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        import ssl

        try:
            self._sock.settimeout(self._clock.left())
            # Certificates name a site without the dot that may end a name.
            return _Stream(
                ssl_context.wrap_socket(self._sock, server_hostname=(server_hostname or "").rstrip(".")), self._clock
            )
        except TimeoutError:
            raise self._clock.late() from None
        except ssl.SSLCertVerificationError as error:
            raise _StepError(
                f"could not prove that it is {server_hostname} ({error.verify_message.rstrip('.')}); {_SAVE}. If your "
                "institution inspects connections, name its file of certificates in SSL_CERT_FILE"
            ) from error
        except OSError as error:
            raise _StepError(
                f"offers no protected connection ({_detail(error)}); try again later, or {_SAVE}"
            ) from error
        finally:
            # On success the socket has been taken over, and closing what is left of it does nothing.
            self._sock.close()

    def get_extra_info(self, info: str) -> Any:
        return None


def _broken(error: OSError) -> _StepError:
    return _StepError(f"broke off the connection ({_detail(error)}); try again later, or {_SAVE}")


def _detail(error: Exception) -> str:
    return str(getattr(error, "reason", None) or getattr(error, "strerror", None) or error)


def _trusted() -> ssl.SSLContext:
    import httpx

    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise _StepError(
            f"was not asked: SSL_CERT_FILE or SSL_CERT_DIR names no readable certificates ({_detail(error)}); correct it"
        ) from error


# Question and answer


def _visit(url: httpx.URL, clock: _Clock, limits: Limits, local: bool, headers: Mapping[str, str]) -> Fetched | str:
    """What the address gives, or the address it redirects to."""
    import httpcore

    places = _resolve(url, local)
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    context = _trusted() if url.scheme == "https" else None
    backend = _Checked(places, clock)
    sent = _sent(url, headers)
    with httpcore.HTTPConnection(target.origin, ssl_context=context, network_backend=backend) as connection:
        try:
            with connection.stream("GET", target, headers=sent.raw) as response:
                return _answer(url, response, sent, limits)
        except httpcore.ProtocolError as error:
            raise _StepError(
                f"does not answer as a web server does ({error}); check the address, or {_SAVE}"
            ) from error


def _sent(url: httpx.URL, headers: Mapping[str, str]) -> httpx.Headers:
    import httpx

    sent = httpx.Headers({"accept": "*/*", "user-agent": f"communique/{__version__} (+news reading)"})
    sent.update(headers)
    # One page, one connection; and only the packing that can be undone within bounds.
    sent.update({"host": url.netloc.decode("ascii"), "accept-encoding": "gzip", "connection": "close"})
    return sent


def _answer(url: httpx.URL, response: httpcore.Response, sent: httpx.Headers, limits: Limits) -> Fetched | str:
    import httpx

    headers = httpx.Headers(response.headers)
    status = response.status
    if status in (301, 302, 303, 307, 308):
        return _location(url, headers)
    if status == 304 and ("if-none-match" in sent or "if-modified-since" in sent):
        body = b""
    elif status == 200:
        body = _body(response, headers, limits)
    else:
        raise _StepError(_refusal(status, headers))
    content_type = headers.get("content-type", "")
    return Fetched(
        url=str(url),
        status=status,
        body=body,
        content_type=content_type.partition(";")[0].strip().lower() or None,
        charset=_charset(content_type),
        etag=_sendable(headers.get("etag")),
        last_modified=_sendable(headers.get("last-modified")),
    )


def _location(url: httpx.URL, headers: httpx.Headers) -> str:
    import httpx

    location = headers.get("location", "").strip()
    if not location:
        raise _StepError(f"redirects without saying where to; {_SAVE}")
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _StepError(f"redirects to what is no web address ({error}); {_SAVE}") from error


def _refusal(status: int, headers: httpx.Headers) -> str:
    if status in (404, 410):
        return f"has no such page, or no longer (status {status}); check the address, or look for a saved copy"
    if status in (401, 402, 403, 407):
        return f"gives the page only to subscribers or to browsers (status {status}); {_SAVE}"
    if status == 451:
        return f"withholds the page for legal reasons (status 451); if you may read it, {_SAVE}"
    if status == 429:
        return f"is asked too often (status 429); try again {_pause(headers)}"
    if 500 <= status < 600:
        return f"has a fault of its own (status {status}); try again {_pause(headers)}"
    return f"does not give the page (status {status}); {_SAVE}"


def _pause(headers: httpx.Headers) -> str:
    """When the site wants to be asked again."""
    stated = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", stated):
        return f"in {int(stated):,} seconds"
    try:
        stamp = parsedate_to_datetime(stated)
        moment = stamp - (stamp.utcoffset() or timedelta())
    except (ValueError, OverflowError):
        return "later"
    return f"after {moment:%Y-%m-%d %H:%M} UTC"


def _charset(content_type: str) -> str | None:
    found = _CHARSET.search(content_type)
    if not found:
        return None
    try:
        # Not with no bytes at all: those decode under any name. Codecs from bytes to bytes ("zlib") fail here too.
        b"x".decode(found[1], "replace")
    except (LookupError, ValueError):
        return None
    return found[1].lower()


def _sendable(value: str | None) -> str | None:
    return value if value and value.isascii() else None


# The body


def _body(response: httpcore.Response, headers: httpx.Headers, limits: Limits) -> bytes:
    """All of the body, unpacked."""
    import httpcore

    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limits.size:
        raise _too_large(limits)
    body = bytearray()
    try:
        for piece in _unpacked(response.iter_stream(), headers.get("content-encoding", "").strip().lower(), limits):
            body += piece
            if len(body) > limits.size:
                raise _too_large(limits)
    except httpcore.RemoteProtocolError as error:
        raise _StepError(f"was cut off before its end ({error}); try again, or {_SAVE}") from error
    except zlib.error as error:
        raise _StepError(f"came damaged: it cannot be unpacked ({error}); try again, or {_SAVE}") from error
    return bytes(body)


def _too_large(limits: Limits) -> _StepError:
    return _StepError(f"is larger than {limits.size:,} bytes; download it and give the file")


def _unpacked(chunks: Iterable[bytes], encoding: str, limits: Limits) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from chunks
    elif encoding in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(chunks, limits)
    else:
        raise _StepError(f"came packed in a way that was not asked for ({encoding}); {_SAVE}")


def _inflated(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    """The bytes of gzip members one after another, or of a zlib stream; never more than a piece in memory."""
    inflater = _inflater()
    received = given = 0
    for chunk in chunks:
        received += len(chunk)
        while chunk:
            if inflater.eof:
                inflater = _inflater()
            piece = inflater.decompress(chunk, _PIECE_BYTES)
            chunk = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            given += len(piece)
            if given > max(_FREE_BYTES, limits.ratio * received):
                raise _StepError(
                    f"unpacks to more than {limits.ratio:g} times its size, as pages that are built to do harm do; "
                    "if you trust it, save the page and give the file"
                )
            yield piece
    if received and not inflater.eof:
        raise _StepError(f"was cut off before its end (packed data without an end); try again, or {_SAVE}")


def _inflater() -> zlib._Decompress:
    # 32 tells gzip and zlib apart by their heads.
    return zlib.decompressobj(32 + zlib.MAX_WBITS)
