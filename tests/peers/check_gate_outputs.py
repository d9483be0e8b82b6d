#!/usr/bin/env python3
"""The files that `kgaudit gate check --write` makes, read by the parsers of others and held against their formats.

  check_gate_outputs.py KGAUDIT OUTPUT...     json, markdown, junit, sarif, github, gitlab, openmetrics, badge

Each is written for several gates: passed, failed, undecided, not comparable, without values, with questions asked
twice and with names that look like markup or like commands. With KGAUDIT_SARIF_SCHEMA=FILE the SARIF files are held
against that JSON schema as well. Exit code: 0 all is well, 1 a fault, 77 the parser of an output is not installed.
"""
import collections
import html.parser
import importlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree

sys.dont_write_bytecode = True  # tests leave nothing among the sources
from gate_records import (ALL_OUTPUTS, HOSTILE, RULES, expect, expect_equal, run, start_baseline,
                          write_record)

SCHEMA = pathlib.Path(__file__).parents[2] / "docs" / "schemas" / "gate-check.schema.json"
FIGURE_WORDS = {"mrr": "MRR", "score_gap": "score gap ΔS"}
MOVES_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
                        "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
ZERO_WIDTH_SPACE = "\u200b"  # ours, where it keeps a name from becoming a link


class NotInstalled(Exception):
    pass


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def needed(name):
    found = module(name)
    if found is None:
        raise NotInstalled(f"the module {name}")
    return found


# What stands in the outputs ---------------------------------------------------------------------------------------

def inert(text):
    def written_out(found):
        code = ord(found[0])
        return f"\\x{code:02x}" if code < 0x7f else f"\\u{code:04x}" if code == 0x7f else json.dumps(found[0])[1:-1]

    return MOVES_TEXT.sub(written_out, text)


def figure_in_words(finding):
    parts = [finding["row"], finding["attribute"], FIGURE_WORDS[finding["figure"]]]
    limit = " (limit)" if finding["question"] == "limit" else ""
    return inert(" / ".join(part for part in parts if part) + limit)


def sentence(finding):
    return figure_in_words(finding) + ": " + inert(finding["words"])


def not_passed(gate):
    return [finding for finding in gate["findings"] if finding["verdict"] != "pass"]


def fails(gate, finding):
    if gate["report_only"]:
        return False
    return finding["verdict"] == "regression" or (gate["strict"] and finding["verdict"] == "inconclusive")


def level_of_unjudged(gate):
    return "warning" if gate["report_only"] else "error"


def report_only_in_words(gate):
    if not gate["report_only"] or gate["exit_code"] == 0:
        return ""
    return f"Report only: ends with 0 in place of {gate['exit_code']}."


def was_judged(gate):
    return not gate["reasons"] and gate["anything_measured"]


def expect_line(text, what):
    expect(not MOVES_TEXT.search(text.replace(ZERO_WIDTH_SPACE, "")), what, "holds a character that moves text:", text)


# One check for each output; `gate` is what gate.json says ------------------------------------------------------------

def check_json(path, gate):
    jsonschema = needed("jsonschema")
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(gate)
    # The schema has to notice a key more and a key less, at both depths.
    spoilt = [dict(gate, news=1)] + [{k: v for k, v in gate.items() if k != key} for key in gate]
    for finding in gate["findings"][:1]:
        others = [dict(finding, news=1)] + [{k: v for k, v in finding.items() if k != key} for key in finding]
        spoilt += [dict(gate, findings=[other]) for other in others]
    for other in spoilt:
        expect(not validator.is_valid(other), "the schema takes", sorted(other))


