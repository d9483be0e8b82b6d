#!/usr/bin/env python3
"""Files that other tools write, read by kgaudit; files that kgaudit writes, read by other tools.

  compare_readers.py KGAUDIT

Each comparison needs the module that it names (numpy, torch, h5py, gensim) and is skipped without it.
Values have to be equal to the last bit. Exit code: 0 all equal, 1 a difference, 77 nothing could be compared.
"""
import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

KGAUDIT = None
ROWS, WIDTH = 40, 6
NAMES = [f"/m/entity_{i}" for i in range(ROWS)]


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


numpy = module("numpy")
torch = module("torch")
h5py = module("h5py")
gensim = module("gensim")


def values(dtype="float32"):
    return numpy.random.default_rng(7).standard_normal((ROWS, WIDTH)).astype(dtype)


def write_names(path):
    path.write_text("".join(f"{name}\n" for name in NAMES))


def converted(source, folder, *options):
    """The entity rows that kgaudit reads from `source`, through its npy output."""
    out = folder / "converted"
    done = subprocess.run([KGAUDIT, "convert", str(source), str(out), "--to", "npy", *map(str, options)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr.strip()}")
    return numpy.load(out / "entity_embeddings.npy")


def expect_equal(got, expected):
    if got.shape != expected.shape:
        raise AssertionError(f"shape {got.shape}, expected {expected.shape}")
    expected = expected.astype("float32")
    if got.tobytes() != expected.tobytes():
        raise AssertionError(f"{(got != expected).sum()} of {got.size} values differ")


# Each comparison below: needs modules, gets an empty folder, raises on a difference.


def numpy_npy(folder):
    for dtype in ("<f4", "<f8", ">f4", "<f2"):
        path = folder / f"rows_{dtype[1:]}{dtype[0] == '>'}.npy"
        expected = values(dtype)
        numpy.save(path, expected)
        names = folder / "names.txt"
        write_names(names)
        expect_equal(converted(path, folder / path.stem, "--entities", names), expected)
    path = folder / "columns_first.npy"
    numpy.save(path, numpy.asfortranarray(values()))
    expect_equal(converted(path, folder / "fortran", "--entities", names), values())


def numpy_npz(folder):
    names = folder / "names.txt"
    write_names(names)
    for write in (numpy.savez, numpy.savez_compressed):
        path = folder / f"{write.__name__}.npz"
        write(path, entity_embedding=values())
        expect_equal(converted(path, folder / write.__name__, "--entities", names), values())


def numpy_savetxt(folder):
    names = folder / "names.txt"
    write_names(names)
    path = folder / "rows.txt"
    numpy.savetxt(path, values(), fmt="%.9g")
    expect_equal(converted(path, folder / "text", "--entities", names), values())


def torch_state_dicts(folder):
    names = folder / "names.txt"
    write_names(names)
    table = torch.from_numpy(values())
    wide = torch.zeros(ROWS, 2 * WIDTH)
    wide[:, WIDTH:] = table
    relations = torch.ones(3, WIDTH)
    for stem, tensor, options in (
        ("zip", table, {}),
        ("legacy", table, {"_use_new_zipfile_serialization": False}),
        ("view", wide[:, WIDTH:], {}),
        ("transposed", table.t().contiguous().t(), {}),
        ("half", table.half(), {}),
        ("bfloat16", table.bfloat16(), {}),
        ("double", table.double(), {}),
        ("parameter", torch.nn.Parameter(table), {}),
    ):
        path = folder / f"{stem}.ckpt"
        torch.save({"ent_embeddings.weight": tensor, "rel_embeddings.weight": relations}, path, **options)
        relation_names = folder / "relations.txt"
        relation_names.write_text("a\nb\nc\n")
        got = converted(path, folder / stem, "--entities", names, "--relations", relation_names)
        expect_equal(got, tensor.detach().float().numpy())


def h5py_pbg(folder):
    for compression in (None, "gzip"):
        checkpoint = folder / f"pbg_{compression}"
        checkpoint.mkdir()
        (checkpoint / "checkpoint_version.txt").write_text("3")
        config = {"entities": {"all": {"num_partitions": 1}}, "dimension": WIDTH, "comparator": "dot",
                  "relations": [{"name": "r", "lhs": "all", "rhs": "all", "operator": "translation"}],
                  "dynamic_relations": False, "entity_path": ".", "edge_paths": [], "checkpoint_path": "."}
        (checkpoint / "config.json").write_text(json.dumps(config))
        (checkpoint / "entity_count_all_0.txt").write_text(str(ROWS))
        (checkpoint / "entity_names_all_0.json").write_text(json.dumps(NAMES, indent=4))
        with h5py.File(checkpoint / "embeddings_all_0.v3.h5", "w") as file:
            file.attrs["format_version"] = 1
            file.attrs["config/json"] = json.dumps(config)
            file.create_dataset("embeddings", data=values(), compression=compression)
        with h5py.File(checkpoint / "model.v3.h5", "w") as file:
            file.attrs["format_version"] = 1
            data = file.create_dataset("model/relations/0/operator/rhs/translation",
                                       data=numpy.zeros(WIDTH, "float32"))
            data.attrs["state_dict_key"] = "rhs_operators.0.translation"
        expect_equal(converted(checkpoint, folder / f"out_{compression}"), values())


def gensim_vectors(folder):
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(WIDTH)
    vectors.add_vectors(NAMES, values())
    vectors.save(str(folder / "vectors.kv"))
    expect_equal(converted(folder / "vectors.kv", folder / "pickle"), values())
    side = folder / "side"
    side.mkdir()
    vectors.save(str(side / "vectors.kv"), sep_limit=0)
    expect_equal(converted(side / "vectors.kv", folder / "side_files"), values())
    vectors.save_word2vec_format(str(folder / "vectors.bin"), binary=True)
    expect_equal(converted(folder / "vectors.bin", folder / "binary"), values())
    vectors.save_word2vec_format(str(folder / "vectors.txt"))
    expect_equal(converted(folder / "vectors.txt", folder / "text"), values())


def gensim_reads_ours(folder):
    from gensim.models import KeyedVectors

    names = folder / "names.txt"
    write_names(names)
    numpy.save(folder / "rows.npy", values())
    out = folder / "ours"
    subprocess.run([KGAUDIT, "convert", folder / "rows.npy", out, "--to", "word2vec", "--entities", names],
                   check=True, capture_output=True)
    (text,) = out.glob("entity_embeddings*")
    vectors = KeyedVectors.load_word2vec_format(str(text))
    if list(vectors.index_to_key) != NAMES:
        raise AssertionError("other names, or another order")
    expect_equal(vectors.vectors, values())


COMPARISONS = [
    (numpy_npy, [numpy]),
    (numpy_npz, [numpy]),
    (numpy_savetxt, [numpy]),
    (torch_state_dicts, [numpy, torch]),
    (h5py_pbg, [numpy, h5py]),
    (gensim_vectors, [numpy, gensim]),
    (gensim_reads_ours, [numpy, gensim]),
]


def main():
    global KGAUDIT
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    KGAUDIT = os.path.abspath(sys.argv[1])
    outcomes = {"equal": 0, "different": 0, "skipped": 0}
    for compare, needed in COMPARISONS:
        if not all(needed):
            print(f"test skipped: {compare.__name__}: a module is not installed")
            outcomes["skipped"] += 1
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                compare(pathlib.Path(folder))
                print(f"equal: {compare.__name__}")
                outcomes["equal"] += 1
            except Exception as error:  # the next comparison says something of its own
                print(f"DIFFERENT: {compare.__name__}: {error}")
                outcomes["different"] += 1
    if outcomes["different"]:
        return 1
    return 0 if outcomes["equal"] else 77


if __name__ == "__main__":
    sys.exit(main())
