"""Records of small benches, written line by line, and gates on them: for the tests of outputs and integrations."""
import json
import pathlib
import subprocess

MRR = ("link_prediction.mrr", {"filter": "filtered", "set": "all", "side": "both", "ties": "realistic"})
GAP = "score_gap.micro"
ALL_OUTPUTS = {"json": "gate.json", "markdown": "gate.md", "junit": "gate-junit.xml", "sarif": "gate.sarif",
               "github": "gate-annotations.txt", "gitlab": "gate-code-quality.json",
               "openmetrics": "gate-metrics.txt", "badge": "gate-badge.json"}
RULES = """[gate]
[[gate.rule]]
figure = "mrr"
margin_share = 0.03
at_least = 0.1
at_most = 0.9
[[gate.rule]]
figure = "score_gap"
margin = 0.2
"""


def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(map(repr, what)))


def expect_equal(got, expected, what):
    if got != expected:
        raise AssertionError(f"{what}: {got!r}, expected {expected!r}")


# What a page, a log or a comment could take for markup or for a command.
HOSTILE = [
    "<img src=x onerror=alert(1)>", "<b>", "</testsuite>", "<!-- kgaudit-gate -->", "<!DOCTYPE x>", "]]>", "&lt;", "&",
    "\"", "'", "[x](https://evil.example)", "![x](https://evil.example/x.png)", "https://evil.example/x",
    "HTTP://evil.example", "www.evil.example", "a@evil.example", "a@1.example", "mailto:a@evil.example",
    "xmpp:a@evil.example", "<https://evil.example>", "@team", "#12", "owner/repository#12", "a|b", "|", "\\|", "\\",
    "`x`", "``` x", "**x**", "__x__", "~~x~~", "$x$", "- [ ] x", "# x", "1. x", "> x", "---", "===", ": x", "[^1]", "[x]: y",
    "a\nb", "a\r\nb", "a\n\n<b>x</b>", "\t", "a\n::error::x", "::error::x", "::stop-commands::x", "##[error]x", "%0A::error::x",
    "%25", "a,b=c:d", "{0}", "{", "}}", "# EOF", "a\n# EOF\nkgaudit_figure 1", "\x1b[31mred", "\x1b]8;;https://evil.example\x07x",
    "\x07", "\x7f", "\x9b31m", "a\x85b", "a\u2028b", "\u202eevil", "\u2066evil", "\u200fevil", "a\u200bb", "\U000e0041", "\ufffe", "\ufeffx", "\U0001f600",
    "x" * 300,
]


def measurement(system, seed, metric, facets, value):
    line = {"schema": 1, "kind": "measurement", "run": "0" * 64, "system": system, "view": "", "seed": seed,
            "metric": metric, "facets": facets}
    line.update({"undefined": value} if isinstance(value, str) else {"value": value})
    line.update({"n": 100, "unit": "score", "direction": "higher"})
    return line


def write_record(folder, mrr=(0.30, 0.31, 0.29), gaps=None, dataset="tiny", rows=("basic",), graph="aa"):
    """A bench: MRR by seed of each row, and score gaps by seed of each attribute; a text is a reason why there is none."""
    plan = {"preset": "", "systems": list(rows), "seeds": [0, 1, 2], "metrics": ["link_prediction"], "tables": {}}
    lines = [{"schema": 1, "kind": "run", "run": "0" * 64, "plan": plan, "plan_hash": "0" * 64, "dataset": dataset,
              "data_files": {}, "graph_hash": graph * 32, "settings": [], "build": {"version": "0.1.0"},
              "machine": {}, "started": "2024-05-01 12:00:00 UTC", "labels": {}}]
    for row in rows:
        for seed, value in enumerate(mrr):
            lines.append(measurement(row, seed, *MRR, value))
        for attribute, values in ({"gender": (1.0, 1.01, 0.99)} if gaps is None else gaps).items():
            for seed, value in enumerate(values):
                lines.append(measurement(row, seed, GAP, {"attribute": attribute}, value))
        lines += [{"schema": 1, "kind": "done", "system": row, "seed": seed} for seed in range(3)]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "record.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def run(program, arguments, folder, expected_code, **options):
    """Output of a program that has to end with this code."""
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, **options)
    if done.returncode != expected_code:
        raise AssertionError(f"{arguments} ended with {done.returncode}, expected {expected_code}: "
                             f"{done.stdout[-2000:]} {done.stderr[-2000:]}")
    return done.stdout


def start_baseline(kgaudit, folder, rules=RULES, **record):
    """Rules and a baseline in the folder, made from a record "good"."""
    write_record(folder / "good", **record)
    (folder / "kgaudit.toml").write_text(rules)
    run(kgaudit, ["gate", "init", "good"], folder, 0)
