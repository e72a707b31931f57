"""Scans the logs of run.sh and writes what was found as a table.

usage: report.py STANCH LOGS EXPLAINED RESULTS

Findings of one program are grouped by detector and the words before the value;
values are not shown. What somebody who read them found out is in EXPLAINED: the
program, the detector, how the words end, whether the finding is true, and why
it came about.
"""

import collections
import datetime
import json
import pathlib
import re
import subprocess
import sys


def words_before(text, start):
    """The last words before a value; of what may be a secret nothing."""
    line = text[max(0, start - 60):start].decode("utf-8", "replace").rsplit("\n", 1)[-1]
    words = re.findall(r"[A-Za-z][A-Za-z_.-]*", re.sub(r"\S*\d{3,}\S*", " ", line))
    return " ".join(words[-3:])


def main():
    stanch, logs, explained, results = sys.argv[1:]
    rules = []
    for line in open(explained, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            rules.append(line.rstrip("\n").split("\t"))
    files = sorted(p for p in pathlib.Path(logs).glob("*.log") if p.stat().st_size)
    size = sum(p.stat().st_size for p in files)
    run = subprocess.run([stanch, "scan", "--format", "jsonl", logs], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if run.returncode not in (0, 1):
        sys.exit(f"scan: exit {run.returncode}")
    texts, groups, by_file = {}, collections.Counter(), collections.Counter()
    for line in run.stdout.splitlines():
        f = json.loads(line)
        path = pathlib.Path(f["path"])
        if path not in texts:
            texts[path] = path.read_bytes()
        groups[path.stem, f["detector"], words_before(texts[path], f["start"])] += 1
        by_file[path] += 1
    total = sum(groups.values())
    today = datetime.date.today().isoformat()
    out = [
        "# Findings in what programs say",
        "",
        f"{size / 1e6:.1f} MB in {len(files)} logs, {today}: {total} findings, {total / size * 1e6:.2f} for each MB.",
        "",
        "| program | detector | behind | findings | true | cause |",
        "|-|-|-|-:|-|-|",
    ]
    for (program, detector, words), n in sorted(groups.items()):
        true, cause = "?", "not read yet"
        for p, d, w, t, c in rules:
            if re.fullmatch(p, program) and re.fullmatch(d, detector) and re.search(w + "$", words):
                true, cause = t, c
                break
        out.append(f"| {program} | {detector} | {words} | {n} | {true} | {cause} |")
    out += ["", "| log | KB | findings |", "|-|-:|-:|"]
    out += [f"| {p.stem} | {p.stat().st_size // 1000} | {by_file[p]} |" for p in files]
    text = "\n".join(out) + "\n"
    print(text)
    pathlib.Path(results, f"noise-{today}.md").write_text(text, encoding="utf-8")


main()
