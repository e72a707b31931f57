"""Logs the events of a plan with the loggers of Python.

usage: emit.py PLAN DIRECTORY
"""

import collections
import dataclasses
import io
import json
import keyword
import linecache
import logging
import pprint
import re
import sys
import types

import loguru
import structlog
from pythonjsonlogger.json import JsonFormatter


def identifier(name):
    name = re.sub(r"\W", "_", name)
    return "_" + name if name[0].isdigit() else name


def fields_of(d):
    """Identifiers for names, lists and objects kept."""
    return {identifier(k): v for k, v in d["fields"].items()}


def build(kind, d):
    def deep(v):
        if isinstance(v, dict):
            return build(kind, {"type": "Options", "fields": v})
        return v

    f = {k: deep(v) for k, v in fields_of(d).items()}
    if kind == "dataclass" and not any(keyword.iskeyword(k) for k in f):
        return dataclasses.make_dataclass(d["type"], list(f))(**f)
    if kind == "namedtuple":
        return collections.namedtuple(d["type"], list(f), rename=True)(**f)
    return types.SimpleNamespace(**f)


class Model:
    """Shows itself as pydantic's models do."""

    def __init__(self, d):
        self.d = d

    def __str__(self):
        return " ".join(f"{k}={v!r}" for k, v in fields_of(self.d).items())

    def __repr__(self):
        return f"{self.d['type']}({', '.join(f'{k}={v!r}' for k, v in fields_of(self.d).items())})"


def dump(d):
    style = d["style"] % 10
    if style in (0, 1):
        return repr(build("dataclass", d))
    if style == 2:
        return repr(build("namedtuple", d))
    if style == 3:
        return repr(build("namespace", d))
    if style in (4, 5):
        return repr(d["fields"])
    if style == 6:
        return pprint.pformat(d["fields"], width=60)
    if style == 7:
        return repr(list(d["fields"].items()))
    if style == 8:
        return str(Model(d))
    return json.dumps(d["fields"])


FAULTS = {}


def fault(e):
    """An exception that was raised by code of its own, with variables."""
    where = e.get("where") or {}
    kind = FAULTS.setdefault(e["type"], type(e["type"], (Exception,), {}))
    names = ", ".join(identifier(k) for k in where)
    source = (
        f"def open_session({names}):\n"
        f"    attempts = 3\n"
        f"    raise kind(message)\n\n"
        f"def connect({names}):\n"
        f"    return open_session({names})\n"
    )
    file = f"/srv/app/session{len(linecache.cache)}.py"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space = {"kind": kind, "message": e["msg"]}
    exec(compile(source, file, "exec"), space)
    try:
        space["connect"](*where.values())
    except kind as error:
        # Without the frames of this program.
        return error.with_traceback(error.__traceback__.tb_next)


LEVELS = {"debug": 10, "info": 20, "warn": 30, "error": 40}


class Logger:
    """One logger and where it writes to."""

    def __init__(self, name):
        self.name = name
        self.out = io.StringIO()

    def take(self):
        text = self.out.getvalue()
        self.out.seek(0)
        self.out.truncate()
        return text


class Standard(Logger):
    def __init__(self, name, formatter, extra):
        super().__init__(name)
        self.log = logging.Logger("acme.app")
        handler = logging.StreamHandler(self.out)
        handler.setFormatter(formatter)
        self.log.addHandler(handler)
        self.extra = extra

    def write(self, ev, msg, fields, error):
        level = LEVELS[ev["level"]]
        if self.extra:
            self.log.log(level, msg, extra=fields, exc_info=error)
        elif not fields:
            self.log.log(level, msg, exc_info=error)
        elif ev["id"] % 2:
            self.log.log(level, "%s %s", msg, fields, exc_info=error)
        else:
            self.log.log(level, msg + "".join(f" {k}=%s" for k in fields), *fields.values(), exc_info=error)


class Struct(Logger):
    def __init__(self, name, *processors):
        super().__init__(name)
        self.log = structlog.wrap_logger(
            structlog.PrintLogger(self.out),
            processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper("iso"), *processors],
        )

    def write(self, ev, msg, fields, error):
        fields = {{"event": "event_", "level": "level_", "timestamp": "timestamp_"}.get(k, k): v for k, v in fields.items()}
        if error:
            fields["exc_info"] = error
        getattr(self.log, {"warn": "warning"}.get(ev["level"], ev["level"]))(msg, **fields)


class Loguru(Logger):
    def __init__(self, name, **options):
        super().__init__(name)
        self.options = options

    def write(self, ev, msg, fields, error):
        log = loguru.logger
        log.remove()
        log.add(self.out, level="DEBUG", **self.options)
        log.bind(**fields).opt(exception=error).log({"warn": "WARNING"}.get(ev["level"], ev["level"].upper()), msg)


def main():
    plan, directory = sys.argv[1:]
    loggers = [
        Standard("python-logging", logging.Formatter("%(asctime)s %(levelname)-8s %(name)s:%(lineno)d %(message)s"), False),
        Standard("python-json-logger", JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"), True),
        Struct("structlog-json", structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()),
        Struct("structlog-console", structlog.dev.ConsoleRenderer(colors=True, exception_formatter=structlog.dev.plain_traceback)),
        Struct("structlog-logfmt", structlog.processors.format_exc_info, structlog.processors.LogfmtRenderer(bool_as_flag=False)),
        Struct("structlog-keyvalue", structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer(key_order=["event"])),
        Loguru("loguru-text", format="{time:YYYY-MM-DD HH:mm:ss.SSS} | {level: <8} | {name}:{function}:{line} - {message} | {extra}", diagnose=True),
        Loguru("loguru-json", serialize=True, diagnose=False),
    ]
    outs = [open(f"{directory}/{l.name}.jsonl", "w", encoding="utf-8") for l in loggers]
    for line in open(plan, encoding="utf-8"):
        ev = json.loads(line)
        msg = ev["msg"]
        if ev.get("dump"):
            msg += dump(ev["dump"])
        error = fault(ev["error"]) if ev.get("error") else None
        fields = ev.get("fields") or {}
        for logger, out in zip(loggers, outs):
            try:
                logger.write(ev, msg, fields, error)
            except (ValueError, KeyError, TypeError) as e:
                # Names that a logger keeps for itself, or cannot write.
                print(f"{logger.name}: event {ev['id']}: {type(e).__name__}: {str(e)[:80]}", file=sys.stderr)
                logger.take()
                continue
            json.dump({"event": ev["id"], "text": logger.take()}, out)
            out.write("\n")


main()
