"""Wraps lines of logs as container runtimes, Kubernetes and systemd store them.

usage: wrap.py DIRECTORY
"""

import itertools
import json
import pathlib
import sys

CAP = 3_000_000


def docker(source, n, line):
    return json.dumps({"log": line + "\n", "stream": "stderr" if n % 3 else "stdout", "time": f"2026-01-14T10:{n // 60 % 60:02}:{n % 60:02}.{n:09}Z"})


def cri(source, n, line):
    return f"2026-01-14T10:{n // 60 % 60:02}:{n % 60:02}.{n:09}Z stdout F {line}"


def journal(source, n, line):
    return json.dumps({
        "__CURSOR": f"s=3f2a9c;i={n:x};b=9b1d;m={n * 977:x};t=5f{n:09x};x=c0ffee{n:06x}", "__REALTIME_TIMESTAMP": str(1768384800000000 + n),
        "_BOOT_ID": "9b1d0c64a5f84e6f9f3e6c1db1c0a7e2", "_MACHINE_ID": "4c1f0a3be2b54a2f8f6e7c5d2b1a0f9e", "PRIORITY": "6", "_UID": "0",
        "_SYSTEMD_UNIT": f"{source}.service", "_COMM": source, "_PID": str(400 + n % 7000), "_CAP_EFFECTIVE": "1ffffffffff", "MESSAGE": line,
        "_SYSTEMD_INVOCATION_ID": f"{n * 0x9E3779B97F4A7C15 % (1 << 128):032x}",
    })


def kubernetes(source, n, line):
    return json.dumps({
        "ts": f"2026-01-14T10:{n // 60 % 60:02}:{n % 60:02}Z", "message": line, "kubernetes": {
            "pod_name": f"{source}-6d8f9c7b5d-x{n % 10}k2p", "namespace_name": "prod", "container_name": source,
            "pod_id": f"5b0c1a52-7f3e-4c1c-9a0b-{n:012x}", "labels": {"app": source, "pod-template-hash": "6d8f9c7b5d"},
            "container_image_id": f"docker.io/acme/{source}@sha256:{n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 256):064x}"},
    })


def main():
    logs = pathlib.Path(sys.argv[1])
    sources = sorted(p for p in logs.glob("*.log") if not p.stem.startswith("wrapped-"))
    for wrap in docker, cri, journal, kubernetes:
        target = logs / f"wrapped-{wrap.__name__}.log"
        if target.exists():
            continue
        with target.open("w", encoding="utf-8") as out:
            size = 0
            share = max(1, CAP // len(sources))
            for source in sources:
                used = 0
                with source.open(encoding="utf-8", errors="replace") as lines:
                    # From the middle, where programs are at work.
                    for n, line in enumerate(itertools.islice(lines, 200, None)):
                        text = wrap(source.stem, n, line.rstrip("\n")) + "\n"
                        used += len(text)
                        if used > share:
                            break
                        out.write(text)
                size += used


main()
