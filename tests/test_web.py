"""Addresses of the web: where they may lead, and what servers may do to us. All servers are real, on loopback."""

from __future__ import annotations

import datetime as dt
import gzip
import ipaddress
import pickle
import random
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from communique import __version__, read
from communique.errors import InputError
from communique.model import Article, Problem
from communique.read import web
from communique.read.web import Fetched, Limits, Refused, closed, fetch

# What a page does with the connection once it was asked for: send bytes, or misbehave until `stop` is set.
Page = Callable[[socket.socket, threading.Event], None]


class Site(socketserver.ThreadingTCPServer):
    """A web server that answers each path with the bytes, or in the manner, put down for it."""

    allow_reuse_address = True

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), _Visit)
        self.port = self.server_address[1]
        self.tls = tls
        self.pages: dict[str, bytes | Page] = {}
        self.asked: list[str] = []
        self.stop = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what is tested here."""

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http{'s' if self.tls else ''}://{host}:{self.port}{path}"

    def has(self, page: bytes | Page, path: str = "/") -> str:
        self.pages[path] = page
        return self.url(path)


class _Visit(socketserver.BaseRequestHandler):
    server: Site

    def handle(self) -> None:
        site = self.server
        self.request.settimeout(5)
        with ExitStack() as stack:
            connection = self.request
            if site.tls:
                connection = stack.enter_context(site.tls.wrap_socket(connection, server_side=True))
            head = b""
            while b"\r\n\r\n" not in head and (piece := connection.recv(4096)):
                head += piece
                if head[0] == 22:  # the start of a handshake, which real servers notice as well
                    connection.sendall(answer(b"", status="400 Bad Request"))
                    return
            site.asked.append(head.decode())
            page = site.pages[head.split()[1].decode()]
            if callable(page):
                page(connection, site.stop)
            else:
                connection.sendall(page)


def answer(body: bytes = b"A page.", *lines: str, status: str = "200 OK", length: int | None = None) -> bytes:
    stated = [] if length == -1 else [f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([f"HTTP/1.1 {status}", *stated, *lines, "", ""]).encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", f"Location: {location}", status=status)


def drip(head: bytes, drop: bytes) -> Page:
    def page(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(head)
        while not stop.wait(0.02):
            connection.sendall(drop)

    return page


def flood(head: bytes, wave: bytes) -> Page:
    def page(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(head)
        while not stop.is_set():
            connection.sendall(wave)

    return page


def reason(url: str, limits: Limits = Limits(seconds=5), local: bool = True) -> str:  # noqa: B008 - frozen
    with pytest.raises(Refused) as caught:
        fetch(url, limits=limits, local=local)
    assert caught.value.source == url
    return caught.value.reason


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) == before


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


class Names:
    """Name servers that answer as told, and each look-up in turn where told several times; a name without answers is
    unknown. Figures are never looked up by the code under test: it has them from here already."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def lead(self, name: str, *addresses: str) -> None:
        self.answers.setdefault(name, []).append(list(addresses))

    def look_up(self, host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        if not (known := self.answers.get(host)):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        addresses = known.pop(0) if len(known) > 1 else known[0]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)
    return names


