"""Reads redacted carriers with the parsers of Python's standard library."""
import base64
import email
import http.cookies
import json
import re
import shlex
import sys
import urllib.parse
import xml.etree.ElementTree


def read_json(text):
    while isinstance(text, str):
        text = json.loads(text)
    assert text["a"] == "x", text
    assert isinstance(text["k"], str), text
    return text["k"]


def read_userinfo(text):
    u = urllib.parse.urlsplit(text)
    assert (u.username, u.hostname, u.port) == ("app", "db.example", 5432), u
    return u.password


def read_query(text):
    u = urllib.parse.urlsplit(text)
    q = urllib.parse.parse_qs(u.query, keep_blank_values=True, strict_parsing=True)
    assert q["b"] == ["2"] and u.fragment == "f", q
    return q["k"][0]


def read_header(text):
    m = email.message_from_string("Authorization: " + text + "\r\nX-After: 1\r\n\r\n")
    assert m["X-After"] == "1" and not m.defects, m.items()
    scheme, _, value = m["Authorization"].partition(" ")
    assert scheme == "Bearer", scheme
    return value


def read_cookie(text):
    c = http.cookies.SimpleCookie()
    c.load(text)
    assert c["a"].value == "1" and c["b"].value == "2", c
    return c["k"].value


def read_logfmt(text):
    pairs = dict(f.split("=", 1) for f in shlex.split(text))
    assert pairs["user"] == "bob", pairs
    return pairs["k"]


def read_xml(text):
    r = xml.etree.ElementTree.fromstring(text)
    return r.get("k") if "k" in r.attrib else r.find("k").text or ""


def read_tracestate(text):
    members = text.split(",")
    for m in members:
        assert re.fullmatch(r"[a-z][a-z0-9_*/-]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]", m), m
    return members[1].removeprefix("k=")


readers = {
    "userinfo": read_userinfo, "query": read_query, "header": read_header, "cookie": read_cookie,
    "logfmt": read_logfmt, "xml": read_xml, "tracestate": read_tracestate,
}
for depth in "0123":
    readers["json" + depth] = readers["bare" + depth] = read_json

n = 0
for line in sys.stdin:
    kind, text, want = line.rstrip("\n").split("\t")
    text, want = base64.b64decode(text).decode(), base64.b64decode(want).decode()
    try:
        got = readers[kind](text)
        assert got == want, f"read {got!r}, want {want!r}"
        n += 1
    except Exception as e:
        print(f"{kind}: {type(e).__name__}: {e}: {text}")
print("ok", n)
