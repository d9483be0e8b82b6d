#!/usr/bin/env python3
"""What every command prints with --json, and every line of a record, held against the schemas of docs/schemas.

  check_schemas.py KGAUDIT

Every command that has no command below it is called once at least, and every schema is used. `kgaudit explain` knows
every heading of every table in them, and every fact of the records. Exit code: 0 all is
well, 1 a fault, 77 jsonschema is not installed.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("test skipped: the module jsonschema is not installed")
    sys.exit(77)

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schemas"
GRAPH = ["--set", "dataset.planted-people.entities=1000", "--epochs", "2", "--dimension", "8", "--threads", "1",
         # Probes of every kind, that learn little and fast.
         "--set", "metric.leakage.folds=2", "--set", "metric.leakage.mlp_epochs=2",
         "--set", "metric.leakage.mlp_most_epochs=3", "--set", "metric.leakage.rbf_persons=32"]
FACTS = "".join(f'<http://a/p{n}> <http://a/{name}> <http://a/{value}> .\n' for n in range(400)
                for name, value in (("type", "person"), ("gender", f"g{n % 2}"), ("job", f"j{n % 5}"))
                ).encode()

ROWS = '[gate]\nbaseline_row = "basic"\n[[gate.rule]]\nfigure = "mrr"\nmargin = 1\n'

# The command, what it is called with, and the code that it ends with. In this order: later ones read what earlier
# ones write.
CALLS = [
    ("bench", [*GRAPH, "--dump-plan"], 0),
    ("bench", [*GRAPH, "--seeds", "4", "--systems", "basic,kl+attr", "--metrics",
               "link_prediction,score_gap,question,leakage,profession_bias", "--keep-embeddings", "--out", "run"], 0),
    ("bench", [*GRAPH, "--seeds", "1", "--systems", "basic,kl", "--metrics", "link_prediction,question,leakage",
               "--sweep", "2", "--out", "sweep"], 0),
    ("tune", [*GRAPH, "--systems", "basic,kl", "--budget", "2", "--out", "tuned"], 0),
    ("export", ["run", "--system", "kl+attr", "--seed", "0", "--format", "npy,tsv", "--out", "rows"], 0),
    ("inspect", ["rows"], 0),
    ("convert", ["rows", "converted", "--to", "word2vec"], 0),
    ("audit", ["rows", "--out", "audited"], 0),
    ("erase", ["--dataset", "planted-people", *GRAPH[:2], "--embeddings", "rows", "--systems", "leace", "--out",
               "erased"], 0),
    ("gate init", ["run"], 0),
    ("gate check", ["run"], 0),
    ("gate show", [], 0),
    ("gate show", ["--rules", "rows.toml"], 0),
    ("gate diff", ["run"], 0),
    ("gate update", ["run", "--reason", "a test"], 0),
    ("gate calibrate", ["run", "--comparisons", "20", "--plant", "mrr=10%"], 0),
    ("gate figures", [], 0),
    ("report", ["run"], 0),
    ("report", ["run", "run"], 0),
    ("report", ["--compare", "run", "run"], 0),
    ("report", ["tuned"], 0),
    ("report", ["sweep"], 0),
    ("report", ["run", "--out", "report", "--no-figures"], 0),
    ("report", ["run", "--format", "json"], 0),
    ("verify", ["run", "--no-rerun"], 0),
    ("datasets list", [], 0),
    ("datasets show", ["planted-people"], 0),
    ("datasets make", ["--set", "entities=1000", "--out", "made"], 0),
    ("datasets split", ["made/train.txt", "--out", "town"], 0),
    ("datasets propose", ["made"], 0),
    ("datasets import", ["facts.nt", "--person", "http://a/type=http://a/person", "--relations",
                         "http://a/gender,http://a/job", "--out", "imported"], 0),
    ("datasets verify", ["fb13"], 5),
    ("list", [], 0),
    ("explain", ["leakage"], 0),
    ("explain", ["MRR"], 0),
    ("explain", ["4"], 0),
    ("cite", ["kl+attr"], 0),
    ("env", [], 0),
    ("completion", ["bash"], 0),
    ("man", ["bench"], 0),
    ("man", ["--out", "pages"], 0),
    ("bench", ["--epochs", "0"], 2),
    ("report", ["nowhere"], 5),
    ("explain", ["nothing-of-that-name"], 2),
]
NOT_CALLED = {"datasets fetch"}  # it needs a network


def schema_of(name):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def faults_of(validator, document):
    return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}"
            for fault in (jsonschema.exceptions.best_match([one]) for one in validator.iter_errors(document))]


def headings_of(document):
    """Headings of the columns of all tables in a JSON document, and of the groups above them."""
    if isinstance(document, list):
        return set().union(*map(headings_of, document), set())
    if not isinstance(document, dict):
        return set()
    found = set().union(*map(headings_of, document.values()), set())
    for column in document.get("columns", []):
        if isinstance(column, dict) and "header" in column:
            found |= {column["header"], column["group"]}
    return found


def names_of_data(records):
    """Names that a table takes from the data or the plan: systems and their rows, attributes and their values."""
    names = {""}
    for record in records:
        for line in record.read_text().splitlines():
            document = json.loads(line)
            if document["kind"] != "measurement":
                continue
            system, view = document["system"], document["view"]
            names |= {system, f"{system} [{view}]"}
            names |= {value for facet, value in document["facets"].items()
                      if facet in ("attribute", "value", "group", "first", "second", "towards")}
    return names


def unexplained(kgaudit, words):
    return [f"kgaudit explain knows nothing of '{word}'" for word in sorted(words)
            if subprocess.run([kgaudit, "explain", word], capture_output=True).returncode != 0]


def commands_of(kgaudit):
    """Every command that does something, from the program's own completion."""
    script = subprocess.run([kgaudit, "completion", "bash"], capture_output=True, text=True, check=True).stdout
    below = script[script.index("_kgaudit_commands()"):script.index("_kgaudit_options()")]
    groups = dict(re.findall(r"'(kgaudit[a-z ]*)'\)\s*words='([^']*)'", below))
    return {f"{path} {word}".removeprefix("kgaudit ") for path, words in groups.items() for word in words.split()
            if f"{path} {word}" not in groups}