@pytest.fixture
def open_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 stands for the open net, as a test without a network has no other; 127.0.0.2 stays inside."""
    loopback = ipaddress.IPv4Network("127.0.0.0/8")
    rest = loopback.address_exclude(ipaddress.IPv4Network("127.0.0.1/32"))
    kept = tuple(network for network in web._INSIDE_NETWORKS if network != loopback)
    monkeypatch.setattr(web, "_INSIDE_NETWORKS", (*kept, *rest))


# A page, as it should be


def test_a_page_comes_with_what_is_said_of_it(site: Site) -> None:
    url = site.has(
        answer(
            b"<p>Zw\xf6lf</p>",
            "Content-Type: Text/HTML; Charset=ISO-8859-1",
            'ETag: "v1"',
            "Last-Modified: Tue, 05 Mar 2024 10:00:00 GMT",
        )
    )
    assert fetch(f" {url}#comments\n", local=True) == Fetched(
        url=url,
        status=200,
        body=b"<p>Zw\xf6lf</p>",
        content_type="text/html",
        charset="iso-8859-1",
        etag='"v1"',
        last_modified="Tue, 05 Mar 2024 10:00:00 GMT",
    )
    lines = site.asked[0].lower().split("\r\n")
    assert lines[0] == "get / http/1.1"
    assert f"host: 127.0.0.1:{site.port}" in lines
    assert f"user-agent: communique/{__version__} (+news reading)" in lines


def test_headers_are_sent_and_nothing_new_is_an_answer(site: Site) -> None:
    url = site.has(answer(b"", 'ETag: "v1"', status="304 Not Modified"))
    fetched = fetch(url, local=True, headers={"If-None-Match": '"v1"', "Host": "other.example"})
    assert (fetched.status, fetched.body, fetched.etag) == (304, b"", '"v1"')
    assert 'if-none-match: "v1"' in site.asked[0].lower()
    assert "other.example" not in site.asked[0]
    assert "status 304" in reason(url)


@pytest.mark.parametrize(
    ("stated", "charset"),
    [
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html; charset="windows-1251"', "windows-1251"),
        ("text/html; charset=x-unheard-of", None),
        ("text/html; charset=zlib", None),
        ("text/html; charset=", None),
        ("charset=\xff\xfe;;;", None),
        ("text/html", None),
    ],
)
def test_charset_is_one_that_can_be_decoded(site: Site, stated: str, charset: str | None) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: " + stated.encode("latin-1") + b"\r\n\r\n"
    assert fetch(site.has(head), local=True).charset == charset


def test_paths_with_other_letters_are_asked_for_in_their_escaped_form(site: Site) -> None:
    site.has(answer(), "/d%C3%A9p%C3%AAches?q=%C3%BC")
    assert fetch(site.url("/dépêches?q=ü"), local=True).body == b"A page."


def test_ipv6_addresses_are_asked_with_their_brackets() -> None:
    try:
        site = Site("::1")
    except OSError:
        pytest.skip("no IPv6 here")
    with site:
        site.has(answer())
        assert fetch(site.url(host="[::1]"), local=True).body == b"A page."
        assert f"\r\nHost: [::1]:{site.port}\r\n".lower() in site.asked[0].lower()


def test_read_takes_an_address(site: Site) -> None:
    words = "Norway said on Monday that it would send two frigates to the exercise in the north of the country."
    url = site.has(answer(words.encode(), "Content-Type: text/plain"))
    (found,) = read(url, local=True)
    assert isinstance(found, Article)
    assert found.text == words
    (problem,) = read(url)
    assert isinstance(problem, Problem)
    assert (problem.source, problem.reason) == (
        url,
        "leads to 127.0.0.1, an address inside this network; pages from there are not fetched. "
        "Save the page and give the file, or use --allow-local",
    )


def test_refusals_are_input_errors_that_travel_between_processes() -> None:
    error = pickle.loads(pickle.dumps(Refused("http://news.example/", "is gone")))
    assert isinstance(error, InputError)
    assert (error.source, error.reason) == ("http://news.example/", "is gone")


def test_nothing_of_the_web_is_loaded_before_it_is_needed() -> None:
    code = "import sys, communique.read.web; sys.exit(bool({'httpx', 'httpcore', 'ssl'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Addresses that are none


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "no http or https"),
        ("FILE:/etc/passwd", "no http or https"),
        ("ftp://news.example/", "no http or https"),
        ("gopher://news.example/", "no http or https"),
        ("news.example/page", "no http or https"),
        ("", "no http or https"),
        ("http://", "no proper name"),
        ("http:///page", "no proper name"),
        ("https:news.example", "no proper name"),
        ("http://news%2eexample/", "no proper name"),
        ("http://news example/", "no proper name"),
        ("http://[fe80::1%25eth0]/", "no proper name"),
        ("http://news..example/", "no proper name"),
        ("https://.example/", "no proper name"),
        (f"https://{'n' * 64}.example/", "no proper name"),
        ("http://reader:secret@news.example/", "user name or password"),
        ("http://news.example\\@other.example/", "user name or password"),
        ("http://0177.0.0.1/", "no web address"),
        ("http://news.example:0/", "port 0"),
        ("http://news.example:70000/", "port 70000"),
        ("http://news.example:-1/", "port -1"),
        ("http://news.example:http/", "no web address"),
        ("http://news\n.example/", "no web address"),
        ("http://\u200dnews.example/", "no web address"),
        ("http://news.example/\ud800", "no web address"),
        ("http://" + "n" * 70_000, "no web address"),
    ],
)
def test_odd_addresses_are_named(names: Names, url: str, words: str) -> None:
    assert words in reason(url)
    assert names.asked == []


@given(st.sampled_from(["", "http://", "https://", "http://news.example/", "http://["]), st.text())
def test_any_text_is_an_address_or_refused(start: str, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", Names().look_up)
        assert reason(start + text)


def test_unknown_names(names: Names) -> None:
    assert reason("http://news.example/") == (
        "leads nowhere: the name news.example could not be looked up (Name or service not known); "
        "check its spelling and your connection"
    )


# Where addresses lead


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0",
        "10.1.2.3",
        "100.100.100.200",
        "169.254.169.254",
        "172.31.255.255",
        "192.168.0.1",
        "[::1]",
        "[::]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::10.0.0.1]",
    ],
)
def test_no_spelling_of_an_inside_address_is_fetched(site: Site, host: str) -> None:
    site.has(answer())
    assert "an address inside this network; pages from there are not fetched" in reason(
        site.url(host=host), local=False
    )
    assert site.asked == []


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("8.8.8.8", None),
        ("172.32.0.1", None),
        ("100.128.0.1", None),
        ("2a00:1450:4001::1", None),
        ("::ffff:8.8.8.8", None),
        ("64:ff9b::808:808", None),
        ("168.63.129.16", "an address inside this network"),
        ("64:ff9b::7f00:1", "which stands for 127.0.0.1, an address inside this network"),
        ("::ffff:224.0.0.1", "which stands for 224.0.0.1, no address of the open net"),
        ("192.0.0.192", "no address of the open net"),
        ("224.0.0.251", "no address of the open net"),
        ("255.255.255.255", "no address of the open net"),
        ("64:ff9b:1::7f00:1", "no address of the open net"),
        ("::127.0.0.1", "no address of the open net"),
        ("2001:0:7f00:1::", "no address of the open net"),
        ("2002:7f00:1::", "no address of the open net"),
        ("ff02::1", "no address of the open net"),
    ],
)
def test_what_an_address_is(address: str, kind: str | None) -> None:
    assert closed(ipaddress.ip_address(address)) == kind


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_closed_to_us_is_all_that_the_registries_call_special(address: web.IPAddress) -> None:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        assert bool(closed(address)) == bool(closed(mapped))
    elif not address.is_global or address.is_multicast or address.is_reserved:
        assert closed(address) or address in ipaddress.ip_network("64:ff9b::/96")


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:0:0", "64:ff9b::"]))
def test_wrapped_addresses_are_as_open_as_what_they_wrap(inner: ipaddress.IPv4Address, prefix: str) -> None:
    wrapped = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | int(inner))
    assert bool(closed(wrapped)) == bool(closed(inner))


def test_a_public_name_that_leads_inside(site: Site, names: Names) -> None:
    names.lead("news.example", "127.0.0.1")
    site.has(answer())
    assert reason(site.url(host="news.example"), local=False).startswith("leads to 127.0.0.1, an address inside")
    assert site.asked == []


@pytest.mark.parametrize("addresses", [["127.0.0.1", "192.168.1.7"], ["192.168.1.7", "127.0.0.1"]])
@pytest.mark.usefixtures("open_loopback")
def test_one_inside_address_among_several_is_enough(site: Site, names: Names, addresses: list[str]) -> None:
    names.lead("news.example", *addresses)
    site.has(answer())
    assert reason(site.url(host="news.example"), local=False).startswith("leads to 192.168.1.7, an address inside")
    assert site.asked == []


@pytest.mark.usefixtures("open_loopback")
def test_the_connection_goes_where_the_check_went(site: Site, names: Names) -> None:
    names.lead("news.example", "127.0.0.1")
    names.lead("news.example", "127.0.0.2")
    site.has(answer())
    assert fetch(site.url(host="news.example")).body == b"A page."
    assert names.asked == ["news.example"]
    assert f"\r\nhost: news.example:{site.port}\r\n" in site.asked[0].lower()
    # The name has been given another address meanwhile, and that is noticed.
    assert "leads to 127.0.0.2" in reason(site.url(host="news.example"), local=False)


def test_another_address_is_tried_where_one_is_dead(site: Site, names: Names) -> None:
    names.lead("news.example", "::1", "127.0.0.1")
    site.has(answer())
    assert fetch(site.url(host="news.example"), local=True).body == b"A page."


def test_names_in_other_scripts(site: Site, names: Names) -> None:
    names.lead("xn--bcher-kva.example", "127.0.0.1")
    site.has(answer())
    fetched = fetch(site.url(host="BÜCHER.example"), local=True)
    assert fetched.url == site.url(host="xn--bcher-kva.example")
    assert f"\r\nhost: xn--bcher-kva.example:{site.port}\r\n" in site.asked[0].lower()


def test_proxies_of_the_environment_are_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with Site() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        assert fetch(site.has(answer()), local=True).body == b"A page."
        assert proxy.asked == []


def test_nobody_listens(site: Site) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert "cannot be reached (Connection refused)" in reason(f"http://127.0.0.1:{bound.getsockname()[1]}/")


# Protected connections


class Authority:
    """An authority of our own, which the user's SSL_CERT_FILE names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The Tests")])
        unsigned = (
            self._certificate(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.KeyUsage(False, False, False, False, False, True, True, False, False),  # signs certificates
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(unsigned.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _certificate(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )

    def context(self, host: str) -> ssl.SSLContext:
        """What a server needs that proves to be `host`."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = (
            self._certificate(x509.Name([]), key)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def protected(authority: Authority, names: Names, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that is news.example, by its certificate and its name."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    for name in ("news.example", "news.example.", "other.example", "plain.example"):
        names.lead(name, "127.0.0.1")
    with Site(tls=authority.context("news.example")) as site:
        site.has(answer())
        yield site


def test_the_checked_address_is_asked_for_the_name_and_must_prove_it(protected: Site, names: Names) -> None:
    told: list[str | None] = []
    assert protected.tls
    protected.tls.sni_callback = lambda _, name, __: told.append(name)  # type: ignore[assignment]
    names.lead("news.example", "127.0.0.2")
    assert fetch(protected.url(host="news.example"), local=True).body == b"A page."
    assert told == ["news.example"]
    assert names.asked == ["news.example"]
    assert f"\r\nhost: news.example:{protected.port}\r\n" in protected.asked[0].lower()


def test_a_dot_may_end_a_name(protected: Site) -> None:
    assert fetch(protected.url(host="news.example."), local=True).body == b"A page."


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_none(protected: Site, names: Names, host: str) -> None:
    names.lead("127.0.0.1", "127.0.0.1")
    words = reason(protected.url(host=host))
    assert words.startswith(f"could not prove that it is {host} (")
    assert "mismatch" in words
    assert protected.asked == []


def test_an_authority_that_nobody_knows_is_none(protected: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert reason(protected.url(host="news.example")).startswith("could not prove that it is news.example (")
    assert protected.asked == []


def test_certificates_that_are_not_there(protected: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "nowhere.pem")
    assert "SSL_CERT_FILE or SSL_CERT_DIR names no readable certificates" in reason(protected.url(host="news.example"))


def test_a_server_without_protection(site: Site, names: Names) -> None:
    names.lead("plain.example", "127.0.0.1")
    assert "offers no protected connection" in reason(f"https://plain.example:{site.port}/")


def test_a_server_that_never_shakes_hands() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        assert "took longer than 0.2 seconds" in reason(f"https://127.0.0.1:{port}/", Limits(seconds=0.2))


def test_protection_is_not_left(protected: Site, site: Site) -> None:
    site.has(answer())
    protected.has(redirect(site.url(host="plain.example")))
    words = reason(protected.url(host="news.example"))
    assert words.startswith(f"redirects to {site.url(host='plain.example')}, which leaves the protected connection")
    assert site.asked == []


def test_protection_is_gained_by_a_redirect(protected: Site, site: Site, names: Names) -> None:
    site.has(redirect(protected.url(host="news.example"), "301 Moved Permanently"))
    assert fetch(site.url(host="plain.example"), local=True).url == protected.url(host="news.example")


# Redirects


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_are_followed(site: Site, status: str) -> None:
    site.has(redirect("/there?day=1#top", status))
    there = site.has(answer(), "/there?day=1")
    assert fetch(site.url(), local=True).url == there


@pytest.mark.usefixtures("open_loopback")
@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://127.0.0.2/", "which leads to 127.0.0.2, an address inside this network"),
        ("//127.0.0.2/", "which leads to 127.0.0.2, an address inside this network"),
        ("http://[::1]/", "which leads to ::1, an address inside this network"),
        ("http://169.254.169.254/latest/meta-data/", "which leads to 169.254.169.254, an address inside this network"),
        ("http://intranet.example/", "which leads to 10.0.0.5, an address inside this network"),
        ("file:///etc/passwd", "which is no http or https address"),
        ("javascript:alert(1)", "which is no http or https address"),
        ("http://news.example:99999/", "which names port 99999"),
    ],
)
def test_every_redirect_is_checked_anew(site: Site, names: Names, target: str, words: str) -> None:
    names.lead("news.example", "127.0.0.1")
    names.lead("intranet.example", "10.0.0.5")
    for literal in ("127.0.0.2", "::1", "169.254.169.254"):
        names.lead(literal, literal)
    site.has(redirect(target))
    found = reason(site.url(host="news.example"), local=False)
    assert found.startswith("redirects to ")
    assert words in found


def test_passwords_and_endless_targets_are_not_repeated(site: Site) -> None:
    assert "secret" not in (found := reason(site.has(redirect("http://reader:secret@news.example/"))))
    assert found.startswith("redirects to http://news.example/, which holds a user name or password")
    assert len(reason(site.has(redirect("file:/" + "x" * 5000)))) < 500


def test_redirects_come_to_an_end(site: Site) -> None:
    for step in range(7):
        site.has(redirect(f"/{step + 1}"), f"/{step}")
    site.has(answer(), "/7")
    assert fetch(site.url("/2"), local=True).url == site.url("/7")
    asked = len(site.asked)
    assert "which is one redirect too many (5 are followed)" in reason(site.url("/1"))
    assert len(site.asked) == asked + 6


def test_redirects_in_a_circle(site: Site) -> None:
    site.has(redirect("/there#1"))
    site.has(redirect("/"), "/there")
    assert "which leads round in a circle" in reason(site.url())
    assert len(site.asked) == 2
    assert "which leads round in a circle" in reason(site.has(redirect("#again")))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (answer(b"", status="302 Found"), "redirects without saying where to"),
        (redirect("http://news.example:port/"), "redirects to what is no web address"),
    ],
)
def test_redirects_to_nothing(site: Site, page: bytes, words: str) -> None:
    assert words in reason(site.has(page))


# Answers that are no page


@pytest.mark.parametrize(
    ("status", "lines", "words"),
    [
        ("404 Not Found", [], "has no such page, or no longer (status 404); check the address"),
        ("410 Gone", [], "has no such page, or no longer (status 410)"),
        ("401 Unauthorized", [], "only to subscribers or to browsers (status 401); open it in a browser"),
        ("402 Payment Required", [], "only to subscribers or to browsers (status 402)"),
        ("403 Forbidden", [], "only to subscribers or to browsers (status 403)"),
        ("451 Legal", [], "withholds the page for legal reasons (status 451)"),
        ("429 Too Many", [], "is asked too often (status 429); try again later"),
        ("429 Too Many", ["Retry-After: 3600"], "(status 429); try again in 3,600 seconds"),
        ("429 Too Many", ["Retry-After: Tue, 05 Mar 2024 12:00:00 +0200"], "try again after 2024-03-05 10:00 UTC"),
        ("429 Too Many", ["Retry-After: Fri, 31 Dec 9999 23:59:59 -0500"], "try again later"),
        ("429 Too Many", ["Retry-After: \xb2 days"], "try again later"),
        ("500 Error", [], "has a fault of its own (status 500); try again later"),
        ("503 Unavailable", ["Retry-After: 60"], "has a fault of its own (status 503); try again in 60 seconds"),
        ("204 No Content", [], "does not give the page (status 204)"),
        ("206 Partial Content", [], "does not give the page (status 206)"),
        ("418 Teapot", [], "does not give the page (status 418)"),
    ],
)
def test_every_status_has_its_reason(site: Site, status: str, lines: list[str], words: str) -> None:
    assert words in reason(site.has(answer(b"", *lines, status=status, length=-1)))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b"", "does not answer as a web server does"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "does not answer as a web server does"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "does not answer as a web server"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "does not answer as a web server does"),
        (answer(b"Half a p", length=16), "was cut off before its end"),
        (answer(b"ff\r\nHalf a p", "Transfer-Encoding: chunked", length=-1), "was cut off before its end"),
        (answer(b"\x1b\x10\x00", "Content-Encoding: br"), "packed in a way that was not asked for (br)"),
        (answer(b"Not packed.", "Content-Encoding: gzip"), "came damaged: it cannot be unpacked"),
        (answer(gzip.compress(b"A page.")[:-4], "Content-Encoding: gzip"), "was cut off before its end"),
        (answer(gzip.compress(b"A page.") + b"junk", "Content-Encoding: gzip"), "came damaged"),
    ],
)
def test_broken_answers(site: Site, page: bytes, words: str) -> None:
    assert words in reason(site.has(page))


def test_a_connection_that_is_torn_down(site: Site) -> None:
    def tear(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(answer(b"Half a p", length=16))
        # With nothing to linger for, closing resets.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()

    assert "broke off the connection" in (found := reason(site.has(tear))) or "was cut off" in found


def test_what_comes_after_the_page_is_left(site: Site) -> None:
    url = site.has(drip(answer(b"A page."), b"HTTP/1.1 200 OK\r\n\r\njunk"))
    assert fetch(url, local=True).body == b"A page."


def test_a_page_without_a_length_ends_with_the_connection(site: Site) -> None:
    assert fetch(site.has(answer(b"A page.", length=-1)), local=True).body == b"A page."


@pytest.mark.parametrize(
    "page",
    [
        drip(b"", b""),
        drip(b"", b"x"),
        drip(b"HTTP/1.1 200 OK\r\nX-Drop: ", b"x"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        drip(answer(b"A", length=1_000_000), b"x"),
        drip(answer(b"", "Transfer-Encoding: chunked", length=-1), b"1\r\nx\r\n"),
        drip(answer(b"1;", "Transfer-Encoding: chunked", length=-1), b"x"),
    ],
    ids=["silent", "status", "header", "continue", "continues", "body", "chunks", "chunk size"],
)
def test_whoever_drips_is_left(site: Site, page: Page) -> None:
    started = time.monotonic()
    assert "took longer than 0.25 seconds" in reason(site.has(page), Limits(seconds=0.25))
    assert time.monotonic() - started < 2


def test_the_time_is_for_all_steps_together(site: Site) -> None:
    def slow(connection: socket.socket, stop: threading.Event) -> None:
        stop.wait(0.1)
        connection.sendall(redirect(f"/{len(site.asked)}"))

    for step in range(6):
        site.has(slow, f"/{step}")
    assert "took longer than 0.25 seconds" in reason(site.url("/0"), Limits(seconds=0.25))
    assert len(site.asked) <= 3


def test_endless_headers(site: Site) -> None:
    assert "does not answer as a web server" in reason(site.has(flood(b"HTTP/1.1 200 OK\r\n", b"X-Wave: 1\r\n" * 1000)))


# Size


def test_bodies_beyond_the_limit(site: Site) -> None:
    limits = Limits(size=100_000, seconds=5)
    whole = answer(b"x" * 100_000)
    assert len(fetch(site.has(whole), limits=limits, local=True).body) == 100_000
    for page in (
        answer(b"", length=100_001),
        flood(answer(length=-1), b"x" * 10_000),
        flood(answer(b"", "Transfer-Encoding: chunked", length=-1), b"3e8\r\n" + b"x" * 1000 + b"\r\n"),
        answer(gzip.compress(random.Random(1).randbytes(50_000) * 3), "Content-Encoding: gzip"),
    ):
        assert reason(site.has(page), limits) == "is larger than 100,000 bytes; download it and give the file"


def test_the_stated_length_alone_decides_before_anything_is_sent(site: Site) -> None:
    started = time.monotonic()
    assert "is larger than 50,000,000 bytes" in reason(site.has(drip(answer(b"", length=10**15), b"x")))
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_bombs(site: Site, encoding: str) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(40)) + packer.flush()
    url = site.has(answer(bomb, f"Content-Encoding: {encoding}"))
    assert "unpacks to more than 100 times its size" in reason(url)
    assert len(fetch(url, limits=Limits(ratio=2000), local=True).body) == 40_000_000
    assert "is larger than 3,000,000 bytes" in reason(url, Limits(size=3_000_000, ratio=2000))


def test_small_pages_may_pack_well(site: Site) -> None:
    page = b"<td></td>" * 100_000
    packed = gzip.compress(page)
    assert len(page) > 100 * len(packed)
    assert fetch(site.has(answer(packed, "Content-Encoding: gzip")), local=True).body == page


@pytest.mark.parametrize("encoding", ["gzip", "X-GZIP", "deflate", "identity", ""])
def test_packed_pages(site: Site, encoding: str) -> None:
    page = b"The minister said so. " * 20_000
    packed = {"gzip": gzip.compress, "X-GZIP": gzip.compress, "deflate": zlib.compress}.get(encoding, bytes)(page)
    assert fetch(site.has(answer(packed, f"Content-Encoding: {encoding}")), local=True).body == page
    assert "\r\naccept-encoding: gzip\r\n" in site.asked[0].lower()


@given(st.lists(st.binary(max_size=200).map(lambda part: part * 500), min_size=1, max_size=3), st.data())
def test_packed_parts_come_whole_however_they_are_cut(parts: list[bytes], data: st.DataObject) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(packed)), max_size=5)))
    chunks = [packed[start:end] for start, end in zip([0, *cuts], [*cuts, len(packed)], strict=True)]
    pieces = list(web._inflated(chunks, Limits()))
    assert b"".join(pieces) == b"".join(parts)
    # A chunk that unpacks to a gigabyte is found out long before.
    assert max(map(len, pieces), default=0) <= 65_536