class Page(html.parser.HTMLParser):
    """Tags of a page, the texts of its table cells and list items, and all text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.items, self.comments, self.text = [], [], [], [], ""
        self.open_text = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(name for name, _ in attributes)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th", "li"):
            self.open_text = ""

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.open_text)
        if tag == "li":
            self.items.append(self.open_text.strip())

    def handle_data(self, data):
        self.text += data
        if self.open_text is not None:
            self.open_text += data

    def handle_comment(self, data):
        self.comments.append(data)


def html_by_cmark(text):
    if shutil.which("cmark-gfm") is None:
        return None
    extensions = ("table", "autolink", "strikethrough", "tasklist", "footnotes")
    command = ["cmark-gfm", "--unsafe", *(part for name in extensions for part in ("-e", name))]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def html_by_markdown_it(text):
    markdown_it = module("markdown_it")
    if markdown_it is None:
        return None
    return markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)


def check_markdown(path, gate):
    text = path.read_text()
    expect(len(text) < 60_000 and text.startswith("<!-- kgaudit-gate -->\n"), "length or marker")
    expect_equal(MOVES_TEXT.sub("", text), text.replace("\n", ""), "characters that move text")
    pages = [page for page in (html_by_cmark(text), html_by_markdown_it(text)) if page is not None]
    if not pages:
        raise NotInstalled("cmark-gfm or the module markdown_it")
    findings = gate["findings"]
    for page in map(Page, pages):
        allowed = {("h3", ()), ("p", ()), ("ul", ()), ("li", ()), ("strong", ()), ("details", ()), ("summary", ()),
                   ("table", ()), ("thead", ()), ("tbody", ()), ("tr", ())}
        others = {tag for tag in page.tags if tag not in allowed and tag[0] not in ("th", "td")}
        expect(not others, "tags of names:", others)
        expect({attribute for _, names in page.tags for attribute in names} <= {"align", "style"}, page.tags)
        expect_equal(page.comments, [" kgaudit-gate "], "comments")
        for mark in (r"://", r"\bwww\.", r"@[a-z]", r"@\d+\.", r"#\d"):
            expect(not re.search(mark, page.text, re.IGNORECASE), "a link or a mention:", mark)
        plain = page.text.replace(ZERO_WIDTH_SPACE, "")
        expect(gate["words"] in plain, "no headline", gate["words"])
        listed = [f"{f['verdict']}: {figure_in_words(f)}. {inert(f['words'])}" for f in not_passed(gate)]
        if len(listed) > 20:
            listed = listed[:20] + [f"{len(listed) - 20} more"]
        expect_equal([item.replace(ZERO_WIDTH_SPACE, "") for item in page.items], listed, "list")
        if "too long for a comment" in plain:
            expect(len(findings) > 300, "a short table is left out")
        else:
            expect_equal([len(row) for row in page.rows], [7] * (len(findings) + bool(findings)), "cells")
            expect_equal([row[0].replace(ZERO_WIDTH_SPACE, "") for row in page.rows[1:]],
                         [figure_in_words(f) for f in findings], "first column")
            expect_equal([row[1] for row in page.rows[1:]], [f["verdict"] for f in findings], "second column")


JUNIT_FORM = {  # element: (attributes, children), as Jenkins' junit-10.xsd allows them
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"properties", "testcase"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"classname", "name", "time"}, {"failure", "skipped", "error"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
}


def check_junit(path, gate):
    root = xml.etree.ElementTree.fromstring(path.read_bytes())
    expect_equal(root.tag, "testsuites", "root")
    for element in root.iter():
        attributes, children = JUNIT_FORM[element.tag]
        expect_equal(set(element.attrib), attributes, f"attributes of {element.tag}")
        expect({child.tag for child in element} <= children, "children of", element.tag)
        for value in element.attrib.values():
            expect_line(value, element.tag)
    broken = 0 if was_judged(gate) else 1
    failed = [f for f in gate["findings"] if fails(gate, f)]
    errors = 0 if gate["report_only"] else broken
    skipped = len(not_passed(gate)) - len(failed) + broken - errors
    counts = {"tests": len(gate["findings"]) + broken, "failures": len(failed), "errors": errors}
    suite, = root
    expect_equal({key: int(root.get(key)) for key in counts}, counts, "counts of all")
    expect_equal({key: int(suite.get(key)) for key in (*counts, "skipped")}, dict(counts, skipped=skipped), "counts")
    expect_equal(suite.get("name"), inert(gate["dataset"]).replace("\ufffe", "\ufffd"), "name of the suite")
    for tag, count in (("failure", len(failed)), ("skipped", skipped), ("error", errors)):
        expect_equal(len(list(root.iter(tag))), count, tag)
    properties = [(one.get("name"), one.get("value")) for one in root.iter("property")]
    only = report_only_in_words(gate)
    expect_equal(properties, [("report_only", only)] if only else [], "properties")
    cases = list(suite.iter("testcase"))
    names = [(case.get("classname"), case.get("name")) for case in cases]
    expect_equal(len(set(names)), len(names), "different names of test cases")
    for case, finding in zip(cases[broken:], gate["findings"]):
        row = inert(finding["row"]).replace("\ufffe", "\ufffd")
        expect_equal(case.get("classname"), f"kgaudit.gate.{row}", "class of a test case")
        for failure in case.iter("failure"):
            expect_equal(failure.text, sentence(finding).replace("\ufffe", "\ufffd"), "text of a failure")
    junitparser = module("junitparser")
    if junitparser is not None:
        read = junitparser.JUnitXml.fromfile(str(path))
        expect_equal((read.tests, read.failures, read.errors), tuple(counts.values()), "counts by junitparser")
        expect_equal(sum(1 for suite in read for case in suite), counts["tests"], "cases by junitparser")


def uri_reference(text):
    """Whether RFC 3986 lets it be a URI or a reference to a path: unreserved, escaped and the few that a path takes."""
    return re.fullmatch(r"(file://)?(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+", text) is not None


def check_message(message, what):
    expect_equal(set(message), {"text"}, what)
    text = message["text"]
    expect(text, what, "without text")
    expect_line(text, what)
    expect(not re.search(r"\]\(", text), what, "with a link:", text)
    rest = text.replace("{{", "").replace("}}", "")
    expect("{" not in rest and "}" not in rest, what, "with a place for an argument:", text)
    return text.replace("{{", "{").replace("}}", "}").replace(ZERO_WIDTH_SPACE, "")


def check_sarif(path, gate):
    log = json.loads(path.read_text())
    expect_equal(set(log), {"$schema", "version", "runs"}, "log")
    expect_equal((log["version"], len(log["runs"])), ("2.1.0", 1), "version and runs")
    expect(log["$schema"].endswith("sarif-2.1.0.json"), log["$schema"])
    the_run = log["runs"][0]
    expect_equal(set(the_run), {"tool", "results"}, "run")
    driver = the_run["tool"]["driver"]
    expect_equal((set(the_run["tool"]), set(driver)), ({"driver"}, {"name", "rules"}), "tool")
    for rule in driver["rules"]:
        expect_equal(set(rule), {"id", "shortDescription", "fullDescription", "help"}, "rule")
        expect_line(rule["id"], "id of a rule")
        for key in ("shortDescription", "fullDescription", "help"):
            check_message(rule[key], key)
    ids = [rule["id"] for rule in driver["rules"]]
    expect_equal(len(set(ids)), len(ids), "different ids of rules")
    results = the_run["results"]
    for result in results:
        expect_equal(set(result), {"ruleId", "level", "message", "locations", "partialFingerprints"}, "result")
        expect(result["ruleId"] in ids and result["level"] in ("error", "warning"), result)
        location, = result["locations"]
        expect_equal(set(location), {"physicalLocation"}, "location")
        place = location["physicalLocation"]
        expect_equal(set(place), {"artifactLocation", "region"}, "place")
        expect(set(place["artifactLocation"]) == {"uri"} and uri_reference(place["artifactLocation"]["uri"]), place)
        expect_equal(set(place["region"]), {"startLine"}, "region")
        expect(isinstance(place["region"]["startLine"], int) and place["region"]["startLine"] >= 1, place)
        expect_equal(set(result["partialFingerprints"]), {"kgauditGate/v1", "primaryLocationLineHash"}, "fingerprints")
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    expect_equal(len(set(prints)), len(prints), "different fingerprints")
    said = [(check_message(result["message"], "message"), result["level"]) for result in results]
    expected = [] if was_judged(gate) else [(gate["words"], level_of_unjudged(gate))]
    expected += [(sentence(f), "error" if fails(gate, f) else "warning") for f in not_passed(gate)]
    expect_equal(said, expected, "results")
    schema = os.environ.get("KGAUDIT_SARIF_SCHEMA")
    if schema:
        needed("jsonschema").validate(log, json.loads(pathlib.Path(schema).read_text()))


def runner_commands(text):
    """The workflow commands that a runner of GitHub finds in a log: (name, properties, message)."""
    commands = []
    for line in re.split(r"\r\n|\r|\n", text):
        found = re.match(r"\s*::([a-z-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$", line)
        if not found:
            expect("##[" not in line, "a command of the old form:", line)
            continue
        name, properties, message = found.groups()
        values = dict(pair.split("=", 1) for pair in (properties or "").split(",") if pair)
        commands.append((name, {key: urllib.parse.unquote(value) for key, value in values.items()},
                         urllib.parse.unquote(message)))
    return commands


def check_github(path, gate):
    text = path.read_bytes().decode()
    expect_line(text.replace("\n", ""), "annotations")
    commands = runner_commands(text)
    expect_equal(len(commands), text.count("\n"), "a command on each line")
    for level, chosen in (("error", [f for f in gate["findings"] if fails(gate, f)]),
                          ("warning", [f for f in not_passed(gate) if not fails(gate, f)])):
        expected = [gate["words"]] if level == level_of_unjudged(gate) and not was_judged(gate) else []
        room = 9 - len(expected)
        expected += [sentence(f) for f in chosen[:room]]
        if len(chosen) > room:
            expected.append(f"{len(chosen) - room} more")
        expect_equal([message for name, _, message in commands if name == level], expected, level)
    only = report_only_in_words(gate)
    expect_equal([message for name, _, message in commands if name == "notice"], [only] if only else [], "notice")
    for name, properties, _ in commands:
        expect(name in ("error", "warning", "notice") and set(properties) <= {"file", "line", "title"}, name, properties)
        expect(properties["title"].startswith("kgaudit gate"), properties)


def check_gitlab(path, gate):
    issues = json.loads(path.read_text())
    broken = 0 if was_judged(gate) else 1
    expect_equal(len(issues), len(not_passed(gate)) + broken, "issues")
    for issue in issues:
        expect_equal(set(issue), {"description", "check_name", "fingerprint", "severity", "location"}, "keys")
        expect_equal((set(issue["location"]), set(issue["location"]["lines"])), ({"path", "lines"}, {"begin"}), "place")
        expect_line(issue["description"], "description")
        expect_line(issue["check_name"], "check_name")
        expect(not issue["location"]["path"].startswith("./"), issue["location"])
        expect(isinstance(issue["location"]["lines"]["begin"], int), issue["location"])
    prints = [issue["fingerprint"] for issue in issues]
    expect_equal(len(set(prints)), len(prints), "different fingerprints")
    for issue, finding in zip(issues[broken:], not_passed(gate)):
        expected = (sentence(finding), "critical" if fails(gate, finding) else "minor", finding["fingerprint"])
        expect_equal((issue["description"], issue["severity"], issue["fingerprint"]), expected, "issue")
    if broken:
        severity = "minor" if gate["report_only"] else "blocker"
        expect_equal((issues[0]["description"], issues[0]["severity"]), (gate["words"], severity), "first issue")


def check_openmetrics(path, gate):
    openmetrics = needed("prometheus_client.openmetrics.parser")
    plain = needed("prometheus_client.parser")
    text = path.read_bytes().decode()
    expected = collections.defaultdict(dict)
    expected["kgaudit_gate_exit_code"][(inert(gate["dataset"]),)] = gate["exit_code"]
    for finding in gate["findings"]:
        key = tuple(map(inert, (gate["dataset"], finding["row"], finding["attribute"], finding["figure"])))
        if finding["candidate"] is not None:
            expected["kgaudit_figure"][key] = finding["candidate"]
        if finding["question"] == "change" and finding["worse_by"] is not None:
            expected["kgaudit_figure_worse_by"][key] = finding["worse_by"]
    for parser in (openmetrics, plain):
        got = collections.defaultdict(dict)
        for family in parser.text_string_to_metric_families(text):
            expect_equal(family.type, "gauge", family.name)
            for sample in family.samples:
                names = [name for name in ("dataset", "row", "attribute", "figure") if name in sample.labels]
                expect_equal(set(names), set(sample.labels), "labels")
                key = tuple(sample.labels[name] for name in names)
                expect(key not in got[sample.name], sample.name, "twice:", key)
                got[sample.name][key] = sample.value
        expect_equal({name: samples for name, samples in got.items() if samples}, dict(expected), "samples")


def check_badge(path, gate):
    badge = json.loads(path.read_text())
    expect_equal(set(badge), {"schemaVersion", "label", "message", "color"}, "keys")
    colours = {"pass": "brightgreen", "regression": "red", "inconclusive": "yellow", "not comparable": "yellow"}
    expected = (gate["verdict"], colours[gate["verdict"]])
    if not gate["anything_measured"]:
        expected = ("nothing measured", "lightgrey")
    expect_equal((badge["schemaVersion"], badge["label"]), (1, "bias gate"), "schema and label")
    expect_equal((badge["message"], badge["color"]), expected, "message and colour")


# Gates to write them for ---------------------------------------------------------------------------------------------

SURE, BETTER, UNSURE = (2.0, 2.01, 1.99), (1.0, 1.01, 0.98), (0.9, 1.7, 1.0)
TWICE = RULES + "".join(f'[[gate.rule]]\nfigure = "mrr"\nmargin = {margin}\nat_least = 0.295\n'
                        for margin in (0.001, 0.5))
ALL_NAMES = " ".join(HOSTILE)
LINK = "\x1b]8;;https://evil.example\x07x"


def many_gaps(values):
    return {f"attribute{i}": values for i in range(600)}


def named_gaps(values_of):
    return {name: values_of[i % len(values_of)] for i, name in enumerate(HOSTILE)}


SITUATIONS = {  # name: (record of the baseline, record to check, what else is typed, exit code)
    "passed": ({}, {}, [], 0),
    "failed": ({}, {"mrr": (0.20, 0.21, 0.19)}, [], 1),
    "undecided": ({}, {"gaps": {"gender": UNSURE}}, [], 3),
    "undecided and strict": ({}, {"gaps": {"gender": UNSURE}}, ["--strict"], 1),
    "failed, report only": ({}, {"mrr": (0.20, 0.21, 0.19)}, ["--report-only"], 0),
    "not comparable, report only": ({}, {"dataset": "other"}, ["--report-only"], 0),
    "not comparable": ({}, {"graph": "bb"}, [], 4),
    "nothing measured": ({}, {"mrr": (), "gaps": {}}, [], 7),
    "undefined now": ({}, {"gaps": {"gender": ("7 persons: too few",) * 3}}, [], 1),
    "asked twice": ({"rules": TWICE}, {"mrr": (0.29, 0.30, 0.28)}, [], 1),
    "very many": ({"gaps": many_gaps(BETTER)}, {"gaps": many_gaps(SURE)}, [], 1),
    "names of attributes": ({"gaps": named_gaps([BETTER])}, {"gaps": named_gaps([SURE, BETTER, UNSURE])}, [], 1),
    "names of rows": ({"rows": HOSTILE}, {"rows": HOSTILE, "gaps": {"gender": SURE}}, [], 1),
    "a row of the same record": ({"rows": HOSTILE},
                                 {"rows": HOSTILE, "mrr": (0.05, 0.0501, 0.0499), "baseline_row": LINK}, [], 1),
    "name of a data set": ({"dataset": ALL_NAMES}, {"dataset": ALL_NAMES, "gaps": {"gender": SURE}}, [], 1),
    "another data set": ({"dataset": ALL_NAMES}, {}, [], 4),
    "names in reasons": ({"gaps": {f"attribute{i}": BETTER for i in range(len(HOSTILE))}},
                         {"gaps": {f"attribute{i}": (name,) * 3 for i, name in enumerate(HOSTILE)}}, [], 1),
}


def written(kgaudit, folder, outputs, situation):
    """Writes these outputs to folder/out; what gate.json says of the same gate."""
    before, now, options, code = situation
    start_baseline(kgaudit, folder, **before)
    now = dict(now)
    row = now.pop("baseline_row", None)
    if row is not None:
        head = f"[gate]\nbaseline_row = {json.dumps(row)}\n"
        (folder / "kgaudit.toml").write_text(RULES.replace("[gate]\n", head))
    write_record(folder / "now", **now)
    shown = run(kgaudit, ["gate", "check", "now", "--rules", "./kgaudit.toml", "--out", "out",
                          "--write", ",".join({"json", *outputs}), *options], folder, code)
    expect_line(shown.replace("\n", ""), "the terminal")
    gate = json.loads((folder / "out" / "gate.json").read_text())
    names = {finding["attribute"] for finding in gate["findings"] if finding["figure"] == "score_gap"}
    if gate["findings"]:
        expect_equal(names, set(before.get("gaps", {"gender": ()})), "attributes in gate.json")
        rows = set(before.get("rows", ["basic"])) - {row}
        expect_equal({finding["row"] for finding in gate["findings"]}, rows, "rows in gate.json")
    return gate


CHECKS = {"json": check_json, "markdown": check_markdown, "junit": check_junit, "sarif": check_sarif,
          "github": check_github, "gitlab": check_gitlab, "openmetrics": check_openmetrics, "badge": check_badge}


def expect_whole_roster(kgaudit):
    refused = subprocess.run([kgaudit, "gate", "check", "x", "--write", "nonsense"], capture_output=True, text=True,
                             check=False)
    known = re.search(r"one of: (.*)", refused.stderr)[1].split(", ")
    expect_equal((known, sorted(CHECKS)), (list(ALL_OUTPUTS), sorted(ALL_OUTPUTS)), "outputs that are checked")


def main():
    if len(sys.argv) < 3 or not set(sys.argv[2:]) <= set(CHECKS):
        sys.exit(__doc__)
    kgaudit, outputs = os.path.abspath(sys.argv[1]), sys.argv[2:]
    expect_whole_roster(kgaudit)
    faults = 0
    for name, situation in SITUATIONS.items():
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            what = "gate"
            try:
                gate = written(kgaudit, folder, outputs, situation)
                for what in outputs:
                    CHECKS[what](folder / "out" / ALL_OUTPUTS[what], gate)
                print(f"well: {', '.join(outputs)}: {name}")
            except NotInstalled as missing:
                print(f"test skipped: {what}: {missing} is not installed")
                return 77
            except Exception as error:  # the next gate says something of its own
                print(f"FAULT: {what}, {name}: {type(error).__name__}: {str(error)[:3000]}")
                faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