def main():
    kgaudit = str(pathlib.Path(sys.argv[1]).resolve())
    faults = []
    used = set()
    headings = set()
    facts = set()
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "facts.nt").write_bytes(FACTS)
        (pathlib.Path(folder) / "rows.toml").write_text(ROWS)
        for command, arguments, code in CALLS:
            call = [kgaudit, *command.split(), *arguments, "--json", "--quiet"]
            done = subprocess.run(call, cwd=folder, capture_output=True, text=True, timeout=300,
                                  env={"PATH": "/usr/bin:/bin", "HOME": folder, "KGAUDIT_DATA": folder + "/cache"})
            where = " ".join(["kgaudit", command, *arguments])
            if done.returncode != code:
                faults.append(f"{where}: ends with {done.returncode}, not {code}: {done.stderr[-300:]}")
                continue
            if done.stdout.count("\n") != 1:
                faults.append(f"{where}: {done.stdout.count(chr(10))} lines on stdout, not 1")
                continue
            document = json.loads(done.stdout)
            if "schema" not in document:
                faults.append(f"{where}: no version of its schema")
            headings |= headings_of(document)
            name = "error" if "error" in document and code != 0 else command.replace(" ", "-")
            used.add(name)
            faults += [f"{where}: {name}: {fault}" for fault in faults_of(schema_of(name), document)]
        used.add("record")
        validator = schema_of("record")
        kinds = set()
        for record in ("run", "audited"):
            # Measurements are many and alike: one of each fact will do.
            seen = set()
            for line in (pathlib.Path(folder) / record / "record.jsonl").read_text().splitlines():
                document = json.loads(line)
                key = (document["kind"], document.get("metric"), "undefined" in document)
                facts |= {document["metric"]} if "metric" in document else set()
                kinds.add(document["kind"])
                if key in seen:
                    continue
                seen.add(key)
                faults += [f"{record}/record.jsonl: {fault}: {line[:200]}" for fault in faults_of(validator, document)]
        report = json.loads((pathlib.Path(folder) / "report" / "report.json").read_text())
        headings |= headings_of(report)
        data = names_of_data([pathlib.Path(folder) / record / "record.jsonl" for record in ("run", "audited")])
        faults += unexplained(kgaudit, (headings - data) | facts)
        if len(headings) < 60 or len(facts) < 60:
            faults.append(f"only {len(headings)} headings and {len(facts)} facts were asked for")
        if kinds != {"run", "finding", "epoch", "measurement", "table_hash", "raw", "done"}:
            faults.append(f"the records have lines of the kinds {sorted(kinds)}")
    for command in commands_of(kgaudit) - {call[0] for call in CALLS} - NOT_CALLED:
        faults.append(f"no call of kgaudit {command}")
    for path in SCHEMAS.glob("*.schema.json"):
        name = path.name.removesuffix(".schema.json")
        if name not in used and name.replace("-", " ") not in NOT_CALLED:
            faults.append(f"docs/schemas/{path.name} is not used")
        # A schema that takes anything is none: an unknown field is refused.
        if name != "list" and not faults_of(schema_of(name), {"schema": 1, "no_field": 1}):
            faults.append(f"docs/schemas/{path.name} takes an unknown field")
    print("\n".join(faults) or f"{len(CALLS)} outputs are as their schemas say")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
